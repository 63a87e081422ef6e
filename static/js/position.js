// Check in here: asks the browser where it is and puts the answer into the form, or says why there is none.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-needs-position]");
  const box = form.querySelector(".position");
  const buttons = form.querySelectorAll("[data-save]");
  const reasons = { 1: "denied", 2: "unavailable", 3: "timeout" };

  const show = (state) => {
    box.dataset.state = state;
    buttons.forEach((button) => { button.disabled = state !== "found"; });
  };

  const found = ({ coords }) => {
    form.elements.latitude.value = coords.latitude.toFixed(6);
    form.elements.longitude.value = coords.longitude.toFixed(6);
    form.elements.accuracy_m.value = coords.accuracy.toFixed(1);
    box.querySelector("[data-accuracy]").textContent = Math.ceil(coords.accuracy);
    show("found");
  };

  const ask = () => {
    if (!window.isSecureContext || !navigator.geolocation) return show("insecure");
    show("waiting");
    const failed = (error) => show(reasons[error.code] ?? "unavailable");
    const options = { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 };
    return navigator.geolocation.getCurrentPosition(found, failed, options);
  };

  box.querySelector("[data-try-again]").addEventListener("click", ask);
  ask();
});
