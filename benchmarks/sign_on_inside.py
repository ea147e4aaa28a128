"""The measuring of `benchmarks.sign_on`, in a process in which the portal is set up."""

import logging
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.test import Client
from lxml import etree

from accounts import services
from accounts.models import (
    FailedSignIn,
    Person,
    PersonalCode,
    Session,
    SignInHandle,
    SignOnConflict,
    SignOnSession,
    UsedAssertion,
    User,
)
from accounts.sso import Refused, documents, signatures
from tests.accounts.answers import FORM, Answer, D, Keys, P, add, find, packed

GOALS = {"sign-in": 30.0, "hostile": 200.0, "code": 1.0}  # milliseconds
HOSTILE_MEGABYTES = 20
ROWS = (Session, Person, PersonalCode, User, SignInHandle, UsedAssertion, SignOnSession, SignOnConflict)


def run(folder: str, sign_ins: int, flood: int) -> int:
    """Measure all four, print them, and give 1 where a goal is missed."""
    logging.disable(logging.CRITICAL)
    provider, stranger = keys(folder, "provider"), keys(folder, "stranger")
    held = [signing_in(provider, sign_ins), hostile(provider, stranger), flooded(stranger, flood), finding(sign_ins)]
    return 0 if all(held) else 1


def keys(folder: str, name: str) -> Keys:
    return Keys(Path(folder, f"{name}.key.pem"), Path(folder, f"{name}.cert.pem"))


def milliseconds(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """By the clock, of this process's CPU, and what the work gave."""
    began, burnt = time.perf_counter(), time.process_time()
    given = work()
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - burnt), given


