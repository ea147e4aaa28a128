// A page that waits for a file looks again by itself, says what has changed, and starts the download. Without this file
// the page reloads itself.
"use strict";
const paper = document.querySelector("[data-paper]");
let looks = 0;

const look = async () => {
  looks += 1;
  try {
    const answer = await fetch(paper.dataset.again, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-paper]");
    if (!fresh) return; // signed out meanwhile: the page stays as it is
    if (fresh.dataset.paper !== paper.dataset.paper) {
      paper.replaceChildren(...fresh.childNodes);
      Object.assign(paper.dataset, fresh.dataset);
      const link = paper.querySelector("a[href]");
      if (paper.dataset.paper === "ready" && link) location.assign(link.href);
    }
  } catch {
    // no network for a moment: look again
  }
  later();
};

const later = () => {
  const seconds = Number(paper.dataset.seconds);
  if (seconds && looks < 200) setTimeout(look, seconds * 1000);
};

if (paper) later();
