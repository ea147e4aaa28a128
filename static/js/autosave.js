// A draft is saved 2 s after the last change; the words of success and failure come from the page.
"use strict";
document.querySelectorAll("form[data-autosave]").forEach((form) => {
  const status = form.querySelector("[data-autosave-status]");
  if (!status) return;
  let timer = 0;
  let saving = false;
  let again = false;

  const say = (text, failed) => {
    status.setAttribute("role", failed ? "alert" : "status");
    status.classList.toggle("saved-bad", failed);
    status.textContent = text;
  };

  const save = async () => {
    if (saving) { again = true; return; }
    saving = true;
    const data = new FormData(form);
    Array.from(data.entries()).forEach(([name, value]) => { if (value instanceof File) data.delete(name); });
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: data, credentials: "same-origin", redirect: "manual",
        headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      document.dispatchEvent(new CustomEvent("stars:alive", { detail: Number(answer.headers.get("X-Session-Seconds")) }));
      const now = new Date().toLocaleTimeString("lv-LV", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Riga" });
      say(`${status.dataset.saved}\u00a0${now}.`, false);
    } catch {
      say(status.dataset.failed, true);
    }
    saving = false;
    if (again) { again = false; save(); }
  };

  const later = () => { clearTimeout(timer); timer = setTimeout(save, 2000); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => clearTimeout(timer));
});
