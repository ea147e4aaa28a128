"""`python -m standins.registries --port N`: POST {"personal_code": "…"} to /fpr/person, /vid/person or /viis/person."""

import argparse
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from standins import html, web
from standins.knobs import Knob
from standins.people import Person, by_code, digits, everyone
from standins.web import RefusedError, Reply, Request

FAULTS = ("slow", "dead", "error", "empty", "html", "huge", "drip", "wrong_person")
HUGE = 32 * 1024 * 1024
REGISTRIES = {"fpr": "FPR", "vid": "VID", "viis": "VIIS"}


@dataclass
class Registries:
    """Three registries over one list of people; each finds a person by the codes it knows itself."""

    knob: Knob
    base_date: date

    def routes(self) -> dict[tuple[str, str], web.Handler]:
        return {
            ("GET", "/"): self.about,
            ("GET", "/knobs"): self.about,
            ("POST", "/knobs"): lambda request: web.turn_by_form(self.knob, request),
        } | {("POST", f"/{path}/person"): self._answering(name) for path, name in REGISTRIES.items()}

    def about(self, _: Request) -> Reply:
        body = "<h1>Valsts reģistru aizstājējs</h1><p>FPR, VID un VIIS atbildes par sagatavotajiem cilvēkiem.</p>"
        body += html.knob_form(self.knob)
        return Reply(html.page(title="Valsts reģistru aizstājējs", brand="Reģistri", body=body))

    def _answering(self, name: str) -> web.Handler:
        def answer(request: Request) -> Reply:
            code = _asked_code(request)
            if fault := self._fault(name):
                return fault
            return self._found(name, code)

        return answer

    def _fault(self, name: str) -> Reply | None:
        match self.knob.fault:
            case "error":
                return web.as_json({"error": "internal"}, 500)
            case "empty":
                return Reply("", type="application/json")
            case "html":
                return Reply(html.page(title="Apkope", brand=name, body="<h1>Notiek apkope</h1>"))
            case "huge":
                return Reply(json.dumps({"padding": "x" * HUGE}), type="application/json")
            case "drip":
                return Reply(json.dumps({"status": "ok", "padding": "x" * 4096}), type="application/json", drips=True)
        return None

    def _found(self, name: str, code: str) -> Reply:
        person = by_code(code)
        if person is not None and self.knob.fault == "wrong_person":
            person = next(one for one in everyone() if one.key != person.key and one.registries[name]["status"] == "ok")
            return web.as_json(self._facts(person, name, person.code))
        if person is None or digits(code) not in _codes_known(person, name):
            return web.as_json({"error": "not_found"}, 404)
        if person.registries[name]["status"] != "ok":
            return web.as_json({"error": "unavailable"}, 503)
        return web.as_json(self._facts(person, name, code))

    def _facts(self, person: Person, name: str, code: str) -> dict[str, Any]:
        known = {key: value for key, value in person.registries[name].items() if key not in {"status", "known_by"}}
        if "deceased_offset_days" in known:
            days = known.pop("deceased_offset_days")
            known["deceased_on"] = None if days is None else (self.base_date + timedelta(days=days)).isoformat()
        head = {"registry": name, "personal_code": code, "answer_id": str(uuid.uuid4())}
        return head | {"answered_at": datetime.now(UTC).isoformat(timespec="seconds")} | known


def _asked_code(request: Request) -> str:
    try:
        return str(json.loads(request.body)["personal_code"])
    except (ValueError, KeyError, TypeError) as error:
        raise RefusedError('{"error": "personal_code is missing"}') from error


def _codes_known(person: Person, name: str) -> set[str]:
    """VID may still know a person by the old code only."""
    if person.registries[name].get("known_by") == "previous_code":
        return {digits(code) for code in person.codes[1:]}
    fpr = person.registries["FPR"]
    return {
        digits(code) for code in (*person.codes, fpr.get("current_code", ""), *fpr.get("previous_codes", ())) if code
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--base-date", type=date.fromisoformat, default=date(2025, 6, 9), help="what days in the data count from"
    )
    parser.add_argument("--fault", default="", help=", ".join(FAULTS))
    asked = parser.parse_args()
    knob = Knob(FAULTS)
    knob.turn_as_written(asked.fault)
    site = web.Site(
        Registries(knob, asked.base_date).routes(), knob, refusal=lambda text: Reply(text, 400, "application/json")
    )
    web.run("registries", web.make_server(site, asked.port))


if __name__ == "__main__":
    main()
