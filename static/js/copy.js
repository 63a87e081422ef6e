// Copies the text of the field beside a button, and says so on the button.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = button.parentElement.querySelector("input");
  field.select();
  const isCopied = navigator.clipboard
    ? await navigator.clipboard.writeText(field.value).then(() => true, () => false)
    : document.execCommand("copy");
  if (!isCopied) return; // the text is selected: it can be copied by hand
  document.getElementById("live").textContent = button.dataset.copied;
  button.querySelector("span").textContent = button.dataset.copied;
});
