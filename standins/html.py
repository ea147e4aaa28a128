"""The paper the stand-ins' pages are printed on: a neutral look that is plainly not the portal's own."""

from collections.abc import Iterable, Mapping
from html import escape

from standins.knobs import Knob

# Drawings of the Lucide set (ISC licence: static/img/LICENSE-Lucide.txt).
ICONS = {
    "flask": '<path d="M14 2v6a2 2 0 0 0 .245.96l5.51 10.08A2 2 0 0 1 18 22H6a2 2 0 0 1-1.755-2.96l5.51-10.08A2 2 0 0 0 10 8V2"/>'
    '<path d="M6.453 15h11.094"/><path d="M8.5 2h7"/>',
    "back": '<path d="m12 19-7-7 7-7"/><path d="M19 12H5"/>',
    "card": '<path d="M13 19a4 4 0 00-8 0"/><path d="M16 10h2"/><path d="M16 14h2"/><circle cx="9" cy="12" r="3"/>'
    '<rect x="2" y="5" width="20" height="14" rx="2"/>',
    "pen": '<path d="M13 21h8"/><path d="M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352'
    'a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z"/>',
    "phone": '<rect width="14" height="20" x="5" y="2" rx="2" ry="2"/><path d="M12 18h.01"/>',
    "bank": '<path d="M10 18v-7"/><path d="M11.119 2.205a2 2 0 0 1 1.762 0l7.84 3.846A.5.5 0 0 1 20.5 7h-17a.5.5 0 0 1-.22-.949z"/>'
    '<path d="M14 18v-7"/><path d="M18 18v-7"/><path d="M3 22h18"/><path d="M6 18v-7"/>',
    "globe": '<circle cx="12" cy="12" r="10"/><path d="M12 2a14.5 14.5 0 0 0 0 20 14.5 14.5 0 0 0 0-20"/><path d="M2 12h20"/>',
    "search": '<path d="m21 21-4.34-4.34"/><circle cx="11" cy="11" r="8"/>',
    "mail": '<path d="m22 7-8.991 5.727a2 2 0 0 1-2.009 0L2 7"/><rect x="2" y="4" width="20" height="16" rx="2"/>',
}


def icon(name: str) -> str:
    return f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{ICONS[name]}</svg>'


def page(
    *, title: str, brand: str, body: str, mark: str = "Testa vide", scripts: Iterable[str] = (), error: bool = False
) -> str:
    """A whole page; `title`, `brand` and `mark` are plain text, `body` is HTML made of escaped parts."""
    tags = "".join(f'<script src="/look/{escape(name)}" defer></script>' for name in scripts)
    prefix = "Kļūda: " if error else ""
    return f"""<!doctype html>
<html lang="lv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{prefix}{escape(title)} – {escape(brand)}</title>
<link rel="icon" href="/look/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/look/look.css">
{tags}
</head>
<body>
<a class="skip" href="#saturs">Pāriet uz saturu</a>
<header><div class="shell"><strong>{escape(brand)}</strong><span class="tag">{icon("flask")}{escape(mark)}</span></div></header>
<main id="saturs" tabindex="-1" class="shell">
{body}
</main>
</body>
</html>
"""


def error_summary(text: str, field: str) -> str:
    """What went wrong, first on the page, with a link to the field."""
    return (
        '<div class="errors" role="alert" tabindex="-1" autofocus><h2>Lūdzu, pārbaudiet ievadīto</h2>'
        f'<p><a href="#{escape(field)}">{escape(text)}</a></p></div>'
    )


def knob_form(knob: Knob, words: Mapping[str, str] | None = None) -> str:
    """Choose a fault by hand; `words` say in Latvian what each does."""
    known = {"": "nav, viss darbojas"} | dict(words or {})
    options = "".join(
        f'<option value="{escape(name)}"{" selected" if name == knob.fault else ""}>{escape(known.get(name, name))}</option>'
        for name in ("", *knob.faults)
    )
    return f"""<details class="card"{" open" if knob.fault else ""}><summary>Traucējumi</summary>
<form class="form" method="post" action="/knobs">
<p class="hint">Šeit var redzēt, kā STARS uzvedas, kad šis serveris nedarbojas, kā pienākas.</p>
<label for="fault">Traucējums</label><select id="fault" name="fault">{options}</select>
<label for="seconds">Kavēšanās sekundēs</label>
<input id="seconds" name="seconds" inputmode="decimal" value="{knob.seconds:g}">
<p><button class="main">Saglabāt</button></p>
</form></details>"""
