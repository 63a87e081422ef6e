// Adds up what is typed in the forms of goals while one types, draws the season, and spreads a pasted row of numbers.

const MILLIONTHS = 6;

// The number in a field as a whole number of millionths: exact, however long; null where there is none.
function read(input) {
  const written = /^(\d+)(?:\.(\d{1,6}))?$/.exec(input.value.trim());
  return written && BigInt(written[1] + (written[2] ?? "").padEnd(MILLIONTHS, "0"));
}

function write(millionths, currency) {
  const digits = millionths.toString().padStart(MILLIONTHS + 1, "0");
  const text = `${digits.slice(0, -MILLIONTHS)}.${digits.slice(-MILLIONTHS)}`;
  const isWhole = /\.0+$/.test(text);
  const money = currency && { style: "currency", currency, ...(isWhole && { minimumFractionDigits: 0 }) };
  return new Intl.NumberFormat(document.documentElement.lang, money || { maximumFractionDigits: MILLIONTHS }).format(text);
}

function addUp(form) {
  for (const sum of form.querySelectorAll("[data-sum-of]")) {
    const typed = [...form.querySelectorAll(`[data-adds-up="${sum.dataset.sumOf}"]`)].map(read);
    sum.textContent = write(typed.reduce((total, number) => total + (number ?? 0n), 0n), sum.dataset.currency);
  }
}

function drawSeason(form) {
  for (const season of form.querySelectorAll("[data-season]")) {
    const weights = [...season.querySelectorAll("[data-weight]")].map((input) => Number(read(input) ?? 0n));
    const highest = Math.max(...weights) || 1;
    season.querySelectorAll("[data-month]").forEach((bar, number) => {
      const height = (40 * weights[number]) / highest;
      bar.setAttribute("height", height);
      bar.setAttribute("y", 40 - height);
    });
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-adds-up]")) addUp(target.form);
  if (target.matches("[data-weight]")) drawSeason(target.form);
});

// A row copied from a sheet goes into the fields that follow, one number each.
document.addEventListener("paste", (event) => {
  const first = event.target;
  if (!first.matches?.('[data-adds-up="targets"], [data-weight]')) return;
  const numbers = event.clipboardData.getData("text").split(/[\s;|]+/).filter(Boolean);
  if (numbers.length < 2) return;
  event.preventDefault();
  const alike = first.matches("[data-weight]") ? "[data-weight]" : '[data-adds-up="targets"]';
  const fields = [...first.form.querySelectorAll(alike)];
  fields.slice(fields.indexOf(first)).slice(0, numbers.length).forEach((field, number) => {
    field.value = numbers[number];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
});

// What was unfolded stays so while the form is drawn anew.
const unfolded = new Map();
document.addEventListener("toggle", ({ target }) => target.id && unfolded.set(target.id, target.open), true);
document.addEventListener("htmx:afterSwap", () => {
  for (const [id, open] of unfolded) {
    const details = document.getElementById(id);
    if (details?.matches("details.goal-more")) details.open ||= open;
  }
});
