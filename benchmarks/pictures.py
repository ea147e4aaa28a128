"""docs/screenshots.md made anew: `.venv/bin/python -m benchmarks.pictures` starts a portal of its own and looks at its pages.

Each page at 1280 and 360 pixels, in the light and the dark theme; the pictures are packed into few colours.
"""

import io
import os
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from local import servers
from local.install import ROOT
from tests.browser import stack as stacks
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.roles import Contexts, gather

FOLDER = ROOT / "docs/screenshots"
SIZES = ((1280, 900), (360, 780))
THEMES = ("light", "dark")
COLOURS = 96
# Colours of small marks, which the commonest 96 of a picture would leave out: the star, the unread badge, the arcs.
MARKS = ("EEB649", "F5CB7A", "EB6945", "A83614", "FF9F82", "9680BD", "23663B", "8FD6A6", "2B5A86", "9CC8F2")
PAGES = (
    ("sakums", "Home page", "anonymous", "/"),
    ("programmas", "Catalogue", "anonymous", "/programmas"),
    ("programma", "Programme", "client", "/programma/{programme}"),
    ("pieslegties", "Sign in", "anonymous", "/pieslegties"),
    ("pieteikums", "Application, second step", "beginner", "/pieteikums/jauns/{programme}/imk/2"),
    ("parbaudit", "Check and send", "beginner", "/pieteikums/{draft}/parbaudit"),
    ("profils", "The client's home", "client", "/profils"),
    ("finansejums", "Available funding", "client", "/profils/finansejums"),
    ("pieteikuma-gaita", "Course of an application", "client", "/profils/pieteikumi/{application}"),
    ("apliecinajums", "Receipt with its code", "client", "/pieteikums/{application}/apliecinajums"),
    ("iestades-darbs", "Work list of an institution", "provider", "/provider/pieteikumi"),
    ("kluda-404", "A page that is not there", "anonymous", "/nav-tadas-lapas"),
)
HEAD = """# Screenshots

Twelve pages at 1280 and 360 pixels, light and dark, with the data of the demo.
Made by `.venv/bin/python -m benchmarks.pictures`; every component in every state is on `/komponentes` of a running portal.
"""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stars-pictures-") as folder, servers.throw_away(Path(folder)) as addresses:
        os.environ.update(addresses)
        with stacks.running() as stack, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            people = gather(stack, browser)
            contexts = Contexts(browser, people)
            for name, title, role, path in PAGES:
                for width, height in SIZES:
                    for theme in THEMES:
                        page = contexts[role, width, theme, False].new_page()
                        page.set_viewport_size({"width": width, "height": height})
                        page.goto(stack.portal + path.format(**people.facts), wait_until="networkidle")
                        keep(page.screenshot(), FOLDER / picture(name, width, theme))
                        page.close()
                print(title)
            for context in contexts.values():
                context.close()
            browser.close()
    (ROOT / "docs/screenshots.md").write_text(HEAD + "".join(map(section, PAGES)), encoding="utf-8")
    print(f"{sum(one.stat().st_size for one in FOLDER.glob('*.png')) / 1e6:.2f} MB in {FOLDER.relative_to(ROOT)}")


def keep(shot: bytes, at: Path) -> None:
    """Few colours, no dithering: flat grounds and letters pack well."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    commonest = image.quantize(COLOURS, dither=Image.Dither.NONE).getpalette() or []
    colours = Image.new("P", (1, 1))
    colours.putpalette([*commonest[: 3 * COLOURS], *bytes.fromhex("".join(MARKS))])
    image.quantize(palette=colours, dither=Image.Dither.NONE).save(at, optimize=True)


def picture(name: str, width: int, theme: str) -> str:
    return f"{name}-{width}-{theme}.png"


def section(page: tuple[str, str, str, str]) -> str:
    name, title, *_ = page
    rows = [
        " ".join(
            f'<img src="screenshots/{picture(name, width, theme)}" alt="{title}, {width} px, {theme}" width="{shown}">'
            for width, shown in ((1280, 640), (360, 180))
        )
        for theme in THEMES
    ]
    return f"\n## {title}\n\n" + "\n\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
