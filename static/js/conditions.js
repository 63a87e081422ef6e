// Conditions: a search that has found something changes the choice, so what depends on it is counted anew; and a count
// that could not be asked says so.

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.matches("#conditions .pick select, #conditions .pick-boxes")) {
    target.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ target }) => {
    const failed = target.matches("#conditions-count") && target.querySelector("[data-count-failed]");
    if (!failed) return;
    for (const line of target.children) line.hidden = line !== failed;
  });
}
