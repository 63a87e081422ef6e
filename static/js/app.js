// What the shell adds to plain HTML: menus that close, toasts that leave, errors of a request said in words.

const READING_TIME = 8000;

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  event.target.closest("[data-dismiss]")?.closest(".message").remove();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// --- toasts: one that offers something to do stays until it is dismissed ------------------------------------
function leaveLater(message) {
  if (message.dataset.leaves) return;
  message.dataset.leaves = "yes";
  if (message.querySelector("form, a") || message.classList.contains("message-error")) return;
  const leave = () => (message.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : message.remove());
  setTimeout(leave, READING_TIME);
}

function watchToasts() {
  const toasts = document.getElementById("toasts");
  if (!toasts) return;
  const all = () => toasts.querySelectorAll(".message").forEach(leaveLater);
  all();
  new MutationObserver(all).observe(toasts, { childList: true });
}

function say(templateId) {
  const template = document.getElementById(templateId);
  const toasts = document.getElementById("toasts");
  if (template && toasts) toasts.replaceChildren(template.content.cloneNode(true));
}

document.addEventListener("htmx:sendError", () => say("toast-offline"));
document.addEventListener("htmx:timeout", () => say("toast-offline"));
document.addEventListener("htmx:responseError", () => say("toast-failed"));

// --- an address keeps only what was chosen ---------------------------------------------------------------------
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of Object.entries(detail.parameters)) if (value === "") delete detail.parameters[name];
});

// --- a form is sent once: a second tap while it is on its way does nothing ----------------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.matches("[hx-post]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

document.addEventListener("DOMContentLoaded", watchToasts);
