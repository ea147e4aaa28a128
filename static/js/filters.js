// Filters apply at once on wide screens; on phones and without script the button does it.
"use strict";
const wide = matchMedia("(min-width:60rem)");
document.querySelectorAll("[data-filters]").forEach((form) => {
  let timer = 0;
  // The page names no choice by an id of its own (weight); the way back to it needs one.
  [...form].forEach((target) => { target.id = target.id || target.name + target.value; });
  // On phones the tray's button says how many programmes the choice would give.
  const button = form.querySelector("[data-show]");
  if (button) button.textContent = button.dataset.show;
  const send = async () => {
    if (wide.matches) form.requestSubmit();
    else if (button) {
      const answer = await fetch(form.dataset.count + "?" + new URLSearchParams(new FormData(form))).catch(() => null);
      if (answer?.ok) button.textContent = await answer.text();
    }
  };
  form.addEventListener("change", ({ target }) => {
    clearTimeout(timer);
    sessionStorage.filtrs = `${scrollY} ${target.id}`;
    timer = setTimeout(send, target.type === "checkbox" ? 350 : 0);
  });
});

// Programmes ticked for comparison go along wherever the page leads to itself: filter, search, order, chip, page.
const picked = document.getElementById("salidzinat");
const ids = () => new FormData(picked).getAll("id");
const carry = (query) => {
  if (!picked) return;
  query.delete("id");
  ids().forEach((id) => query.append("id", id));
};
addEventListener("formdata", ({ target, formData }) => {
  if (target === picked) return;
  // What is left empty stays out of the address.
  [...formData].forEach(([name, value]) => { if (!value) formData.delete(name); });
  carry(formData);
});
addEventListener("click", ({ target }) => {
  const link = target.closest("main a:not(#atzimetas a)");
  if (link?.pathname !== location.pathname || link.hash) return;
  const query = new URLSearchParams(link.search);
  carry(query);
  link.search = query;
});

// With a tick the button stays in sight. A fourth one is taken back, and why is said beside it, aloud too.
const says = picked?.querySelector("[data-says]");
addEventListener("change", ({ target }) => {
  if (!picked || target.form !== picked) return;
  says.textContent = "";
  if (ids().length > 3) {
    target.checked = false;
    target.closest("div").append(says);
    setTimeout(() => { says.textContent = says.dataset.says; }, 99); // once it stands where it is, so that it is read out
  }
  picked.classList.toggle("ticked", ids().length);
});

// Gone back to, the page says again what its address says; what is ticked for comparison stays.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("form[method=get]:not(#salidzinat)").forEach((form) => form.reset());
  picked?.classList.toggle("ticked", ids().length);
});

// The page comes back where the person was, with focus on the same filter.
const kept = wide.matches && sessionStorage.filtrs?.split(" ");
if (kept) {
  delete sessionStorage.filtrs;
  const control = document.getElementById(kept[1]);
  control?.closest("details")?.setAttribute("open", "");
  control?.focus();
  scrollTo(0, kept[0]);
}
