// A form with files shows how much of them has gone. Whatever is not a plain success is sent again the plain way, so its page comes whole.
"use strict";
addEventListener("submit", (event) => {
  const form = event.target;
  const line = form.querySelector("[data-upload]");
  const chosen = [...form.elements].some((input) => input.type === "file" && input.files.length);
  if (!line || !chosen || event.defaultPrevented || event.submitter?.formMethod === "get") return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  const words = line.dataset;
  const [said, bar] = [line.querySelector("[role]"), line.querySelector("progress")];
  const say = (text, role) => { said.setAttribute("role", role); said.textContent = text; };
  const asked = new XMLHttpRequest();
  const to = event.submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
  const over = () => { form.ariaBusy = "false"; };
  asked.open("POST", to);
  asked.setRequestHeader("X-Upload", "1");
  asked.upload.addEventListener("progress", ({ loaded, total }) => { bar.max = total; bar.value = loaded; });
  asked.upload.addEventListener("load", () => say(words.sent, "status"));
  asked.addEventListener("load", () => {
    const next = asked.getResponseHeader("X-Location");
    if (next) { location.assign(next); return; }
    over();
    line.remove();
    form.requestSubmit(event.submitter);
  });
  asked.addEventListener("error", () => { over(); bar.hidden = true; say(words.failed, "alert"); });
  form.ariaBusy = "true";
  bar.value = 0;
  line.hidden = bar.hidden = false;
  say(words.sending, "status");
  asked.send(new FormData(form, event.submitter));
});
