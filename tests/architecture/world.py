"""Two of each who use the portal, everything the first of each owns, and one walk of every address by every role."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Institution, User
from calls import services as calls
from documents.states import ReceiptKind
from stars.classifiers.models import Municipality
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.management.commands import url_list
from stars.kernel.models import AccessEntry
from stars.notices.models import Notice
from stars.pages.models import ContentPage, NewsItem
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyOfficerFactory,
    AgencyUserFactory,
    ClientFactory,
    CommissionMemberFactory,
    ConsultantFactory,
    CoordinatorFactory,
    InvitationFactory,
    MandateFactory,
    PolicyVersionFactory,
    ProviderFactory,
)
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.calls import (
    CallDocumentFactory,
    CallFactory,
    OfferFactory,
    PaperFactory,
    ProgrammeDraftFactory,
    SealedFileFactory,
)
from tests.factories.catalog import ProgrammeFactory, RoundFactory, SavedSearchFactory, VenueFactory
from tests.factories.documents import ReceiptFactory
from tests.factories.evaluating import SeatFactory, evaluator, give, offered, opened
from tests.factories.evaluating import actor as seated
from tests.factories.registries import RegistryFactFactory
from tests.look.validity import faults

ROLES = (
    *("anonymous", "client", "other client", "provider", "provider administrator", "other provider"),
    *("consultant", "coordinator", "other coordinator", "commission member", "agency", "agency administrator"),
)
MANDATES = {f"accounts:{verb}" for verb in ("contest_mandate", "decide_mandate", "begin_acting", "end_own_mandate")}
MANDATES |= {"accounts:mandate_document", "accounts:client_document"}
COLLEAGUES = {f"accounts:{verb}" for verb in ("decide_member", "change_role", "name_assessor", "hand_over")}
REFERENCE_OF = {
    "applications:check": "draft",
    "applications:discard": "draft",
    "applications:withdrawal_proof": "withdrawn",
    "applications:withdrawal_proof_pdf": "withdrawn",
    "accounts:withdraw_invitation": "invitation",
    "accounts:resend_right": "right",
} | dict.fromkeys(MANDATES, "mandate")
REFERENCE_OF |= dict.fromkeys(COLLEAGUES, "colleague")
REFERENCE_OF |= dict.fromkeys(
    (f"applications:{verb}group" for verb in ("", "change_", "start_", "finish_", "cancel_")), "group"
)
REFERENCE_OF |= {f"calls:{verb}": "programme_draft" for verb in ("programme", "preview", "discard_programme")} | {
    f"calls:{verb}": "offer" for verb in ("offer", "check", "discard_offer", "withdraw", "receipt", "version")
}


@dataclass
class World:
    """Two of each, and what the first of each owns."""

    people: dict[str, User | None]
    given: dict[str, Any]
    cookies: dict[str, str] = field(default_factory=dict)

    def browser(self, role: str) -> Client:
        """A new browser with the session this role began once; what a request does to it is undone with the rest."""
        client, user = Client(), self.people[role]
        if user is not None:
            if role not in self.cookies:
                signed_in(client, user)
                self.cookies[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[role]
        return client

    def path(self, name: str) -> str:
        wanted = REFERENCE_OF.get(name, "application")
        given = self.given | {"reference": self.given[wanted]} | self.given.get(name, {})
        return reverse(name, kwargs={key: given[key] for key in parameters(name)})


def parameters(name: str) -> list[str]:
    """Names in braces of an address; of two addresses of one name the one that asks for more."""
    found = [one for one in _patterns(get_resolver(), "") if one[0] == name]
    return max((list(pattern.pattern.converters) + _named_groups(pattern) for _, pattern in found), key=len)


def _named_groups(pattern: URLPattern) -> list[str]:
    expression = getattr(pattern.pattern, "regex", None)
    known = set(pattern.pattern.converters)
    return [group for group in (expression.groupindex if expression else ()) if group not in known]


def _patterns(resolver: URLResolver, namespace: str) -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            found.append((f"{namespace}{entry.name}", entry))
        elif entry.app_name != "admin":
            found += _patterns(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
    return found


@pytest.fixture
def world(db: None) -> World:
    terms, privacy = PolicyVersionFactory.create(), PolicyVersionFactory.create(kind="privacy")
    provider, other_provider = ProviderFactory.create(), ProviderFactory.create()
    client, other_client = ClientFactory.create(), ClientFactory.create()
    programme = ProgrammeFactory.create(institution=provider.memberships.get().institution)
    window = RoundFactory.create()
    application = ApplicationFactory.create(client=client.person, programme=programme, round=window)
    withdrawn = ApplicationFactory.create(client=client.person, programme=programme, round=window, withdrawn=True)
    receipt = ReceiptFactory.create(person_id=client.person.pk, subject=application.reference)
    ReceiptFactory.create(
        person_id=client.person.pk, subject=withdrawn.reference, kind=ReceiptKind.APPLICATION_WITHDRAWN
    )
    draft = DraftFactory.create(client=client.person)
    coordinator = CoordinatorFactory.create()
    mandate = MandateFactory.create(right=coordinator.rights.get(), client=client.person, signed=True)
    invitation = InvitationFactory.create(institution=programme.institution)
    audit.note_read(client.person.pk, by=Actor.system("darbs"), what="profils", purpose="pārbaude")
    notice = Notice.objects.create(recipient=client, key="x", title="x", body="x")
    page = ContentPage.objects.create(slug="lapa", title="Lapa")
    ContentPage.objects.create(slug="kontakti", title="Kontakti")
    ContentPage.objects.create(slug="apakslapa", title="Apakšlapa", parent=page)
    NewsItem.objects.create(slug="zina", title="Ziņa", lead="x", body="x")
    member = CommissionMemberFactory.create()
    offers = _calls(programme.institution) | _evaluation(programme.institution, member)
    return World(
        people={
            "anonymous": None,
            "client": client,
            "other client": other_client,
            "provider": provider,
            "provider administrator": ProviderFactory.create(
                membership__institution=programme.institution, membership__role="administrator"
            ),
            "other provider": other_provider,
            "consultant": ConsultantFactory.create(),
            "coordinator": coordinator,
            "other coordinator": CoordinatorFactory.create(right__municipality=Municipality.objects.order_by("pk")[1]),
            "commission member": member,
            "agency": AgencyOfficerFactory.create(duties=["approver"]),
            "agency administrator": AgencyUserFactory.create(),
        },
        given={
            "application": application.reference,
            "group": application.group.reference,
            "mandate": mandate.reference,
            "colleague": provider.reference,
            "invitation": invitation.reference,
            "right": coordinator.rights.get().reference,
            "kind": "darbinieks",
            "verb": "bloket",
            "action": "end",
            "draft": draft.reference,
            "withdrawn": withdrawn.reference,
            "number": programme.number,
            "institution": programme.institution.reference,
            "search": SavedSearchFactory.create(person=client.person).reference,
            "source": "imk",
            "step": 1,
            "pk": notice.pk,
            "entry": AccessEntry.objects.about(client.person.pk).get().pk,
            "code": receipt.code,
            "microseconds": 1_700_000_000_000_000,
            "token": "no-such-token",
            "handle": "no-such-handle",
            "signed": "no-such-address",
            "slug": "lapa",
            "fact": RegistryFactFactory.create(person=client.person).pk,
            "pages:content_under": {"parent": "lapa", "slug": "apakslapa"},
            "pages:news_item": {"slug": "zina"},
            **offers,
            "pages:terms_version": {"version": terms.version},
            "pages:privacy_version": {"version": privacy.version},
        },
    )


def _calls(institution: Institution) -> dict[str, Any]:
    """An announced call, and what the provider's institution prepares and has sent."""
    call = CallFactory.create()
    draft = ProgrammeDraftFactory.create(institution=institution)
    offer = OfferFactory.create(call=call, institution=institution, submitted=True)
    paper, venue = PaperFactory.create(draft=draft), VenueFactory.create(institution=institution)
    return {
        "programme_draft": draft.reference,
        "offer": offer.reference,
        "calls:call": {"slug": call.slug},
        "calls:document": {"slug": call.slug, "pk": CallDocumentFactory.create(call=call).pk},
        "calls:version": {"number": 1},
        **{name: {"pk": venue.pk} for name in ("calls:ask_again", "calls:drop_venue")},
        **{name: {"pk": paper.pk} for name in ("calls:download", "calls:remove_paper")},
    }


