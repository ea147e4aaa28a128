"""The pages a person sees on the way through the sign-on."""

# ruff: noqa: E501  (markup reads best in its own lines)
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from standins import html
from standins.knobs import Knob
from standins.people import Person, everyone
from standins.sso.identity import BANK, EID, FOREIGN, KINDS, PLAIN, TEST, Answer, Means

BRAND = "Vienotās pieteikšanās modulis"
GROUPS = (
    (EID, "Elektroniskā identifikācija"),
    (BANK, "Internetbanka"),
    (FOREIGN, "Citas ES valstis"),
    (TEST, "Testa lietotājs"),
)
ICONS = {
    "EID": "card",
    "EPARAKSTS": "pen",
    "EPARAKSTS_MOBILE": "pen",
    "SMARTID": "phone",
    "EIDAS": "globe",
    "TEST": "flask",
}
KNOB = {"dead": "neatbild", "slow": "atbild lēni", "rolled": "paraksta ar nākamo sertifikātu"}
CONTACT = '<p class="hint">Jautājumi: <a href="mailto:stars@viaa.gov.lv">stars@viaa.gov.lv</a></p>'


def choose_means(handle: str, offered: Sequence[Means], *, portal: str, error: str = "") -> str:
    """Consent and the means of identification."""
    sections = []
    for group, label in GROUPS:
        buttons = "".join(_means_button(means) for means in offered if means.group == group)
        if buttons:
            sections.append(
                f'<section aria-labelledby="g-{group}"><h2 id="g-{group}">{label}</h2><div class="means">{buttons}</div></section>'
            )
    body = f"""{_leave(handle, "Atpakaļ uz STARS")}
{html.error_summary(error, "piekritu") if error else ""}
<h1>Izvēlieties identifikācijas līdzekli</h1>
<p class="hint">Pieslēdzaties platformai STARS ({escape(portal)}). Šī lapa testa vidē aizstāj valsts pieteikšanās moduli.</p>
<form class="card form" method="post" action="/lidzeklis">
<input type="hidden" name="p" value="{escape(handle)}">
<label class="tick"><input type="checkbox" id="piekritu" name="piekritu" value="1" required{' class="bad"' if error else ""}>
<span>Piekrītu, ka platformai STARS nodod manu vārdu, uzvārdu un personas kodu</span></label>
{"".join(sections)}
</form>
{CONTACT}"""
    return html.page(title="Izvēlieties identifikācijas līdzekli", brand=BRAND, body=body, error=bool(error))


def _means_button(means: Means) -> str:
    drawing = html.icon(ICONS.get(means.name, "bank"))
    kind = ' class="main"' if means.group == TEST else ""
    return f'<button{kind} type="submit" name="lidzeklis" value="{means.name}">{drawing}{escape(means.label)}</button>'


def choose_person(
    handle: str,
    means: Means,
    *,
    wanted: str = "",
    typed: dict[str, str] | None = None,
    error: tuple[str, str] | None = None,
    kind: str = PLAIN,
) -> str:
    """One of the ready-made people, or anyone by name and code."""
    found = [person for person in everyone() if matches(person, wanted)]
    typed = typed or {}
    problem, field = error or ("", "")
    body = f"""{_leave(handle, "Atteikties un atgriezties STARS")}
{html.error_summary(problem, field) if problem else ""}
<h1>Kas Jūs būsiet?</h1>
<p class="hint">Līdzeklis: {escape(means.label)}. Testa vidē varat būt jebkurš no sagatavotajiem cilvēkiem vai <a href="#cits">kāds cits</a>.</p>
<div class="two">
<section class="card" aria-labelledby="sagatavotie"><h2 id="sagatavotie">Sagatavotie cilvēki</h2>
<form class="find" method="get" action="/persona" role="search"><input type="hidden" name="p" value="{escape(handle)}">
<label for="q">Vārds, kods vai iezīme</label><input id="q" name="q" type="search" value="{escape(wanted)}" autocomplete="off" data-find>
<button>{html.icon("search")}Meklēt</button></form>
<p class="hint" role="status" data-found>Atrasti cilvēki: {len(found)}</p>
<form method="post" action="/persona"><input type="hidden" name="p" value="{escape(handle)}">{_kinds("veids-s", kind)}<ul class="people">{_rows(found)}</ul></form>
</section>
<form class="card form" id="cits" method="post" action="/persona"><h2>Cits cilvēks</h2><input type="hidden" name="p" value="{escape(handle)}">
{_field("vards", "Vārds", typed, field)}{_field("uzvards", "Uzvārds", typed, field)}
{_field("kods", "Personas kods", typed, field, hint="11 cipari, piemēram, 010190-12345")}
{_kinds("veids-c", kind)}
<p><button class="main" type="submit" name="cits" value="1">Turpināt</button></p></form>
</div>"""
    return html.page(title="Kas Jūs būsiet?", brand=BRAND, body=body, scripts=["people.js"], error=bool(problem))


def _rows(people: Iterable[Person]) -> str:
    return "".join(
        f'<li data-name="{escape(_searched(person))}"><button type="submit" name="persona" value="{escape(person.key)}">'
        f"<span>{escape(person.name)}</span> <code>{escape(person.code)}</code> <small>{escape(person.about)}</small></button></li>"
        for person in people
    )


