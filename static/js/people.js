// The rows of people follow their figures: those that move in one moment are asked for together. How many goals are of
// each colour, and how the teams stand, is asked anew when some seconds have passed, however many facts come in.
const A_MOMENT = 250;
const SOME_SECONDS = 8000;
const moved = new Set();
let isWaiting = false;
let tallyIsDue = false;

async function askForRows() {
  const list = document.getElementById("people");
  const rows = [...moved].join(",");
  moved.clear();
  try {
    await htmx.ajax("GET", `${list.dataset.rows}?rows=${rows}`, { source: list, target: list, swap: "none" });
  } finally {
    if (moved.size) setTimeout(askForRows, A_MOMENT);
    else isWaiting = false;
  }
}

function askForTally() {
  tallyIsDue = false;
  htmx.trigger("#tally", "late");
}

document.addEventListener("htmx:sseMessage", ({ target }) => {
  const { person, team } = target.dataset;
  if (person === undefined && team === undefined) return;
  if (person) {
    moved.add(person);
    if (!isWaiting) setTimeout(askForRows, A_MOMENT);
    isWaiting = true;
  }
  if (!tallyIsDue) setTimeout(askForTally, SOME_SECONDS);
  tallyIsDue = true;
});
