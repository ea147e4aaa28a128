"""`python -m standins.mail --port SMTP --page-port HTTP`: takes every mail, sends none on, and shows what arrived."""

# ruff: noqa: E501  (markup reads best in its own lines)
import argparse
import asyncio
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from standins import html, web
from standins.knobs import Knob
from standins.mail import codes
from standins.web import RefusedError, Reply, Request

RIGA = ZoneInfo("Europe/Riga")

FAULTS = ("down", "busy", "refuse", "slow", "drop")  # drop: keeps the letter and hangs up before saying so
MOST_KEPT = 2000
LONGEST_WAIT = 30.0
BRAND = "Pasta aizstājējs"


@dataclass(frozen=True)
class Letter:
    """One mail as it arrived; `to` are the addresses of the envelope."""

    id: int
    sender: str
    to: tuple[str, ...]
    received_at: datetime
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def part(self, kind: str) -> str:
        found = self.message.get_body((kind,))
        return str(found.get_content()).replace("\r\n", "\n") if found is not None else ""

    def as_dict(self) -> dict[str, Any]:
        message = self.message
        return {
            "id": self.id,
            "from": self.sender,
            "to": list(self.to),
            "subject": str(message["Subject"] or ""),
            "message_id": str(message["Message-ID"] or ""),
            "received_at": self.received_at.isoformat(),
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": self.part("plain"),
            "html": self.part("html"),
            "attachments": [part.get_filename() or "" for part in message.iter_attachments()],
        }


@dataclass
class Box:
    """What arrived, the newest first; kept as files when there is a folder. Readers may wait for more."""

    folder: Path | None = None
    _letters: dict[int, Letter] = field(default_factory=dict)
    _next: int = 1
    _news: threading.Condition = field(default_factory=threading.Condition)

    def load(self) -> None:
        for path in sorted(self.folder.glob("*.eml"), key=lambda path: int(path.stem)) if self.folder else ():
            envelope, _, raw = path.read_bytes().partition(b"\n")
            stamp, sender, *to = envelope.decode().split("\t")
            letter = Letter(int(path.stem), sender, tuple(to), datetime.fromisoformat(stamp), raw)
            self._letters[letter.id] = letter
            self._next = letter.id + 1

    def take(self, sender: str, to: tuple[str, ...], raw: bytes) -> None:
        with self._news:
            letter = Letter(self._next, sender, to, datetime.now(UTC), raw)
            self._next += 1
            if self.folder:
                self.folder.mkdir(parents=True, exist_ok=True)
                head = "\t".join((letter.received_at.isoformat(), sender, *to))
                (self.folder / f"{letter.id}.eml").write_bytes(head.encode() + b"\n" + raw)
            self._letters[letter.id] = letter
            while len(self._letters) > MOST_KEPT:
                self._forget(min(self._letters))
            self._news.notify_all()

    def find(self, *, to: str = "", wait: float = 0.0, after: int = 0) -> list[Letter]:
        """Letters to an address ("" = any) later than letter `after`; waits up to `wait` seconds for the first."""

        def found() -> list[Letter]:
            fits = (one for one in self._letters.values() if one.id > after)
            return [one for one in fits if not to or to.casefold() in {address.casefold() for address in one.to}]

        with self._news:
            self._news.wait_for(found, timeout=min(wait, LONGEST_WAIT))
            return sorted(found(), key=lambda letter: -letter.id)

    def get(self, number: str) -> Letter:
        letter = self._letters.get(int(number)) if number.isdecimal() else None
        if letter is None:
            raise RefusedError("Šādas vēstules nav.")
        return letter

    def empty(self) -> None:
        with self._news:
            for number in list(self._letters):
                self._forget(number)

    def _forget(self, number: int) -> None:
        self._letters.pop(number, None)
        if self.folder:
            (self.folder / f"{number}.eml").unlink(missing_ok=True)


@dataclass
class PostOffice:
    """The SMTP side; a mail server that is down does not even listen."""

    box: Box
    port: int
    knob: Knob
    _controller: Controller | None = None

    def follow(self, fault: str) -> None:
        """Open or close according to the knob."""
        if fault == "down" and self._controller is not None:
            self._controller.stop()
            self._controller = None
        elif fault != "down" and self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
            self._controller.start()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.knob.fault == "slow":
            await server.loop.run_in_executor(None, self.knob.linger)
        if self.knob.fault == "busy":
            return "451 4.3.2 Try again later"
        if self.knob.fault == "refuse":
            return "550 5.7.1 RefusedError"
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self.box.take(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw)
        if self.knob.fault == "drop" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 2.0.0 Kept"