def told(taken: list[tuple[float, float]], goal: float) -> str:
    """The median, the best tenth (what a busy machine hides) and our CPU."""
    clock, cpu = (sorted(column) for column in zip(*taken, strict=True))
    best = clock[len(clock) // 10]
    return f"{statistics.median(clock):.2f} ms (best tenth {best:.2f}, CPU {statistics.median(cpu):.2f}); goal {goal:.0f} ms"


def verdict(name: str, is_held: bool, words: str) -> bool:
    print(f"{'ok  ' if is_held else 'MISS'} {name:<42} {words}", flush=True)
    return is_held


def signing_in(provider: Keys, number: int) -> bool:
    """The post with the answer and the page that finishes, of people who come for the first and the second time."""
    taken: list[tuple[float, float]] = []
    browser, outside = Client(), Client()  # a new one would set up the whole middleware again
    for place in range(number + 5):
        browser.cookies.clear()
        browser.get("/pieslegties/iedzivotajs", secure=True)
        (cookie,) = (one.value for name, one in browser.cookies.items() if name.endswith("stars_sign_in"))
        request_id = signing.loads(cookie, salt="accounts.sso.pending")[-1][0]
        code = f"32{100_000_000 + place // 2:09d}"
        answer = Answer(request_id=request_id, name_id=f"PK:{code}", codes=((code, False),))
        body = urlencode(answer.posted(provider))

        def answered(body: str = body) -> int:
            posted = outside.post("/sso/acs", body, content_type=FORM, secure=True)
            return int(browser.get(posted["Location"], secure=True).status_code)

        spent, burnt, status = milliseconds(answered)
        assert status == 302, "an honest answer was refused"
        taken.append((spent, burnt))
    is_held = statistics.median(spent for spent, _ in taken[5:]) <= GOALS["sign-in"]
    return verdict(f"one sign-on answer, median of {number}", is_held, told(taken[5:], GOALS["sign-in"]))


def hostile(provider: Keys, stranger: Keys) -> bool:
    """The slowest refusal among answers made to be slow, each as large as may be, and what they take of memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worst, slowest = 0.0, ""
    for name, document in attacks(provider, stranger):
        form = packed(document)
        spent, _, reason = min((milliseconds(partial(refusal, form)) for _ in range(3)), key=lambda one: one[0])
        print(f"       {name:<36} {len(document) / 1024:5.0f} KB {spent:7.1f} ms  {reason}")
        worst, slowest = max((worst, slowest), (spent, name))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    words = f"{worst:.1f} ms ({slowest}), {grown:.0f} MB more; goal {GOALS['hostile']:.0f} ms, {HOSTILE_MEGABYTES} MB"
    return verdict("a hostile answer refused, slowest", worst < GOALS["hostile"] and grown < HOSTILE_MEGABYTES, words)


def refusal(form: dict[str, str]) -> str:
    try:
        services.receive_answer(form=form)
    except Refused as refused:
        return refused.reason
    return "TAKEN"


def attacks(provider: Keys, stranger: Keys) -> Iterator[tuple[str, bytes]]:
    def filled(document: bytes, part: bytes, at: bytes = b"</samlp:Status>") -> bytes:
        room = documents.LARGEST_XML - len(document)
        return document.replace(at, part * (room // len(part)) + at, 1)

    def transforms(root: etree._Element) -> None:
        place = find(root, "a:Assertion/d:Signature/d:SignedInfo/d:Reference/d:Transforms")
        for _ in range(450):
            add(place, D, "Transform", Algorithm=signatures.EXCLUSIVE_C14N)

    def references(root: etree._Element) -> None:
        info = find(root, "a:Assertion/d:Signature/d:SignedInfo")
        for _ in range(120):
            info.append(etree.fromstring(etree.tostring(find(info, "d:Reference"))))

    def deep(root: etree._Element) -> None:
        node = find(root, "p:Status")
        for _ in range(1900):
            node = add(node, P, "a")

    def wide(root: etree._Element) -> None:
        for number in range(1500):
            add(find(root, "p:Status"), P, "a", ID=f"_{number}")

    honest, foreign = (etree.tostring(Answer().tree(one)) for one in (provider, stranger))
    yield "500 transforms (python3-saml#447)", etree.tostring(Answer(after=transforms).tree(provider))
    yield "many references", etree.tostring(Answer(after=references).tree(provider))
    yield "nested 1,900 deep", etree.tostring(Answer(after=deep).tree(provider))
    yield "1,500 elements with ids", etree.tostring(Answer(after=wide).tree(provider))
    yield "elements without end", filled(honest, b"<a/>")
    many = b" ".join(b'a%d="b"' % one for one in range(4500))
    yield "attributes without end", honest.replace(b"<samlp:Status>", b"<samlp:Status " + many + b">", 1)
    yield "a stranger's signature, full", filled(foreign, b" " * 64)
    yield "a name without end", filled(foreign, b"0" * 64, b"</saml:NameID>")
    yield (
        "namespaces without end",
        foreign.replace(
            b"<saml:Subject",
            b"<saml:Subject " + b" ".join(b'xmlns:n%d="urn:%d"' % (one, one) for one in range(1800)),
            1,
        ),
    )
    yield "a bomb of entities", b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">]>' + honest
    yield "no XML at all", b"<" * documents.LARGEST_XML


def flooded(stranger: Keys, number: int) -> bool:
    """Thousands of anonymous posts from one address: what they leave in the database."""
    FailedSignIn.objects.all().delete()
    before = {model: model._base_manager.count() for model in ROWS}
    bodies = [urlencode(one) for one in ({"SAMLResponse": "bm90IHhtbA=="}, Answer().posted(stranger), {}, {"wa": "x"})]
    browser, began = Client(), time.monotonic()
    for place in range(number):
        browser.post("/sso/acs", bodies[place % len(bodies)], content_type=FORM, secure=True)
    spent = time.monotonic() - began
    grown = sum(model._base_manager.count() - before[model] for model in ROWS)
    counters, minutes = FailedSignIn.objects.count(), int(spent // 60) + 2
    words = f"{grown} rows more, {counters} counters in {spent:.0f} s ({number / spent:.0f} a second); goal 0 and one a minute"
    return verdict(f"{number} anonymous posts", grown == 0 and counters <= minutes, words)


def finding(number: int) -> bool:
    """Encrypting a personal code, and finding the person of one among others."""
    person = Person.objects.create(first_name="Anna", last_name="Bērziņa")
    known = [f"33{100_000_000 + place:09d}" for place in range(number + 5)]
    PersonalCode.objects.bulk_create(PersonalCode.of(person, code, is_current=False) for code in known)
    taken = []
    for place, code in enumerate(known):
        fresh = f"34{100_000_000 + place:09d}"

        def work(code: str = code, fresh: str = fresh) -> object:
            PersonalCode.of(person, fresh)
            return PersonalCode.objects.matching(code).values_list("person_id", flat=True).get()

        spent, burnt, found = milliseconds(work)
        assert found == person.pk, "the person was not found"
        taken.append((spent, burnt))
    is_held = statistics.median(spent for spent, _ in taken[5:]) <= GOALS["code"]
    return verdict("a personal code encrypted and found, median", is_held, told(taken[5:], GOALS["code"]))
