// Filters apply at once on wide screens; on phones and without script the button does it.
"use strict";
const wide = window.matchMedia("(min-width:60rem)");
document.querySelectorAll("form[data-filters]").forEach((form) => {
  let timer = 0;
  // On phones the tray's button says how many programmes the choice would give.
  const button = form.querySelector("[data-show]");
  if (button) button.textContent = button.dataset.show;
  const ask = async () => {
    const answer = await fetch(`${form.dataset.count}?${new URLSearchParams(new FormData(form))}`).catch(() => null);
    if (answer && answer.ok) button.textContent = await answer.text();
  };
  const send = () => { if (wide.matches) form.requestSubmit(); else if (button && form.dataset.count) ask(); };
  // Filters left empty stay out of the address.
  form.addEventListener("formdata", ({ formData }) => {
    [...formData].forEach(([name, value]) => { if (value === "") formData.delete(name); });
  });
  form.addEventListener("change", ({ target }) => {
    clearTimeout(timer);
    sessionStorage.setItem("stars-filter", JSON.stringify({ id: target.id, at: window.scrollY, path: location.pathname }));
    timer = setTimeout(send, target.matches("input[type=checkbox]") ? 350 : 0);
  });
});

// The page comes back where the person was, with focus on the same filter.
const kept = sessionStorage.getItem("stars-filter");
if (kept && wide.matches) {
  sessionStorage.removeItem("stars-filter");
  const { id, at, path } = JSON.parse(kept);
  if (path === location.pathname) {
    window.scrollTo(0, at);
    const control = id && document.getElementById(id);
    const pick = control && control.closest("details");
    if (pick) pick.open = true;
    if (control) control.focus({ preventScroll: true });
  }
}
