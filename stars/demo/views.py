"""Every component of the portal in every state (design.md 6). Where the demo is not installed there is no such page."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gates import public
from stars.kernel.look import Look
from stars.pages.forms import LookForm

from .forms import REGIONS, EveryKindForm

FILLED: dict[str, Any] = {"email": "anna@piemers.lv", "region": "1", "place": "1", "reasons": ["1"], "look": "1"}
FILLED |= {"town": "Ādaži", "day": date(2025, 4, 14), "cost": 42743, "account": "LV80BANK0000435195001"}
SECTIONS = [
    {"name": "Informācija un datu pratība", "max": 48, "got": 39, "percent": 81, "level": 6},
    {"name": "Drošība", "max": 64, "got": 41, "percent": 64, "level": 5},
]
ALL_SECTIONS = {"name": "Kopā", "max": 112, "got": 80, "percent": 71, "level": 5}
COMPARED = [
    {"label": "Mācību maksa", "values": [["IMK 427,43 €"], ["IMK 170,88 €", "MN 160,00 €"]], "differs": True},
    {"label": "Valoda", "values": [["Latviešu"], ["Latviešu"]], "differs": False},
]
LOOKS = {
    "gaišs": Look(theme="light"),
    "tumšs": Look(theme="dark"),
    "augsts kontrasts": Look(theme="light", contrast="high"),
    "augsts kontrasts, tumšs": Look(theme="dark", contrast="high"),
}
ROWS = [("03.03.2025.", 500, "500,00 €"), ("07.04.2025.", 83.48, "83,48 €"), ("12.06.2025.", 72.57, "72,57 €")]
STACKS = [("Pieteikts", 14, 31, 6), ("Uzņemts", 41, 58, 20), ("Neuzņemts", 3, 0, 1), ("Atteicies", 5, 9, 2)]
FUNNEL = [("Atvēra programmu", 412, "412"), ("Sāka pieteikumu", 160, "160"), ("Iesniedza", 121, "121")]
PERSON = {
    "name": "Anna Bērziņa",
    "role": "Klients",
    "initials": "AB",
    "unread": 2,
    "items": [
        {"label": "Mans profils", "url": "#", "icon": "user"},
        {"label": "Paziņojumi", "url": "#", "icon": "bell", "badge": 2},
    ],
}
MENU = [
    {"label": "Sākums", "url": "#", "icon": "house", "current": True},
    {"label": "Mācību un pieteikumu vēsture", "url": "#", "icon": "history"},
    {"label": "Saziņa", "url": "#", "icon": "mail", "badge": 2},
]
TOASTS = [
    Message(constants.SUCCESS, "c-toast: melnraksts ir saglabāts."),
    Message(constants.SUCCESS, "c-toast-undo: ziņa ir dzēsta.", extra_tags="/komponentes"),
    Message(constants.INFO, "c-toast: pieteikums vairs nav aktuāls."),
    Message(constants.WARNING, "c-toast: termiņš tuvojas."),
    Message(constants.ERROR, "c-toast: neizdevās nosūtīt."),
]


@public
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """The switch of the looks is a plain link; `?viesis=1` shows the frame of a visitor, `?sesija=115` the warning."""
    return render(request, "demo/components.html", _shown(request))


@public
@require_safe
def confirm(request: HttpRequest) -> HttpResponse:
    """The plain page behind the dialog of the page above."""
    return render(request, "demo/confirm.html", {"form": EveryKindForm()})


def _shown(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.get("izskats", "")
    tabs = [{"label": "kā ierīcē", "href": "?", "current": asked not in LOOKS}]
    tabs += [{"label": name, "href": f"?izskats={name}", "current": name == asked} for name in LOOKS]
    seconds = request.GET.get("sesija", "")
    shown: dict[str, Any] = {
        "tabs": tabs,
        "messages": TOASTS,
        "client_menu": MENU,
        "bare": EveryKindForm(prefix="bare"),
        "filter": EveryKindForm(prefix="filter"),
        "wrong": EveryKindForm({}, prefix="wrong"),
        "form": EveryKindForm(initial=FILLED),
        "look_form": LookForm(prefix="look"),
        "labels": ["Kontaktinformācija", "Mācības", "Apliecinājumi"],
        "hints": {"1": "01.09.2025. – 21.11.2025., brīvo vietu skaits 12/25"},
        "counts": {"1": 41, "2": 19, "3": 20},
        "rows": ROWS,
        "stacks": STACKS,
        "sources": ("IMK", "MN", "VARAM"),
        "funnel": FUNNEL,
        "none": (),
        "sorts": [("nosaukums", "Nosaukums"), ("cena", "Cena")],
        "regions": REGIONS,
        "sections": SECTIONS,
        "all_sections": ALL_SECTIONS,
        "compared": COMPARED,
        "compared_heads": [
            {"name": name, "url": "#", "without": "/komponentes"} for name in ("Datu analīze", "Datora pamati")
        ],
        "page": Paginator(range(55), 10).page(2),
        "sizes": [10, 25, 50],
        "now": datetime(2025, 6, 12, 16, 58, tzinfo=ZoneInfo("Europe/Riga")),
        "opens": date(2025, 6, 9),
        "today": date(2025, 6, 14),
        "closes": date(2025, 6, 20),
    }
    if asked in LOOKS:
        shown["look"] = LOOKS[asked]
    if "viesis" not in request.GET:
        shown["user_menu"] = PERSON
    if seconds.isdecimal():
        shown["session_seconds"] = min(int(seconds), 1800)
    return shown
