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
    if (control) control.focus({ preventScroll: true });
  }
}

// c-typeahead: a long select becomes a field with suggestions; letters typed without marks find those with them ("ada": Ādaži).
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
document.querySelectorAll("[data-typeahead]").forEach((box) => {
  const [select, input, list] = box.querySelectorAll("select, input, ul");
  const say = (name, value) => (value ? input.setAttribute(name, value) : input.removeAttribute(name));
  let at = -1;

  const rest = () => {
    list.hidden = true;
    say("aria-expanded", "false");
    say("aria-activedescendant");
    input.value = select.value && select.selectedOptions[0].text;
  };
  const pick = (line) => {
    const before = select.value;
    if (line) select.value = line.dataset.value;
    rest();
    if (select.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const open = (words) => {
    const found = [...select.options].filter((option) => option.value && fold(option.text).includes(fold(words)));
    list.replaceChildren(...found.map((option, number) => {
      const line = document.createElement("li");
      line.id = `${list.id}-${number}`;
      line.setAttribute("role", "option");
      line.dataset.value = option.value;
      line.textContent = option.text;
      return line;
    }));
    at = -1;
    list.hidden = !found.length;
    say("aria-expanded", String(!list.hidden));
  };

  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => { input.select(); open(""); });
  input.addEventListener("change", (event) => { if (event.isTrusted) event.stopPropagation(); });
  input.addEventListener("blur", () => pick(input.value ? list.children.length === 1 && !list.hidden && list.firstChild : { dataset: { value: "" } }));
  list.addEventListener("mousedown", (event) => { event.preventDefault(); pick(event.target.closest("li")); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const lines = list.children;
    if (step) {
      if (list.hidden) open("");
      if (at >= 0) lines[at].removeAttribute("aria-selected");
      at = (Math.max(at, step < 0 ? 0 : -1) + step + lines.length) % lines.length;
      lines[at].setAttribute("aria-selected", "true");
      lines[at].scrollIntoView({ block: "nearest" });
      say("aria-activedescendant", lines[at].id);
    } else if (event.key === "Enter" && !list.hidden) pick(lines[Math.max(at, 0)]);
    else if (event.key === "Escape") rest();
    else return;
    event.preventDefault();
  });
  ["aria-describedby", "aria-invalid"].forEach((name) => say(name, select.getAttribute(name)));
  input.id = select.id;
  select.id = "";
  select.hidden = true;
  input.hidden = false;
  rest();
});
