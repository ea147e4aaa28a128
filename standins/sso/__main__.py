"""`python -m standins.sso --port N --portal http://…`: the state's single sign-on as a server on a port."""

import argparse
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from standins import web
from standins.knobs import Knob
from standins.people import by_key
from standins.sso import pages
from standins.sso.identity import KINDS, MEANS, PLAIN, Answer, Identity, Means, Opened, SignInRequest, means_named
from standins.sso.saml import Partner, Provider
from standins.sso.signing import Pair, Signer
from standins.sso.wsfed import SecurityTokenService
from standins.web import RefusedError, Reply, Request

PATIENCE_SECONDS = 600
MOST_PENDING = 5000
MOST_SESSIONS = 20
LONGEST_TYPED = 120
PROTOCOLS = ("both", "saml2", "wsfed")


@dataclass
class Pending:
    """Sign-ins under way, each under a random handle, none for longer than ten minutes."""

    _held: dict[str, tuple[float, SignInRequest, Means | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, request: SignInRequest) -> str:
        handle = secrets.token_urlsafe(24)
        with self._lock:
            last = time.monotonic() - PATIENCE_SECONDS
            self._held = {key: row for key, row in self._held.items() if row[0] > last}
            while len(self._held) >= MOST_PENDING:
                self._held.pop(next(iter(self._held)))
            self._held[handle] = (time.monotonic(), request, None)
        return handle

    def find(self, handle: str) -> tuple[SignInRequest, Means | None]:
        with self._lock:
            row = self._held.get(handle)
        if row is None or row[0] < time.monotonic() - PATIENCE_SECONDS:
            raise RefusedError("Šī pieteikšanās ir beigusies vai jau pabeigta.")
        return row[1], row[2]

    def choose(self, handle: str, means: Means) -> None:
        request, _ = self.find(handle)
        with self._lock:
            self._held[handle] = (time.monotonic(), request, means)

    def finish(self, handle: str) -> None:
        with self._lock:
            self._held.pop(handle, None)


@dataclass
class Sessions:
    """Sign-ins the portal was told of, newest first; forgotten when there are too many."""

    _held: dict[str, tuple[Opened, str, bool]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, opened: Opened, name: str, *, is_wsfed: bool) -> None:
        with self._lock:
            while len(self._held) >= MOST_SESSIONS:
                self._held.pop(next(iter(self._held)))
            self._held[secrets.token_hex(8)] = (opened, name, is_wsfed)

    def listed(self) -> list[tuple[str, str]]:
        with self._lock:
            return [(key, name) for key, (_, name, _) in reversed(self._held.items())]

    def take(self, key: str) -> tuple[Opened, bool]:
        with self._lock:
            if key not in self._held:
                raise RefusedError("Šī sesija jau ir beigusies.")
            opened, _, is_wsfed = self._held.pop(key)
        return opened, is_wsfed

    def drop(self, index: str) -> None:
        with self._lock:
            self._held = {key: row for key, row in self._held.items() if not index or row[0].index != index}


@dataclass
class SignOn:
    """The conversation: request, means, person, answer; and leaving."""

    provider: Provider
    service: SecurityTokenService
    portal: str
    knob: Knob
    protocol: str = "both"
    pending: Pending = field(default_factory=Pending)
    sessions: Sessions = field(default_factory=Sessions)

    def routes(self) -> dict[tuple[str, str], web.Handler]:
        shared: dict[tuple[str, str], web.Handler] = {
            ("GET", "/"): self.about,
            ("GET", "/knobs"): self.about,
            ("POST", "/knobs"): self.turn,
            ("POST", "/lidzeklis"): self.choose_means,
            ("GET", "/persona"): self.show_people,
            ("POST", "/persona"): self.choose_person,
            ("POST", "/atteikties"): self.refuse,
            ("POST", "/beigt"): self.end_session,
        }
        saml: dict[tuple[str, str], web.Handler] = {
            ("GET", "/saml/sso"): self.begin,
            ("GET", "/saml/slo"): self.sign_out,
        }
        wsfed: dict[tuple[str, str], web.Handler] = {("GET", "/wsfed"): self.federate}
        return shared | (saml if self.protocol != "wsfed" else {}) | (wsfed if self.protocol != "saml2" else {})

    def about(self, _: Request) -> Reply:
        return Reply(pages.about(self.portal, self.knob, self.sessions.listed()))

    def turn(self, request: Request) -> Reply:
        return web.turn_by_form(self.knob, request)

    def begin(self, request: Request) -> Reply:
        wish = self.provider.read_request(request.raw_query)
        return self._ask_means(self.pending.keep(wish), wish)

    def federate(self, request: Request) -> Reply:
        """The one address of WS-Federation: signing in, and signing out."""
        if self.service.action(request.raw_query) != "wsignout1.0":
            wish = self.service.read_request(request.raw_query)
            return self._ask_means(self.pending.keep(wish), wish)
        return Reply(pages.signed_out(self.service.read_sign_out(request.raw_query)))

    def choose_means(self, request: Request) -> Reply:
        handle = request.form.get("p", "")
        wish, _ = self.pending.find(handle)
        means = means_named(request.form.get("lidzeklis", ""))
        if means is None or means not in offered(wish):
            raise RefusedError("Šāda identifikācijas līdzekļa nav.")
        if not request.form.get("piekritu"):
            return self._ask_means(handle, wish, "Atzīmējiet, ka piekrītat datu nodošanai")
        self.pending.choose(handle, means)
        return web.see_other(f"/persona?p={handle}")

    def show_people(self, request: Request) -> Reply:
        handle = request.query.get("p", "")
        return Reply(pages.choose_person(handle, self._means(handle), wanted=request.query.get("q", "")))

    def choose_person(self, request: Request) -> Reply:
        handle, form = request.form.get("p", ""), request.form
        wish, means = self.pending.find(handle)[0], self._means(handle)
        kind = form.get("veids", PLAIN)
        if kind not in KINDS:
            raise RefusedError("Šāda gadījuma nav.")
        if "cits" in form:
            typed = {name: form.get(name, "").strip()[:LONGEST_TYPED] for name in ("vards", "uzvards", "kods")}
            for name, problem in (
                ("vards", "Ievadiet vārdu"),
                ("uzvards", "Ievadiet uzvārdu"),
                ("kods", "Ievadiet personas kodu"),
            ):
                if not typed[name]:
                    page = pages.choose_person(handle, means, typed=typed, error=(problem, name), kind=kind)
                    return Reply(page, 422)
            identity = Identity(typed["vards"], typed["uzvards"], (typed["kods"],), kind=kind)
        else:
            person = by_key(form.get("persona", ""))
            if person is None:
                raise RefusedError("Šāda cilvēka sarakstā nav.")
            identity = Identity.of(person, kind)
        self.pending.finish(handle)
        answer = (self.service if wish.is_wsfed else self.provider).answer(wish, identity, means)
        if answer.opened:
            self.sessions.keep(answer.opened, f"{identity.given_name} {identity.surname}", is_wsfed=wish.is_wsfed)
        return self._onward(answer)

    def refuse(self, request: Request) -> Reply:
        handle = request.form.get("p", "")
        wish, _ = self.pending.find(handle)
        self.pending.finish(handle)
        if wish.is_wsfed:  # its standard has no word for it
            return web.see_other(self.portal)
        return self._onward(self.provider.refusal(wish))

    def sign_out(self, request: Request) -> Reply:
        """The portal's request to end a session, or its answer to ours."""
        if "SAMLResponse" in request.query:
            ended = self.provider.read_sign_out_answer(request.raw_query)
            return Reply(pages.signed_out("", told="beidza" if ended else "nebeidza"))
        index, target = self.provider.read_sign_out(request.raw_query)
        self.sessions.drop(index)
        return web.see_other(target) if target else Reply(pages.signed_out(""))

    def end_session(self, request: Request) -> Reply:
        """The person leaves here, and the portal is told."""
        session, is_wsfed = self.sessions.take(request.form.get("s", ""))
        if not self.provider.partner.signed_out_at:
            return Reply(pages.signed_out(""))
        return web.see_other(self.service.clean_up() if is_wsfed else self.provider.sign_out_request(session))

    def _ask_means(self, handle: str, wish: SignInRequest, error: str = "") -> Reply:
        return Reply(pages.choose_means(handle, offered(wish), portal=self.portal, error=error), 422 if error else 200)

    def _means(self, handle: str) -> Means:
        means = self.pending.find(handle)[1]
        if means is None:
            raise RefusedError("Vispirms izvēlieties identifikācijas līdzekli.")
        return means

    def _onward(self, answer: Answer) -> Reply:
        return Reply(pages.onward(answer))


def offered(wish: SignInRequest) -> list[Means]:
    """The means the portal asked for; all of them when it named none."""
    return [means for means in MEANS if not wish.allowed_means or means.name in wish.allowed_means]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--portal", required=True, help="public address of the portal")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="both", help="what is spoken here")
    parser.add_argument("--key", type=Path, required=True, help="our key, PEM")
    parser.add_argument("--cert", type=Path, required=True, help="our certificate, PEM")
    parser.add_argument("--next-key", type=Path, help="the key that follows it, used when the knob says rolled")
    parser.add_argument("--next-cert", type=Path, help="its certificate")
    parser.add_argument("--portal-cert", type=Path, required=True, help="the portal's certificate, PEM")
    parser.add_argument("--portal-entity-id", help="default: PORTAL/sso/metadata")
    parser.add_argument("--reply-to", help="default: PORTAL/sso/acs")
    parser.add_argument(
        "--signed-out-at", help="where words about sign-outs go; default: PORTAL/sso/slo; empty: nowhere"
    )
    parser.add_argument(
        "--encrypt", action="store_true", help="seal what is said of people to the portal's certificate"
    )
    parser.add_argument("--fault", default="", help="dead, slow:SECONDS, or rolled")
    asked = parser.parse_args()
    portal = asked.portal.rstrip("/")
    knob = Knob(("dead", "slow", "rolled"))
    knob.turn_as_written(asked.fault)
    site = web.Site({}, knob, refusal=lambda text: Reply(pages.trouble(text), 400))
    server = web.make_server(site, asked.port)
    own = f"http://localhost:{server.server_address[1]}"
    partner = Partner(
        entity_id=asked.portal_entity_id or f"{portal}/sso/metadata",
        reply_to=asked.reply_to or f"{portal}/sso/acs",
        cert_file=asked.portal_cert,
        signed_out_at=f"{portal}/sso/slo" if asked.signed_out_at is None else asked.signed_out_at,
        wants_sealed=asked.encrypt,
    )
    following = Pair(asked.next_key, asked.next_cert) if asked.next_key and asked.next_cert else None
    signer = Signer(Pair(asked.key, asked.cert), following, lambda: knob.fault == "rolled")
    provider = Provider(f"{own}/saml", f"{own}/saml/sso", f"{own}/saml/slo", signer, partner)
    service = SecurityTokenService(f"{own}/sts", signer, partner)
    site.routes = SignOn(provider, service, portal, knob, asked.protocol).routes()
    site.form_targets = ("/".join(partner.reply_to.split("/")[:3]),)
    web.run("sso", server)


if __name__ == "__main__":
    main()
