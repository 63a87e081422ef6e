// The board of opportunities: a card is dragged to another column, or moved by the arrow keys on its grip. The card
// stands in its new place at once; it goes back if the move is refused, fails, or the day of an end is not told.
document.addEventListener("DOMContentLoaded", () => {
  const board = document.getElementById("board");
  const dialog = document.getElementById("closing");
  const columns = [...board.querySelectorAll("[data-stage]")];
  let pending = null; // the one move under way: its card, and how it goes back

  const address = (template, card, stage) =>
    template.replace("/0/", `/${card}/`).replace("/0/", `/${stage}/`) + window.location.search;

  const settle = () => {
    pending = null;
    if (dialog.open) dialog.close();
  };

  const goBack = () => {
    if (!pending) return;
    const { card, list, next, hadFocus } = pending;
    settle();
    list.insertBefore(card, next?.parentNode === list ? next : null);
    if (hadFocus) card.querySelector("[data-grip]").focus();
  };

  const move = (card, column, { list, next, hadFocus }) => {
    const id = card.dataset.card;
    pending = { card, list, next, hadFocus };
    if ("open" in column.dataset) {
      htmx.ajax("POST", address(board.dataset.move, id, column.dataset.stage), { source: card, target: card, swap: "outerHTML" });
    } else {
      htmx.ajax("GET", address(board.dataset.close, id, column.dataset.stage), { source: dialog, target: dialog, swap: "innerHTML" });
    }
  };

  const place = (card) => ({ list: card.parentNode, next: card.nextElementSibling });

  // --- mouse and touch ------------------------------------------------------------------------------------------
  let lifted = null;
  for (const column of columns) {
    new Sortable(column.querySelector("ul"), {
      group: "board",
      sort: false,
      draggable: ".board-card",
      filter: ".board-card:not([data-movable])",
      preventOnFilter: false,
      delay: 180,
      delayOnTouchOnly: true,
      touchStartThreshold: 6,
      forceFallback: true,
      fallbackTolerance: 4,
      scrollSensitivity: 60,
      animation: 120,
      ghostClass: "is-lifted",
      onStart: ({ item }) => { lifted = place(item); },
      onMove: () => pending === null,
      onEnd: ({ item, from, to }) => {
        if (from !== to) move(item, to.closest("[data-stage]"), { ...lifted, hadFocus: false });
      },
    });
  }

  // --- keyboard -------------------------------------------------------------------------------------------------
  board.addEventListener("keydown", (event) => {
    const grip = event.target.closest("[data-grip]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!grip || !step) return;
    event.preventDefault();
    const card = grip.closest("[data-card]");
    const column = columns[columns.indexOf(card.closest("[data-stage]")) + step];
    if (!column || pending) return;
    const before = place(card);
    column.querySelector("ul").prepend(card);
    grip.focus();
    column.scrollIntoView({ block: "nearest", inline: "nearest" });
    move(card, column, { ...before, hadFocus: true });
  });

  // --- answers --------------------------------------------------------------------------------------------------
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const asked = detail.requestConfig.elt;
    if (!pending || (asked !== pending.card && !dialog.contains(asked))) return;
    const isAsking = dialog.contains(detail.target);
    if (!detail.successful) {
      if (!(isAsking && detail.xhr.status === 422)) goBack();
    } else if (isAsking) {
      if (!dialog.open) dialog.showModal();
    } else {
      const { card, hadFocus } = pending;
      settle();
      if (hadFocus) requestAnimationFrame(() => document.getElementById(`grip-${card.dataset.card}`)?.focus());
    }
  });
  dialog.addEventListener("click", (event) => { if (event.target.closest("[data-cancel]")) goBack(); });
  dialog.addEventListener("cancel", goBack);
});
