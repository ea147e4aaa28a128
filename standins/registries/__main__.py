"""`python -m standins.registries --port N`: POST {"personal_code": "…"} to /fpr/person, /vid/person or /viis/person,
and {"institution_number": "…", "address": "…"} to /viis/address.
"""

import argparse
import json
import re
import ssl
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from standins import html, web
from standins.knobs import Knob
from standins.people import Person, by_code, digits, everyone
from standins.web import RefusedError, Reply, Request

FAULTS = (
    *("slow", "dead", "error", "too_many", "moved", "empty", "html", "huge", "endless", "drip", "cut", "wrong_person"),
    *("duplicates", "twice_named", "unknown_word", "no_field", "wrong_type", "xml", "hostile_xml", "encoding", "deep"),
)
HUGE = 32 * 1024 * 1024
HOSTILE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;">]><a>&y;</a>'
LAST_FIELDS = {"birth_date", "employed", "documents", "registered"}  # one each register must give
POSTCODE = re.compile(r"LV-\d{4}")
REGISTRIES = {"fpr": "FPR", "vid": "VID", "viis": "VIIS"}


@dataclass
class Registries:
    """Three registries over one list of people; each finds a person by the codes it knows itself."""

    knob: Knob
    base_date: date
    invents: bool = False  # somebody nobody has prepared is answered for too, as an adult who works

    def routes(self) -> dict[tuple[str, str], web.Handler]:
        return {
            ("GET", "/"): self.about,
            ("GET", "/knobs"): self.about,
            ("POST", "/knobs"): lambda request: web.turn_by_form(self.knob, request),
            ("POST", "/viis/address"): self.address,
        } | {("POST", f"/{path}/person"): self._answering(name) for path, name in REGISTRIES.items()}

    def about(self, _: Request) -> Reply:
        body = "<h1>Valsts reģistru aizstājējs</h1><p>FPR, VID un VIIS atbildes par sagatavotajiem cilvēkiem.</p>"
        body += "<p>VIIS adreses: reģistrēta ir katra adrese ar iestādes numuru un pasta indeksu, izņemot LV-0000.</p>"
        body += html.knob_form(self.knob)
        return Reply(html.page(title="Valsts reģistru aizstājējs", brand="Reģistri", body=body))

    def address(self, request: Request) -> Reply:
        """Whether an address of an institution is in the register: well written with a postcode, it is."""
        try:
            asked = json.loads(request.body)
            number, address = str(asked["institution_number"]), str(asked["address"])
        except (ValueError, KeyError, TypeError) as error:
            raise RefusedError('{"error": "institution_number and address are missing"}') from error
        if fault := self._fault("VIIS"):
            return fault
        postcode = POSTCODE.search(address)
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        is_known = bool(number) and postcode is not None and postcode[0] != "LV-0000"
        said: dict[str, Any] = {"registry": "VIIS", "answer_id": str(uuid.uuid4()), "answered_at": moment}
        said |= {"institution_number": number, "address": address, "registered": is_known}
        if self.knob.fault == "wrong_person":
            said["address"] = "Cita iela 1, Rīga, LV-1001"
        return self._spoiled(said)

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
            case "too_many":
                return Reply('{"error": "too_many"}', 429, "application/json", headers={"Retry-After": "60"})
            case "moved":
                return Reply("{}", 307, "application/json", headers={"Location": "http://127.0.0.1:9/elsewhere"})
            case "empty":
                return Reply("", type="application/json")
            case "html":
                return Reply(html.page(title="Apkope", brand=name, body="<h1>Notiek apkope</h1>"))
            case "huge":
                return Reply(json.dumps({"padding": "x" * HUGE}), type="application/json")
            case "drip":
                return Reply(json.dumps({"status": "ok", "padding": "x" * 4096}), type="application/json", drips=True)
            case "endless":
                return Reply("[" + "1," * HUGE, type="application/json", headers={"Content-Length": ""})
            case "cut":
                return Reply('{"registry"', type="application/json", headers={"Content-Length": "4096"})
            case "xml":
                return Reply("<person><birth_date>1984-03-12</birth_date></person>", type="application/xml")
            case "hostile_xml":
                return Reply(HOSTILE, type="application/json")
            case "deep":
                return Reply("[" * 200_000, type="application/json")
        return None

    def _spoiled(self, facts: dict[str, Any]) -> Reply:
        """A right answer gone wrong on its way, as the knob says."""
        match self.knob.fault:
            case "duplicates":
                return web.as_json([facts, facts])
            case "twice_named":
                text = json.dumps(facts)
                return Reply('{"personal_code": "010101-00000", ' + text[1:], type="application/json")
            case "unknown_word":
                facts |= {key: "brand_new_word" for key in ("highest_education",) if key in facts}
            case "no_field":
                facts = {key: value for key, value in facts.items() if key not in LAST_FIELDS}
            case "wrong_type":
                facts |= {key: 17 for key in LAST_FIELDS if key in facts}
            case "encoding":
                return Reply(json.dumps(facts, ensure_ascii=False).encode("utf-16"), type="application/json")
        return web.as_json(facts)

    def _found(self, name: str, code: str) -> Reply:
        person = by_code(code)
        if person is not None and self.knob.fault == "wrong_person":
            person = next(one for one in everyone() if one.key != person.key and one.registries[name]["status"] == "ok")
            return web.as_json(self._facts(person, name, person.code))
        if person is None and self.invents and len(digits(code)) == 11:
            return self._spoiled(_invented(name, code))
        if person is None or digits(code) not in _codes_known(person, name):
            return web.as_json({"error": "not_found"}, 404)
        if person.registries[name]["status"] != "ok":
            return web.as_json({"error": "unavailable"}, 503)
        return self._spoiled(self._facts(person, name, code))

    def _facts(self, person: Person, name: str, code: str) -> dict[str, Any]:
        known = {key: value for key, value in person.registries[name].items() if key not in {"status", "known_by"}}
        if "deceased_offset_days" in known:
            days = known.pop("deceased_offset_days")
            known["deceased_on"] = None if days is None else (self.base_date + timedelta(days=days)).isoformat()
        if (learning := known.get("in_progress")) and "started_offset_days" in learning:
            started = self.base_date + timedelta(days=learning["started_offset_days"])
            known["in_progress"] = {"level": learning["level"], "started_on": started.isoformat()}
        return _head(name, code) | known