@dataclass
class Reading:
    """The pages and the JSON."""

    box: Box
    knob: Knob
    secrets: Path | None = None

    def routes(self) -> dict[tuple[str, str], web.Handler]:
        return {
            ("GET", "/"): self.list,
            ("GET", "/knobs"): self.list,
            ("POST", "/knobs"): lambda request: web.turn_by_form(self.knob, request),
            ("POST", "/dzest"): self.empty,
            ("GET", "/vestule/*"): self.show,
            ("GET", "/html/*"): self.show_html,
            ("GET", "/kodi"): self.codes,
            ("GET", "/api/messages"): self.as_json,
            ("DELETE", "/api/messages"): self.empty_quietly,
        }

    def list(self, request: Request) -> Reply:
        to = request.query.get("to", "").strip()
        letters = self.box.find(to=to)
        rows = "".join(_row(letter) for letter in letters)
        none = "<p>Te vēl nav nevienas vēstules. STARS sūta vēstules, piemēram, kad jāapstiprina e-pasta adrese vai iesniegts pieteikums.</p>"
        body = f"""<h1>Saņemtās vēstules</h1>
<p class="hint"><a href="/kodi">Vienreizējie kodi</a> · Šis serveris pieņem visu STARS pastu un neko nesūta tālāk. Vēstules: {len(letters)}.</p>
<form class="find" method="get" action="/" role="search"><label for="to">Saņēmēja e-pasta adrese</label>
<input id="to" name="to" type="search" value="{escape(to)}"><button>{html.icon("search")}Meklēt</button></form>
{f'<ul class="mails">{rows}</ul>' if rows else none}
<form method="post" action="/dzest"><button>Dzēst visas vēstules</button></form>
{html.knob_form(self.knob)}"""
        return Reply(html.page(title="Saņemtās vēstules", brand=BRAND, body=body))

    def codes(self, _: Request) -> Reply:
        """The telephone beside the mailbox; the page is asked for anew when the codes change."""
        seconds = codes.seconds_left()
        rows = "".join(
            f"<dt>{escape(one.login)}</dt><dd><strong>{escape(one.code)}</strong> {escape(one.name)}</dd>"
            for one in codes.of(self.secrets)
        )
        none = "<p>Te vēl nav neviena, kam pieslēdzoties vajadzīgs kods.</p>"
        body = f"""<a class="back" href="/">{html.icon("back")}Vēstules</a><h1>Vienreizējie kodi</h1>
<p class="hint">Autentifikācijas lietotnes aizstājējs. Kodi mainīsies pēc {seconds} sekundēm; katrs darbojas vienu reizi.</p>
{f'<dl class="card">{rows}</dl>' if rows else none}"""
        return Reply(
            html.page(title="Vienreizējie kodi", brand=BRAND, body=body), headers={"Refresh": str(seconds + 1)}
        )

    def show(self, request: Request) -> Reply:
        letter = self.box.get(request.path.rpartition("/")[2])
        facts = letter.as_dict()
        heads = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts["headers"])
        frame = f'<h2>HTML</h2><iframe src="/html/{letter.id}" title="Vēstule HTML veidā" sandbox="allow-top-navigation-by-user-activation"></iframe>'
        body = f"""<a class="back" href="/?to={quote(letter.to[0]) if letter.to else ""}">{html.icon("back")}Visas vēstules</a>
<h1>{escape(facts["subject"]) or "Bez temata"}</h1>
<p class="hint">Saņēmējs: {escape(", ".join(letter.to))} · {_clock(letter)}</p>
<section class="card" aria-label="Teksts"><pre>{_linked(facts["text"])}</pre></section>
{frame if facts["html"] else ""}
<details class="card"><summary>Galvenes</summary><dl>{heads}</dl></details>"""
        return Reply(html.page(title=facts["subject"] or "Bez temata", brand=BRAND, body=body))

    def show_html(self, request: Request) -> Reply:
        letter = self.box.get(request.path.rpartition("/")[2])
        strict = (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        )
        return Reply('<base target="_top">' + letter.part("html"), headers={"Content-Security-Policy": strict})

    def as_json(self, request: Request) -> Reply:
        asked = request.query
        try:
            wait, after = float(asked.get("wait", "0")), int(asked.get("after", "0"))
        except ValueError as error:
            raise RefusedError("wait un after ir skaitļi.") from error
        found = self.box.find(to=asked.get("to", ""), wait=wait, after=after)
        return web.as_json({"messages": [letter.as_dict() for letter in found]})

    def empty(self, _: Request) -> Reply:
        self.box.empty()
        return web.see_other("/")

    def empty_quietly(self, _: Request) -> Reply:
        self.box.empty()
        return web.as_json({"messages": []})


def _row(letter: Letter) -> str:
    subject = escape(str(letter.message["Subject"] or "Bez temata"))
    return (
        f'<li><a href="/vestule/{letter.id}"><strong>{subject}</strong><span>{_clock(letter)}</span>'
        f"<span>{escape(', '.join(letter.to))}</span></a></li>"
    )


def _clock(letter: Letter) -> str:
    return letter.received_at.astimezone(RIGA).strftime("%d.%m.%Y. %H:%M")  # as the portal shows it


def _linked(text: str) -> str:
    return re.sub(
        r"https?://[^\s<>&\"']+(?:&amp;[^\s<>&\"']+)*", lambda hit: f'<a href="{hit[0]}">{hit[0]}</a>', escape(text)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="SMTP")
    parser.add_argument("--page-port", type=int, required=True, help="HTTP")
    parser.add_argument("--folder", type=Path, help="keep the mails as files")
    parser.add_argument("--codes", type=Path, help="the list of bin/serve with secrets of authenticator apps")
    parser.add_argument("--fault", default="", help=", ".join(FAULTS))
    asked = parser.parse_args()
    box = Box(asked.folder)
    box.load()
    knob = Knob(FAULTS)
    office = PostOffice(box, asked.port, knob)
    knob.turned = office.follow
    knob.turn_as_written(asked.fault)
    site = web.Site(Reading(box, knob, asked.codes).routes(), knob, unharmed=("/",), frames=True)
    web.run("mail", web.make_server(site, asked.page_port), also=f", smtp: 127.0.0.1:{asked.port}")


if __name__ == "__main__":
    main()
