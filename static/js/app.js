// Behaviours of every page: menus, choices, the look, dialogs, drafts that save themselves, papers on their way. All works without them.
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const root = document.documentElement;
root.classList.add("js");

// Pop-up <details>: a press outside or Esc closes them; Esc gives focus back to the summary.
const pops = all("details[data-pop]");
addEventListener("click", (event) => {
  pops.forEach((pop) => { if (pop.open && !pop.contains(event.target)) pop.open = false; });
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  pops.filter((pop) => pop.open).forEach((pop) => { pop.open = false; pop.querySelector("summary").focus(); });
});

// Choice boxes show their state.
addEventListener("change", ({ target }) => {
  all(`[name="${CSS.escape(target.name)}"]`).forEach((input) => input.closest(".choice-box")?.classList.toggle("on", input.checked));
});

// The chosen file's name is shown in its drop zone.
all(".drop input[type=file]").forEach((input) => input.addEventListener("change", () => {
  const shown = input.parentElement.querySelector("[data-file]");
  if (shown && input.files.length) shown.textContent = [...input.files].map((file) => file.name).join(", ");
}));

// The accessibility panel: a choice shows at once; "Saglabāt" keeps it without leaving the page, leaving the dialog takes it back.
const LOOK = ["text", "contrast", "theme", "motion"];
const wear = (value) => LOOK.forEach((name) => { if (value(name)) root.dataset[name] = value(name); else delete root.dataset[name]; });
let worn = { ...root.dataset };
addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-look]");
  if (!form) return;
  const chosen = new FormData(form);
  wear((name) => (name === "motion" ? chosen.has(name) && "less" : chosen.get(name)));
});
addEventListener("close", () => wear((name) => worn[name]), true);
addEventListener("submit", (event) => {
  const form = event.target;
  const dialog = form.closest("dialog");
  if (!dialog || !form.matches("[data-look]") || !event.submitter) return;
  event.preventDefault();
  const chosen = new FormData(form);
  if (event.submitter.name) { chosen.append(event.submitter.name, "1"); wear(() => ""); }
  fetch(form.action, { method: "POST", body: chosen, headers: { "X-Requested-With": "XMLHttpRequest" } })
    .then((answer) => { if (!answer.ok) throw Error(answer.status); worn = { ...root.dataset }; dialog.close(); })
    .catch(() => form.submit());
});

// A small select form (page size, order) sends itself; its button stays for those without a mouse.
all("form[data-autosubmit] select").forEach((select) => select.addEventListener("change", () => select.form.requestSubmit()));

// After an error the focus goes to the summary.
document.querySelector(".errors")?.focus();

// Drukāt: there is such a button only where a script can press it.
all("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

// A link with data-dialog opens the confirmation of its page in a native dialog.
const show = async (link) => {
  const answer = await fetch(link.href, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok || answer.redirected) throw Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const confirm = page.querySelector("[data-confirm]"); // without one this fails, and the link is followed
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = confirm.querySelector("h1");
  const title = document.createElement("h2");
  title.id = "dialoga-virsraksts";
  title.textContent = heading.textContent;
  title.tabIndex = -1;
  title.autofocus = true; // the question first; a field first would bring up a phone's keyboard over it
  heading.replaceWith(title);
  dialog.setAttribute("aria-labelledby", title.id);
  const form = confirm.querySelector("form");
  if (form && !form.getAttribute("action")) form.setAttribute("action", link.href);
  dialog.append(...confirm.childNodes);
  all("[data-close]", dialog).forEach((close) => close.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  }));
  dialog.addEventListener("close", () => {
    dialog.remove();
    (link.closest("details:not([open])")?.querySelector("summary") || link).focus();
  });
  document.body.append(dialog);
  dialog.showModal();
};
addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link).catch(() => { location.href = link.href; });
});

// A draft is saved 2 s after the last change and when the page is left; the words of success and failure come from the page.
all("form[data-autosave]").forEach((form) => {
  const status = form.querySelector("[data-autosave-status]");
  if (!status) return;
  let timer, saving, unsaved;

  const say = (text, failed) => {
    status.setAttribute("role", failed ? "alert" : "status");
    status.classList.toggle("saved-bad", failed);
    status.textContent = text;
  };

  const save = async (leaving) => {
    if (!unsaved || (saving && !leaving)) return;
    saving = true;
    unsaved = false;
    const data = new FormData(form);
    [...data].forEach(([name, value]) => { if (value instanceof File) data.delete(name); });
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: data, redirect: "manual", keepalive: leaving,
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (!answer.ok) throw await answer.json().catch(() => 0);
      document.dispatchEvent(new CustomEvent("stars:alive", { detail: answer.headers.get("X-Session-Seconds") }));
      const now = new Date().toLocaleTimeString("lv-LV", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Riga" });
      say(`${status.dataset.saved}\u00a0${now}.`, false);
    } catch (why) {
      say(why.error || status.dataset.failed, true);
    }
    saving = false;
    save(); // what was written meanwhile
  };

  const later = () => { unsaved = true; clearTimeout(timer); timer = setTimeout(save, 2000); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { unsaved = false; });
  // Who closes the page or leaves it within the 2 s keeps the last words too.
  addEventListener("pagehide", () => save(true));
});

// A page that waits for a file looks again, says what has changed, and starts the download.
const paper = document.querySelector("[data-paper]");
let looks = 0;

const look = async () => {
  try {
    const answer = await fetch(paper.dataset.again);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-paper]");
    if (!fresh) return; // signed out meanwhile
    if (fresh.dataset.paper !== paper.dataset.paper) {
      paper.replaceChildren(...fresh.childNodes);
      Object.assign(paper.dataset, fresh.dataset);
      const link = paper.querySelector("a[href]");
      if (paper.dataset.paper === "ready" && link) location.assign(link.href);
    }
  } catch { /* no network for a moment */ }
  later();
};

const later = () => {
  const wait = paper.dataset.seconds * 1000;
  if (wait && looks++ < 200) setTimeout(look, wait);
};

if (paper) later();
