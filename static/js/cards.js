// One's own goals in another order: a card is dragged by its grip, or moved by the arrow keys on it. The form of the
// order is sent; the board that comes back is the order that was kept.
let isDragging = false;
let moving = null; // the goal whose grip gets the keyboard back

const send = (goal, to) => {
  const form = document.getElementById("order");
  const values = { move: `${goal} ${to}` };
  htmx.ajax("POST", form.action, { source: form, target: "#board", swap: "outerHTML", values });
};

function armCards() {
  const list = document.querySelector("[data-cards]");
  if (!list || list.dataset.armed) return;
  list.dataset.armed = "yes";
  new Sortable(list, {
    handle: "[data-grip]",
    draggable: "[data-goal]",
    forceFallback: true,
    fallbackTolerance: 4,
    scrollSensitivity: 80,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    ghostClass: "is-lifted",
    onStart: () => { isDragging = true; },
    onEnd: ({ item, oldDraggableIndex, newDraggableIndex }) => {
      isDragging = false;
      if (oldDraggableIndex !== newDraggableIndex) send(item.dataset.goal, newDraggableIndex);
      else htmx.trigger(document.body, "refresh");
    },
  });
}

// A card in the hand is not replaced; the board is asked for when it is put down.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isDragging && event.detail.target.closest("#board")) event.detail.shouldSwap = false;
});

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest("[data-cards] [data-grip]");
  const step = { ArrowUp: "up", ArrowLeft: "up", ArrowDown: "down", ArrowRight: "down" }[event.key];
  if (!grip || !step) return;
  event.preventDefault();
  if (moving) return;
  moving = grip.closest("[data-goal]").dataset.goal;
  send(moving, step);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!moving || detail.requestConfig.elt.id !== "order") return;
  const goal = moving;
  moving = null;
  requestAnimationFrame(() => document.getElementById(`grip-${goal}`)?.focus());
});

document.addEventListener("htmx:afterSettle", armCards);
document.addEventListener("DOMContentLoaded", armCards);
