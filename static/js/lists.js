// Choosing several rows of a list: all of a page at once, and how many are chosen. Sums that come late, or not at all.

function boxes() {
  return [...document.querySelectorAll('input[name="rows"][form="bulk"]')];
}

function countChosen() {
  const bulk = document.querySelector("[data-bulk]");
  if (!bulk) return;
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  bulk.querySelector("[data-bulk-count]").textContent = bulk.querySelector("[data-bulk-all]")?.checked ? "✓" : chosen;
  const every = document.querySelector("[data-check-all]");
  if (!every) return;
  every.checked = all.length > 0 && chosen === all.length;
  every.indeterminate = chosen > 0 && chosen < all.length;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-check-all]")) for (const box of boxes()) box.checked = target.checked;
  if (target.matches('[data-check-all], [data-bulk-all], input[name="rows"]')) countChosen();
});

function sayThatSumsFailed({ target }) {
  const awaited = target.closest?.("[data-awaited]");
  if (!awaited) return;
  awaited.removeAttribute("aria-busy");
  awaited.querySelector("[data-adding]").hidden = true;
  awaited.querySelector("[data-failed]").hidden = false;
}

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, sayThatSumsFailed);
}
