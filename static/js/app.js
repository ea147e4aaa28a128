// Small behaviours of every page. Everything works without this file.
"use strict";
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
document.documentElement.classList.add("js");

// Pop-up <details>: a press outside or Esc closes them; Esc gives focus back to the summary.
const pops = all("details[data-pop]");
document.addEventListener("click", (event) => {
  pops.forEach((pop) => { if (pop.open && !pop.contains(event.target)) pop.open = false; });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  pops.filter((pop) => pop.open).forEach((pop) => { pop.open = false; pop.querySelector("summary").focus(); });
});

// Choice boxes and level buttons show their state.
document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[type=checkbox],input[type=radio]")) return;
  const group = target.type === "radio" ? all(`input[name="${CSS.escape(target.name)}"]`) : [target];
  group.forEach((input) => {
    const box = input.closest(".choice-box,.levels label");
    if (box) box.classList.toggle("on", input.checked);
  });
});

// The chosen file's name is shown in its drop zone.
all(".drop input[type=file]").forEach((input) => input.addEventListener("change", () => {
  const shown = input.parentElement.querySelector("[data-file]");
  if (shown && input.files.length) shown.textContent = Array.from(input.files, (file) => file.name).join(", ");
}));

// The accessibility panel: a choice shows at once; "Saglabāt" keeps it without leaving the page, leaving the dialog takes it back.
const root = document.documentElement;
const LOOK = ["text", "contrast", "theme", "motion"];
const wear = (value) => LOOK.forEach((name) => { if (value(name)) root.dataset[name] = value(name); else delete root.dataset[name]; });
let worn = { ...root.dataset };
document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-look]");
  if (!form) return;
  const chosen = new FormData(form);
  wear((name) => (name === "motion" ? chosen.has(name) && "less" : chosen.get(name)));
});
document.addEventListener("close", () => wear((name) => worn[name]), true);
document.addEventListener("submit", (event) => {
  const form = event.target;
  const dialog = form.closest("dialog");
  if (!dialog || !form.matches("[data-look]") || !event.submitter) return;
  event.preventDefault();
  const chosen = new FormData(form);
  if (event.submitter.name) { chosen.append(event.submitter.name, "1"); wear(() => ""); }
  fetch(form.action, { method: "POST", body: chosen, credentials: "same-origin", headers: { "X-Requested-With": "XMLHttpRequest" } })
    .then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); worn = { ...root.dataset }; dialog.close(); })
    .catch(() => form.submit());
});

// A small select form (page size, order) sends itself; its button stays for those without a mouse.
all("form[data-autosubmit] select").forEach((select) => select.addEventListener("change", () => select.form.requestSubmit()));

// After an error the focus goes to the summary.
const errors = document.querySelector(".errors");
if (errors) errors.focus();

// Drukāt: there is such a button only where a script can press it.
all("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
