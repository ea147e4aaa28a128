"""The JSON document of AC-02: who can sign in and how, and the ids of what they will meet."""

from typing import Any

from accounts.models import Membership
from applications.models import Application, Draft

from .house import PASSWORD, PRICE, House
from .people import Client, People, mail_of, written
from .supply import Supply

NAMED_CLIENTS = 2_500  # of a load set; enough for a rush of two thousand
NEWCOMERS = (("newcomer_1", "Gaida", "Jaunā", "32999900001"), ("newcomer_2", "Ojārs", "Jaunais", "32999900002"))


def describe(
    seed: int,
    house: House,
    people: People,
    made: list[tuple[Application, Client]],
    drafts: list[Draft],
    supply: Supply,
) -> dict[str, Any]:
    clients = people.clients
    named = clients[:NAMED_CLIENTS]
    keys = {client.person.pk: client.key for client in named}
    return {
        "seed": seed,
        "users": [*_clients(named), *_newcomers(), *_staff(house)],
        "objects": {
            "institutions": [
                {"id": one.pk, "name": one.name, "municipality": str(one.municipality)} for one in house.institutions
            ],
            "programmes": _programmes(house),
            "groups": _groups(house),
            "windows": _windows(house),
            "applications": [_application(one, client) for one, client in made if client.person.pk in keys],
            "drafts": [
                {"reference": str(one.reference), "client": keys[one.client_id], "programme": one.programme.number}
                for one in drafts
            ],
            "ledger_accounts": [_account(client) for client in named],
            "target_group_checks": [
                {
                    "id": one.pk,
                    "client": keys[one.account.person_id],
                    "state": str(one.state),
                    "verdict": str(one.verdict),
                }
                for one in people.registers.checks
                if one.account.person_id in keys
            ],
            "disputes": [
                {
                    "id": one.pk,
                    "client": keys[one.fact.person_id],
                    "kind": str(one.fact.kind),
                    "due": one.due_on.isoformat(),
                }
                for one in people.registers.disputes
            ],
            **_supply(supply),
            "mandates": [],
            "messages": [],
            "documents": [],
        },
        "counts": {"clients": len(clients), "applications": len(made), "groups": len(house.groups)},
    }


def _person(key: str, first_name: str, last_name: str, code: str) -> dict[str, Any]:
    """What the stand-in provider must say of this person."""
    attributes = {"given_name": first_name, "surname": last_name, "personal_code": written(code), "assurance_level": 4}
    return {
        "key": key,
        "role": "client",
        "sign_in": "sso",
        "email": None,
        "password": None,
        "totp_secret": None,
        "personal_code": written(code),
        "attributes": attributes,
        "institution": None,
        "municipality": None,
    }


def _clients(clients: list[Client]) -> list[dict[str, Any]]:
    return [
        _person(client.key, client.person.first_name, client.person.last_name, client.code) | {"email": mail_of(number)}
        for number, client in enumerate(clients, 1)
    ]


def _newcomers() -> list[dict[str, Any]]:
    """Known to the provider, never seen here."""
    return [_person(*one) | {"role": "newcomer"} for one in NEWCOMERS]


def _staff(house: House) -> list[dict[str, Any]]:
    places = {one.user_id: one.institution for one in Membership.objects.select_related("institution__municipality")}
    said = []
    for key, user in house.staff.items():
        place = places.get(user.pk)
        kind = key.rpartition("_")[0]  # evaluator_1: evaluator
        role = f"provider_{kind}" if place else {"evaluator": "agency_evaluator"}.get(kind, kind)
        said.append(
            {
                "key": key,
                "role": role,
                "sign_in": "password",
                "email": user.email,
                "password": PASSWORD,
                "totp_secret": house.secrets.get(key),
                "personal_code": None,
                "attributes": None,
                "institution": place.pk if place else None,
                "municipality": str(place.municipality) if place else None,
            }
        )
    return said


def _programmes(house: House) -> list[dict[str, Any]]:
    sources: dict[int, list[str]] = {}
    for offer in house.offers:
        sources.setdefault(offer.programme_id, []).append(offer.source.code)
    return [
        {
            "id": one.pk,
            "number": one.number,
            "institution": one.institution_id,
            "sources": sources[one.pk],
            "price_cents": PRICE,
        }
        for one in house.programmes
    ]


def _groups(house: House) -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk,
            "reference": str(one.reference),
            "programme": one.programme.number,
            "venue": one.venue_id,
            "state": one.state,
            "capacity": one.capacity,
            "taken": one.taken,
            "free": one.free,
        }
        for one in house.groups
    ]


def _windows(house: House) -> list[dict[str, Any]]:
    return [
        {
            "id": one.pk,
            "source": source,
            "when": when,
            "open": one.opens_at.isoformat(),
            "close": one.closes_at.isoformat(),
        }
        for (source, when), one in house.rounds.items()
    ]


def _supply(supply: Supply) -> dict[str, Any]:
    return {
        "calls": [
            {
                "id": one.pk,
                "slug": one.slug,
                "when": when,
                "open": one.opens_at.isoformat(),
                "close": one.closes_at.isoformat(),
            }
            for when, one in supply.calls.items()
        ],
        "programme_drafts": [
            {"reference": str(one.reference), "institution": one.institution_id} for one in supply.drafts
        ],
        "offers": [
            {
                "reference": str(one.reference),
                "number": one.number,
                "institution": one.institution_id,
                "call": one.call.slug,
                "state": str(one.state),
            }
            for one in (*supply.offers, *supply.evaluation.offers)
        ],
        "offered_programmes": [
            {"id": one.pk, "offer": one.version.offer.number, "state": str(one.state)}
            for one in supply.evaluation.programmes
        ],
        "commission": [
            {"id": one.pk, "call": one.call.slug, "user": one.user.email, "role": str(one.role)}
            for one in supply.evaluation.seats
        ],
    }


def _application(one: Application, client: Client) -> dict[str, Any]:
    return {
        "id": one.pk,
        "reference": str(one.reference),
        "number": one.number,
        "state": one.state,
        "client": client.key,
        "programme": one.programme.number,
        "source": one.source.code,
        "group": one.group_id,
    }


def _account(client: Client) -> dict[str, Any]:
    account = client.account
    return {
        "id": account.pk,
        "client": client.key,
        "state": str(account.state),
        "granted_cents": client.grant.amount_cents if client.grant else 0,
    }
