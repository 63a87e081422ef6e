// The tree of teams by drag: a person to another team, a team below another. What is dropped asks the server, which
// answers with the tree as it is then; a person's move asks first from which day on. Refused or failed, it goes back.

let pending = null; // the one move under way: what, where from, and where to

function goBack() {
  if (!pending) return;
  const { item, list, next } = pending;
  pending = null;
  if (item.isConnected) list.insertBefore(item, next?.parentNode === list ? next : null);
}

function ask(values) {
  const { item } = pending;
  const tree = document.getElementById("team-tree");
  htmx.ajax("POST", item.dataset.move, { source: tree, target: tree, swap: "outerHTML", values });
}

function askFromWhen(dialog, item, list) {
  dialog.querySelector("[data-person]").textContent = item.dataset.name;
  dialog.querySelector("[data-team]").textContent = list.dataset.name;
  dialog.returnValue = "";
  dialog.showModal();
}

function sortable(list, options) {
  const kind = options.group.name;
  return new Sortable(list, {
    sort: false,
    handle: "[data-grip]",
    delay: 150,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 4,
    swapThreshold: 0.65,
    emptyInsertThreshold: 12,
    scrollSensitivity: 60,
    animation: 120,
    ghostClass: "is-lifted",
    onStart: ({ item }) => {
      document.body.dataset.dragging = kind;
      pending = { item, list: item.parentNode, next: item.nextElementSibling };
    },
    onEnd: ({ from, to, item }) => {
      delete document.body.dataset.dragging;
      if (from === to) pending = null;
      else options.dropped(item, to);
    },
    ...options,
  });
}

function makeSortable() {
  const dialog = document.getElementById("when");
  for (const list of document.querySelectorAll("[data-people]")) {
    sortable(list, {
      group: { name: "people" },
      draggable: "[data-person]",
      dropped: (item, to) => askFromWhen(dialog, item, to),
    });
  }
  for (const list of document.querySelectorAll("[data-teams]")) {
    sortable(list, {
      group: { name: "teams" },
      draggable: "[data-team]",
      dropped: (item, to) => ask({ parent: to.dataset.teams }),
    });
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const dialog = document.getElementById("when");
  makeSortable();
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (!pending) return;
    if (dialog.returnValue !== "move") return goBack();
    const team = pending.item.parentNode.dataset.people;
    const day = document.getElementById("when-day").value;
    ask({ team, first_on: day, ...(team ? {} : { leaves: "on" }) });
  });
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (pending && detail.xhr.status !== 200 && detail.xhr.status !== 422) goBack();
});

// htmx carries attributes over from what it replaces; the styles of the drag are not to be carried, and no style
// attribute may be set by the rules of the page.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  for (const styled of detail.target.querySelectorAll("[style]")) styled.removeAttribute("style");
});

document.addEventListener("htmx:afterSwap", () => {
  if (!pending) return;
  pending = null;
  makeSortable();
});