def _field(name: str, label: str, typed: dict[str, str], wrong: str, *, hint: str = "") -> str:
    described = f' aria-describedby="{name}-h"' if hint else ""
    marked = ' class="bad" aria-invalid="true"' if wrong == name else ""
    note = f'<p class="hint" id="{name}-h">{escape(hint)}</p>' if hint else ""
    value = escape(typed.get(name, ""))
    return f'<div><label for="{name}">{label}</label>{note}<input id="{name}" name="{name}" value="{value}" autocomplete="off"{described}{marked}></div>'


def _kinds(field: str, chosen: str) -> str:
    """What else such a module may say of somebody, for seeing how the portal answers."""
    options = "".join(
        f'<option value="{escape(kind)}"{" selected" if kind == chosen else ""}>{escape(label)}</option>'
        for kind, label in KINDS.items()
    )
    return f"""<details class="more"{" open" if chosen else ""}><summary>Īpaši gadījumi</summary>
<div><label for="{field}">Kā modulis raksturo cilvēku</label><select id="{field}" name="veids">{options}</select></div></details>"""


def _leave(handle: str, label: str) -> str:
    return (
        f'<form method="post" action="/atteikties"><input type="hidden" name="p" value="{escape(handle)}">'
        f'<button class="plain">{html.icon("back")}{label}</button></form>'
    )


def onward(answer: Answer) -> str:
    """Carries the signed answer to the portal."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in answer.fields.items()
    )
    body = f"""<h1>Atgriežamies platformā STARS</h1>
<form class="card form" method="post" action="{escape(answer.url)}" data-onward>{fields}
<p>Ja lapa neatveras pati, nospiediet pogu.</p><p><button class="main">Turpināt</button></p></form>"""
    return html.page(title="Atgriežamies platformā STARS", brand=BRAND, body=body, scripts=["post.js"])


def trouble(text: str) -> str:
    body = f"""<h1>Pieteikšanās nav iespējama</h1><div class="card form"><p>{escape(text)}</p>
<p>Atgriezieties platformā STARS un sāciet pieslēgšanos no jauna.</p></div>{CONTACT}"""
    return html.page(title="Pieteikšanās nav iespējama", brand=BRAND, body=body, error=True)


def signed_out(onward_to: str, told: str = "") -> str:
    """The end of a session here; `told` = what the portal answered about its own."""
    answer = f"<p>STARS savu sesiju {told}.</p>" if told else ""
    back = (
        f'<p><a class="back" href="{escape(onward_to)}">{html.icon("back")}Atpakaļ uz STARS</a></p>'
        if onward_to
        else ""
    )
    body = f"""<h1>Jūs esat izrakstījies</h1><div class="card form">{answer}
<p>Vienotās pieteikšanās modulī Jūsu sesija ir beigusies. {"" if onward_to else "Varat aizvērt šo lapu."}</p>{back}</div>"""
    return html.page(title="Jūs esat izrakstījies", brand=BRAND, body=body)


def about(portal: str, knob: Knob, sessions: Sequence[tuple[str, str]]) -> str:
    """The front door: what this server is, who is in it, who is signed in, and its faults."""
    body = f"""<h1>Vienotās pieteikšanās aizstājējs</h1>
<p>Šis serveris aizstāj valsts vienotās pieteikšanās moduli. Pieslēgšanos sāk <a href="{escape(portal)}">platformā STARS</a>.</p>
<div class="two"><section class="card" aria-labelledby="l"><h2 id="l">Sagatavotie cilvēki</h2><ul class="people">{_listed()}</ul></section>
<div class="stack">{_open_sessions(sessions)}{html.knob_form(knob, KNOB)}</div></div>"""
    return html.page(title="Par šo serveri", brand=BRAND, body=body)


def _open_sessions(sessions: Sequence[tuple[str, str]]) -> str:
    """Signing out from this side, as a person may do who uses several services of the state."""
    rows = "".join(
        f'<li><button name="s" value="{escape(key)}"><span>{escape(name)}</span> <small>Beigt darbu šeit un platformā STARS</small></button></li>'
        for key, name in sessions
    )
    inside = (
        f'<form method="post" action="/beigt"><ul class="people">{rows}</ul></form>'
        if rows
        else '<p class="hint">Šobrīd neviens nav pieteicies.</p>'
    )
    return f'<section class="card" aria-labelledby="s"><h2 id="s">Atvērtās sesijas</h2>{inside}</section>'


def _listed() -> str:
    return "".join(
        f"<li>{escape(one.name)} <code>{escape(one.code)}</code><br><span class=hint>{escape(one.about)}</span></li>"
        for one in everyone()
    )


def _searched(person: Person) -> str:
    return f"{person.name} {person.code} {person.code.replace('-', '')} {person.about} {person.key}"


def matches(person: Person, wanted: str) -> bool:
    """Every word is somewhere in what is known; letters match without their diacritics."""
    known = _folded(_searched(person))
    return all(word in known for word in _folded(wanted).split())


def _folded(text: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(letter)
    )