def _evaluation(institution: Institution, member: User) -> dict[str, Any]:
    """An opened offer the member has given scores for, and a decided one of the provider's institution."""
    offer = opened()
    programme, seat = offered(offer), SeatFactory.create(call=offer.call, user=member)
    calls.declare(offer_id=offer.pk, has_conflict=False, by=seated(seat))
    give(programme, seat, 16, 7)
    file = SealedFileFactory.create(version=programme.version, position=1)
    decided = opened(call=CallFactory.create(over=True), institution=institution)
    calls.reject_programme(programme_id=offered(decided).pk, reason="Neatbilst.", by=evaluator())
    return {
        "calls:commission_call": {"slug": offer.call.slug},
        "calls:opened_offer": {"number": offer.number},
        "calls:sealed_file": {"pk": file.pk},
        "calls:letter": {"reference": decided.reference},
        **{name: {"pk": programme.pk} for name in ("calls:score", "calls:give", "calls:agree")},
    }


def names() -> list[str]:
    return list(dict.fromkeys(address.name for address in url_list.addresses()))


# --- the walk ---------------------------------------------------------------------------------------------

SIGN_IN = ("/pieslegties", "/provider/login", "/admin/login")
METHODS = ("GET", "POST")
WRITES = re.compile(
    r'(?:\bINSERT INTO|(?<!\bFOR )(?<!\bKEY )(?<!\bDO )\bUPDATE|\bDELETE FROM)\s+(?:ONLY\s+)?"?(\w+)"?', re.IGNORECASE
)
# What tells one answer of a page from the next: the form's token and the request's id.
PASSING = re.compile(r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f]{4}(?:-[0-9a-f]{4}){3}\b|(?<=next=)[^\"&]*")
# No answer of the page's own, though `outcome` takes whatever is no refusal for one: a database that is away, a limit reached.
_GIVEN_UP = {"400.html", "429.html", "500.html", "503.html", "busy.html"}
_known_faults = cache(faults)  # most addresses answer most roles by the same few pages
_walked: dict[str, dict[tuple[str, str], "Answer"]] = {}


