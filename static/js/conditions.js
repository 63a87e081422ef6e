// Conditions: a search that has found something changes the choice, so what depends on it is counted anew; what is being
// typed while the form is drawn anew stays; a count that could not be asked says so.

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.matches("#conditions .pick select, #conditions .pick-boxes")) {
    target.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

let writing = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { id, type, value } = document.activeElement;
  const isWriting = document.activeElement.matches("#conditions input:not([type=checkbox])");
  writing = isWriting && detail.target.contains(document.activeElement) ? { id, type, value } : null;
});

document.addEventListener("htmx:afterSettle", () => {
  const again = writing && document.getElementById(writing.id);
  if (again && again.type === writing.type && again.value !== writing.value) {
    again.value = writing.value;
    again.dispatchEvent(new Event("input", { bubbles: true }));
  }
  writing = null;
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ target }) => {
    const failed = target.matches("#conditions-count") && target.querySelector("[data-count-failed]");
    if (!failed) return;
    for (const line of target.children) line.hidden = line !== failed;
  });
}
