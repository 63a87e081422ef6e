// Choosing several rows of a list: all of a page at once, and how many are chosen.

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
