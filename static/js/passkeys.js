// Starts allauth's passkey forms (mfa/js/webauthn.js) from data attributes, and says in words what went wrong.
// <button data-passkey="add | authenticate | login" data-credential="id of the hidden field" data-options="id of the data">

function explain(name) {
  const problem = document.querySelector("[data-passkey-problem]");
  if (!problem) return;
  const sentences = [...problem.querySelectorAll("[data-says]")];
  const fitting = sentences.find((one) => one.dataset.says === name) || sentences.at(-1);
  for (const sentence of sentences) sentence.hidden = sentence !== fitting;
  problem.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  explain(event.detail.exception?.name);
});

document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-passkey]")) {
    const { passkey, credential, options, passwordless } = button.dataset;
    if (!window.webauthnJSON.supported()) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        explain("unsupported");
      });
      continue;
    }
    window.allauth.webauthn.forms[`${passkey}Form`]({
      ids: { [passkey]: button.id, credential, data: options, passwordless },
    });
  }
});