@dataclass(frozen=True)
class Answer:
    """What one address did with one role by one method, all that the tests of every address ask of it."""

    outcome: str
    headers: Mapping[str, str]
    tables: frozenset[str]  # written to
    faults: tuple[str, ...]  # of its HTML


@pytest.fixture
def walk(request: pytest.FixtureRequest, role: str, db: None) -> dict[tuple[str, str], Answer]:
    """Every address by each method as this role gets it: asked once a process, the first time somebody needs it."""
    if role not in _walked:
        known: World = request.getfixturevalue("world")
        known.browser(role)
        _walked[role] = {(name, method): _ask(known, role, name, method) for name in names() for method in METHODS}
    return _walked[role]


def _ask(known: World, role: str, name: str, method: str) -> Answer:
    """One answer; whatever it changed is undone."""
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined]  # the page's own transactions end inside it
    with undone, CaptureQueriesContext(connection) as asked:
        send = getattr(known.browser(role), method.lower())
        response = send(known.path(name), headers={"host": "127.0.0.1"})
        transaction.set_rollback(True)
    assert response.status_code < 500 or response.status_code == 503, (role, method, name)
    assert _GIVEN_UP.isdisjoint(one.name for one in response.templates), (role, method, name, response.status_code)
    tables = frozenset(table for query in asked.captured_queries for table in WRITES.findall(query["sql"]))
    wrong = _faults(response) if method == "GET" else []
    return Answer(outcome(response), dict(response.headers.items()), tables, tuple(wrong))


def outcome(response: Any) -> str:
    """What the address did with this role; empty where it does not take the method."""
    if response.status_code == 405:
        return ""
    if response.status_code in {403, 404}:
        return {403: "forbidden", 404: "missing"}[response.status_code]
    if response.status_code == 409 and any(one.name == "applications/gone.html" for one in response.templates):
        return "missing"  # the same words for a draft that is gone, that never was, and that is somebody else's
    to = response.headers.get("Location", "")
    if to.startswith(reverse("accounts:sso_start")) and "atkartoti=1" in to:
        return "allow"  # let in, and asked to show their means of identification anew
    return "sign in" if response.status_code == 302 and to.startswith(SIGN_IN) else "allow"


def _faults(response: Any) -> list[str]:
    if response.streaming or not response.content or not response["Content-Type"].startswith("text/html"):
        return []
    return _known_faults(PASSING.sub("-", response.content.decode()))
