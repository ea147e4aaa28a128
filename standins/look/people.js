// Narrows the list of people while one types; without this file the button "Meklēt" does the same on the server.
(() => {
  const field = document.querySelector("[data-find]");
  const rows = [...document.querySelectorAll("[data-name]")];
  const said = document.querySelector("[data-found]");
  if (!field || !rows.length) return;
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  field.addEventListener("input", () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => fold(row.dataset.name).includes(word));
      count += row.hidden ? 0 : 1;
    }
    said.textContent = `Atrasti cilvēki: ${count}`;
  });
})();
