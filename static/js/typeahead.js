// Fields with suggestions under them: a long select (c-typeahead), and words of a search that the server completes (c-search).
"use strict";
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const combobox = (input, list, open, pick, rest) => {
  const say = (name, value) => (value ? input.setAttribute(name, value) : input.removeAttribute(name));
  let at = -1;
  const close = () => {
    list.hidden = true;
    at = -1;
    say("aria-expanded", "false");
    say("aria-activedescendant");
  };
  const show = (lines) => {
    close();
    list.replaceChildren(...lines.map(([text, value, hint], number) => {
      const line = document.createElement("li");
      line.id = `${list.id}-${number}`;
      line.setAttribute("role", "option");
      line.dataset.value = value;
      line.textContent = text;
      if (hint) line.append(Object.assign(document.createElement("span"), { className: "hint blk", textContent: hint }));
      return line;
    }));
    list.hidden = !lines.length;
    say("aria-expanded", String(!list.hidden));
  };
  list.addEventListener("mousedown", (event) => { event.preventDefault(); pick(event.target.closest("li")); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const lines = list.children;
    if (step) {
      if (list.hidden) open("");
      if (list.hidden || !lines.length) return;
      if (at >= 0) lines[at].removeAttribute("aria-selected");
      at = (Math.max(at, step < 0 ? 0 : -1) + step + lines.length) % lines.length;
      lines[at].setAttribute("aria-selected", "true");
      lines[at].scrollIntoView({ block: "nearest" });
      say("aria-activedescendant", lines[at].id);
    } else if (event.key === "Enter" && !list.hidden && (rest || at >= 0)) pick(lines[Math.max(at, 0)]);
    else if (event.key === "Escape" && !list.hidden) (rest || close)();
    else return;
    event.preventDefault();
  });
  return { close, say, show };
};

// Letters typed without marks find those with them ("ada": Ādaži).
document.querySelectorAll("[data-typeahead]").forEach((box) => {
  const [select, input, list] = box.querySelectorAll("select, input, ul");
  const open = (words) => show([...select.options]
    .filter((option) => option.value && fold(option.text).includes(fold(words))).map((option) => [option.text, option.value]));
  const rest = () => { close(); input.value = select.value && select.selectedOptions[0].text; };
  const pick = (line) => {
    const before = select.value;
    if (line) select.value = line.dataset.value;
    rest();
    if (select.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const { close, say, show } = combobox(input, list, open, pick, rest);
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => { input.select(); open(""); });
  input.addEventListener("change", (event) => { if (event.isTrusted) event.stopPropagation(); });
  input.addEventListener("blur", () => pick(input.value ? list.children.length === 1 && !list.hidden && list.firstChild : { dataset: { value: "" } }));
  ["aria-describedby", "aria-invalid"].forEach((name) => say(name, select.getAttribute(name)));
  input.id = select.id;
  select.id = "";
  select.hidden = true;
  input.hidden = false;
  rest();
});

// An answer that comes too late is not shown; what is chosen is opened.
document.querySelectorAll("[data-suggest]").forEach((input) => {
  const [list, status] = input.parentElement.querySelectorAll("ul, p");
  let timer = 0;
  const ask = async () => {
    const words = input.value.trim();
    const answer = words.length > 1 && await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: words })}`).catch(() => null);
    if (words !== input.value.trim() || document.activeElement !== input) return;
    const found = answer?.ok ? await answer.json() : { lines: [] };
    show(found.lines);
    status.textContent = found.says || "";
  };
  const { close, say, show } = combobox(input, list, ask, (line) => { if (line) location.assign(line.dataset.value); });
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" }).forEach(([name, value]) => say(name, value));
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  input.addEventListener("blur", close);
});
