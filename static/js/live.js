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

// A part of the page that hears news while it is asking is replaced by an answer from before them: what takes its place
// asks once more.
const behind = new Set();
let asking = null;

document.addEventListener("htmx:beforeRequest", ({ target }) => { asking = target; behind.delete(target.id); });
document.addEventListener("htmx:sseMessage", ({ target }) => {
  if (asking !== target && target.classList.contains("htmx-request")) behind.add(target.id);
  asking = null;
});
document.addEventListener("htmx:load", ({ target }) => {
  const trigger = target.id && behind.delete(target.id) && target.getAttribute("hx-trigger");
  const news = trigger && trigger.split(",").map((part) => part.trim()).find((part) => part.startsWith("sse:"));
  if (news) htmx.trigger(target, news);
});

setInterval(() => { if (!isOpen) refresh(); }, POLLING);
document.addEventListener("visibilitychange", refresh);
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });
