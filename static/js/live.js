// Keeps an open page fresh. Server-sent events tell it which figure has moved; while their stream is away, and once when
// it comes back or the reader does, the page asks for everything anew ("refresh", which parts of the page wait for).

const POLLING = 5000;
let isOpen = false;
let hasBeenOpen = false;

function hears(open) {
  isOpen = open;
  document.documentElement.dataset.live = open ? "yes" : "no";
}

const refresh = () => document.visibilityState === "visible" && htmx.trigger(document.body, "refresh");

document.addEventListener("htmx:sseOpen", () => {
  if (hasBeenOpen && !isOpen) refresh();
  hears(true);
  hasBeenOpen = true;
});
for (const end of ["htmx:sseError", "htmx:sseClose"]) document.addEventListener(end, () => hears(false));

setInterval(() => { if (!isOpen) refresh(); }, POLLING);
document.addEventListener("visibilitychange", refresh);
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
