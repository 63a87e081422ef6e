// Sign-up: the address is proposed from the name as one types, until it is typed by hand; the browser knows its time zone.
const plain = (name) => name
  .normalize("NFKD")
  .replaceAll(/[łŁ]/g, "l")
  .replaceAll(/[øØ]/g, "o")
  .replaceAll("ß", "ss")
  .replaceAll(/[\u0300-\u036f]/g, "")
  .toLowerCase()
  .replaceAll(/[^a-z0-9]+/g, "-")
  .slice(0, 50)
  .replaceAll(/^-+|-+$/g, "");

document.addEventListener("DOMContentLoaded", () => {
  const slug = document.querySelector("[data-slug-of]");
  if (slug) {
    const name = document.getElementById(slug.dataset.slugOf);
    let isOwn = slug.value !== "" && slug.value !== plain(name.value);
    slug.addEventListener("input", () => { isOwn = slug.value !== ""; });
    name.addEventListener("input", () => { if (!isOwn) slug.value = plain(name.value); });
  }

  const zone = document.querySelector("select[data-time-zone]");
  if (zone && zone.value === "") {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...zone.options].some((option) => option.value === here)) zone.value = here;
  }
});
