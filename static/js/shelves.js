// Rows of a shelf are dragged by their grip; the list that comes back is the order that was kept.

function armShelves(root) {
  for (const list of root.querySelectorAll("[data-shelf]")) {
    if (list.dataset.armed) continue;
    list.dataset.armed = "yes";
    new Sortable(list, {
      handle: "[data-grip]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      onEnd: ({ item, oldIndex, newIndex }) => {
        if (oldIndex === newIndex) return;
        const values = { do: "move", to: newIndex };
        htmx.ajax("POST", item.dataset.keep, { source: item, target: "#shelf", swap: "outerHTML", values });
      },
    });
  }
}

document.addEventListener("htmx:afterSettle", () => armShelves(document));
document.addEventListener("DOMContentLoaded", () => armShelves(document));