def _head(name: str, code: str) -> dict[str, Any]:
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    return {"registry": name, "personal_code": code, "answer_id": str(uuid.uuid4()), "answered_at": moment}


def _invented(name: str, code: str) -> dict[str, Any]:
    """A birth date of the code's own days where they make one, so that explorers see what they expect."""
    day, month, year = int(code[:2]), int(code[2:4]), int(code[4:6])
    is_old = code[:1] in "012" and 1 <= day <= 28 and 1 <= month <= 12
    born = date(1900 + year if code[-5:-4] == "1" else 2000 + year % 8, month, day) if is_old else date(1990, 6, 15)
    facts: dict[str, dict[str, Any]] = {
        "FPR": {"birth_date": born.isoformat(), "deceased_on": None},
        "VID": {"employed": True, "self_employed": False, "employers": 1},
        "VIIS": {"highest_education": "general_secondary", "in_progress": None, "documents": []},
    }
    return _head(name, code) | facts[name]


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
    parser.add_argument("--invents", action="store_true", help="answer for people nobody has prepared, too")
    parser.add_argument("--cert", type=Path, help="speak TLS with this certificate")
    parser.add_argument("--key", type=Path, help="and this key")
    asked = parser.parse_args()
    knob = Knob(FAULTS)
    knob.turn_as_written(asked.fault)
    site = web.Site(
        Registries(knob, asked.base_date, asked.invents).routes(),
        knob,
        refusal=lambda text: Reply(text, 400, "application/json"),
    )
    server = web.make_server(site, asked.port)
    if asked.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(asked.cert, asked.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    web.run("registries", server)


if __name__ == "__main__":
    main()
