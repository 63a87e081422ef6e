// Shows on a bar what the typed thresholds mean, before they are saved.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-thresholds]");
  const green = form.elements.green_percent;
  const orange = form.elements.orange_percent;
  const read = (input) => (/^\d+(\.\d+)?$/.test(input.value.trim()) ? Math.min(Number(input.value), 200) : null);

  const draw = () => {
    const [from, to] = [read(orange), read(green)];
    if (from === null || to === null || from >= to) return;
    form.querySelector('[data-zone="orange"]').setAttribute("width", to);
    form.querySelector('[data-zone="red"]').setAttribute("width", from);
    form.querySelector('[data-says="orange"]').textContent = orange.value.trim();
    form.querySelector('[data-says="green"]').textContent = green.value.trim();
  };

  form.addEventListener("input", draw);
  draw();
});
