// A link with data-dialog opens the confirmation of its page in a native dialog; without script the page itself opens.
"use strict";
const show = async (link) => {
  const answer = await fetch(link.href, { credentials: "same-origin", headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const confirm = page.querySelector("[data-confirm]");
  if (!confirm) throw new Error("no confirmation");
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = confirm.querySelector("h1");
  const title = document.createElement("h2");
  title.id = "dialoga-virsraksts";
  title.textContent = heading.textContent;
  heading.replaceWith(title);
  dialog.setAttribute("aria-labelledby", title.id);
  const form = confirm.querySelector("form");
  if (form && !form.getAttribute("action")) form.setAttribute("action", link.href);
  dialog.append(...confirm.childNodes);
  dialog.querySelectorAll("[data-close]").forEach((close) => close.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  }));
  dialog.addEventListener("close", () => {
    dialog.remove();
    const shut = link.closest("details:not([open])");
    (shut ? shut.querySelector("summary") : link).focus();
  });
  document.body.append(dialog);
  dialog.showModal();
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link).catch(() => { location.href = link.href; });
});
