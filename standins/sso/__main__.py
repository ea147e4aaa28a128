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
from standins.sso.identity import MEANS, Answer, Identity, Means, SignInRequest, means_named
from standins.sso.saml import Partner, Provider
from standins.web import RefusedError, Reply, Request

PATIENCE_SECONDS = 600
MOST_PENDING = 5000
LONGEST_TYPED = 120


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
class SignOn:
    """The conversation: request, means, person, answer."""

    provider: Provider
    portal: str
    knob: Knob
    with_history: bool = False
    pending: Pending = field(default_factory=Pending)

    def routes(self) -> dict[tuple[str, str], web.Handler]:
        return {
            ("GET", "/"): self.about,
            ("GET", "/knobs"): self.about,
            ("POST", "/knobs"): self.turn,
            ("GET", "/saml/sso"): self.begin,
            ("POST", "/lidzeklis"): self.choose_means,
            ("GET", "/persona"): self.show_people,
            ("POST", "/persona"): self.choose_person,
            ("POST", "/atteikties"): self.refuse,
            ("GET", "/saml/slo"): self.sign_out,
        }

    def about(self, _: Request) -> Reply:
        return Reply(pages.about(self.portal, self.knob))

    def turn(self, request: Request) -> Reply:
        return web.turn_by_form(self.knob, request)

    def begin(self, request: Request) -> Reply:
        wish = self.provider.read_request(request.raw_query)
        return self._ask_means(self.pending.keep(wish), wish)

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
        if "cits" in form:
            typed = {name: form.get(name, "").strip()[:LONGEST_TYPED] for name in ("vards", "uzvards", "kods")}
            for name, problem in (
                ("vards", "Ievadiet vārdu"),
                ("uzvards", "Ievadiet uzvārdu"),
                ("kods", "Ievadiet personas kodu"),
            ):
                if not typed[name]:
                    return Reply(pages.choose_person(handle, means, typed=typed, error=(problem, name)), 422)
            identity = Identity(typed["vards"], typed["uzvards"], (typed["kods"],))
        else:
            person = by_key(form.get("persona", ""))
            if person is None:
                raise RefusedError("Šāda cilvēka sarakstā nav.")
            identity = Identity.of(person, with_history=self.with_history)
        self.pending.finish(handle)
        return self._onward(self.provider.answer(wish, identity, means))

    def refuse(self, request: Request) -> Reply:
        handle = request.form.get("p", "")
        wish, _ = self.pending.find(handle)
        self.pending.finish(handle)
        return self._onward(self.provider.refusal(wish))

    def sign_out(self, request: Request) -> Reply:
        target = self.provider.read_sign_out(request.raw_query)
        return web.see_other(target) if target else Reply(pages.signed_out())

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
    parser.add_argument("--key", type=Path, required=True, help="our key, PEM")
    parser.add_argument("--cert", type=Path, required=True, help="our certificate, PEM")
    parser.add_argument("--portal-cert", type=Path, required=True, help="the portal's certificate, PEM")
    parser.add_argument("--portal-entity-id", help="default: PORTAL/sso/metadata")
    parser.add_argument("--reply-to", help="default: PORTAL/sso/acs")
    parser.add_argument("--signed-out-at", default="", help="where answers to sign-outs go; none: they end here")
    parser.add_argument("--with-history", action="store_true", help="give earlier personal codes too")
    parser.add_argument("--fault", default="", help="dead, or slow:SECONDS")
    asked = parser.parse_args()
    portal = asked.portal.rstrip("/")
    knob = Knob(("dead", "slow"))
    knob.turn_as_written(asked.fault)
    site = web.Site({}, knob, refusal=lambda text: Reply(pages.trouble(text), 400))
    server = web.make_server(site, asked.port)
    own = f"http://localhost:{server.server_address[1]}"
    partner = Partner(
        entity_id=asked.portal_entity_id or f"{portal}/sso/metadata",
        reply_to=asked.reply_to or f"{portal}/sso/acs",
        cert_file=asked.portal_cert,
        signed_out_at=asked.signed_out_at,
    )
    provider = Provider(f"{own}/saml", f"{own}/saml/sso", f"{own}/saml/slo", asked.key, asked.cert, partner)
    site.routes = SignOn(provider, portal, knob, asked.with_history).routes()
    site.form_targets = ("/".join(partner.reply_to.split("/")[:3]),)
    web.run("sso", server)


if __name__ == "__main__":
    main()
