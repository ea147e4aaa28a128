// Filters apply at once on wide screens; on phones and without script the button does it.
"use strict";
const wide = matchMedia("(min-width:60rem)");
// Programmes ticked for comparison go along to the next page, in its address.
document.addEventListener("click", ({ target }) => {
  if (target.matches(".pager a")) target.search += `&${new URLSearchParams(new FormData(document.getElementById("salidzinat")))}`;
});
document.querySelectorAll("form[data-filters]").forEach((form) => {
  let timer = 0;
  // On phones the tray's button says how many programmes the choice would give.
  const button = form.querySelector("[data-show]");
  if (button) button.textContent = button.dataset.show;
  const ask = async () => {
    const answer = await fetch(`${form.dataset.count}?${new URLSearchParams(new FormData(form))}`).catch(() => null);
    if (answer?.ok) button.textContent = await answer.text();
  };
  const send = () => { if (wide.matches) form.requestSubmit(); else if (button) ask(); };
  // Filters left empty stay out of the address.
  form.addEventListener("formdata", ({ formData }) => {
    [...formData].forEach(([name, value]) => { if (!value) formData.delete(name); });
  });
  form.addEventListener("change", ({ target }) => {
    clearTimeout(timer);
    sessionStorage.setItem("stars-filter", JSON.stringify({ id: target.id, at: scrollY, path: location.pathname }));
    timer = setTimeout(send, target.type === "checkbox" ? 350 : 0);
  });
});

// The page comes back where the person was, with focus on the same filter.
const kept = sessionStorage.getItem("stars-filter");
if (kept && wide.matches) {
  sessionStorage.removeItem("stars-filter");
  const { id, at, path } = JSON.parse(kept);
  if (path === location.pathname) {
    scrollTo(0, at);
    const control = document.getElementById(id);
    const pick = control?.closest("details");
    if (pick) pick.open = true;
    control?.focus({ preventScroll: true });
  }
}
