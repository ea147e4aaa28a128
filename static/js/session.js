// Two minutes before the session ends a dialog says so; one press extends it, and every tab follows (no personal data is kept).
"use strict";
const warning = document.getElementById("sesija");
if (warning?.showModal) {
  const WARN = 120000, GRACE = 2000, KEY = "stars-session";
  const form = warning.querySelector("form");
  const [more] = form.querySelectorAll("button");
  let ends = 0, timer = 0, typed = false, last = false, over = false;

  const show = (which) => warning.querySelectorAll("[data-when]").forEach((line) => { line.hidden = line.dataset.when !== which; });
  const share = (moment) => { try { localStorage[KEY] = moment; } catch { /* this tab only */ } };
  const leave = () => {
    if (!typed) { location.assign(`${warning.dataset.over}?next=${encodeURIComponent(location.pathname + location.search)}`); return; }
    // What was typed outside a draft is not thrown away: the page stays, and says so.
    warning.querySelector("h2").textContent = warning.querySelector("h2").dataset.ends;
    show("over");
    form.hidden = over = true;
    if (!warning.open) warning.showModal();
  };
  const look = () => {
    clearTimeout(timer);
    if (over) return;
    const left = ends - Date.now();
    if (left + GRACE <= 0) { leave(); return; }
    if (left <= WARN && !warning.open) {
      show(last ? "last" : typed || document.querySelector(".saved-bad") ? "typed" : "kept");
      more.hidden = last;
      warning.showModal();
    } else if (left > WARN && warning.open) warning.close();
    timer = setTimeout(look, (left > WARN ? left - WARN : left + GRACE) + 50);
  };
  const lasts = (seconds) => { ends = Date.now() + seconds * 1000; share(ends); look(); };

  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter !== more) return;
    event.preventDefault();
    fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual", headers: { "X-Requested-With": "XMLHttpRequest" } })
      .then((answer) => (answer.ok ? answer.json() : { seconds: -GRACE }))
      .then(({ seconds }) => { last = seconds * 1000 <= WARN; if (last) warning.close(); lasts(seconds); })
      .catch(() => { /* no connection: the dialog stays, and the button can be pressed again */ });
  });
  // Esc is "not now", never "extend": the dialog comes back when the page is looked at again.
  addEventListener("input", ({ target }) => { const at = target.closest("form"); if (at?.method === "post" && !at.matches("[data-autosave],[data-look]")) typed = true; });
  addEventListener("submit", ({ target, submitter }) => {
    if (target !== form) typed = false; // more time saves nothing of what was typed
    if ((submitter?.getAttribute("formaction") || target.getAttribute("action")) === form.querySelector("[formaction]").getAttribute("formaction")) share(0);
  });
  document.addEventListener("stars:alive", ({ detail }) => { if (detail > 0) lasts(detail); });
  addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  addEventListener("storage", ({ key, newValue }) => { if (key === KEY && newValue !== null) { ends = Number(newValue); look(); } });
  lasts(Number(warning.dataset.seconds));
}
