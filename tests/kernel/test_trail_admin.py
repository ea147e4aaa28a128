"""The agency reads the audit trail and who looked at whose data, finds an object's chain, and changes nothing (ADM-01)."""

import ast
from collections.abc import Callable
from typing import TypeGuard

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from stars.kernel import acts, audit
from stars.kernel.actor import Actor, Role
from stars.kernel.models import AccessEntry, AuditEntry
from tests.architecture import house
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyUserFactory,
    ClientFactory,
    InstitutionFactory,
    MandateFactory,
    PersonFactory,
    ProviderFactory,
)

Browser = Callable[[User], Client]
TRAIL, LOOKS = "/admin/kernel/auditentry/", "/admin/kernel/accessentry/"


@pytest.mark.django_db
def test_an_objects_chain_is_found_by_kind_and_number(as_client: Browser) -> None:
    person, other = PersonFactory(), PersonFactory()
    for one in (person, other):
        audit.record(one, "rename", by=Actor.system("sso"), from_state="a", to_state="b")
    browser = as_client(AgencyUserFactory())
    page = browser.post(TRAIL, {"q": f"accounts.person {person.pk}"}, follow=True).content.decode()
    assert str(person.pk) in page
    assert str(other.pk) not in page
    assert "a → b" in page
    assert 'field-kind">Persona<' in page  # in words, in the row and in the filter
    assert ">Persona</a>" in page


@pytest.mark.django_db
def test_states_stand_in_the_trail_as_on_the_objects_own_pages(as_client: Browser) -> None:
    entry = audit.record(InstitutionFactory(), "x", by=Actor.system("x"), from_state="a", to_state="b")  # has no states
    for object_type, from_state, to_state in (
        ("applications.application", "submitted", "admitted"),
        ("gone.gone", "old", "new"),
    ):
        AuditEntry.objects.create(
            object_type=object_type,
            object_id="1",
            sequence=1,
            action="x",
            from_state=from_state,
            to_state=to_state,
            actor_role="system",
            actor_label="x",
            at=timezone.now(),
            seal=entry.seal,
        )
    page = as_client(AgencyUserFactory()).get(TRAIL).content.decode()
    for words in ("Pieteikts → Uzņemts", "a → b", "old → new"):
        assert words in page


@pytest.mark.django_db
def test_the_details_of_an_entry_are_shown_escaped(as_client: Browser) -> None:
    entry = audit.record(PersonFactory(), "rename", by=Actor.system("sso"), data={"why": "<b>ā</b>"})
    page = as_client(AgencyUserFactory()).get(f"{TRAIL}{entry.pk}/change/").content.decode()
    assert "&lt;b&gt;ā&lt;/b&gt;" in page
    assert entry.seal in page


@pytest.mark.django_db
def test_aud_02_looks_at_a_person_are_found(as_client: Browser) -> None:
    person = PersonFactory()
    reader = Actor(role=Role.PROVIDER, user_id=5, institution_id=1, label="Lina Stirnlēja")
    audit.note_read(person.pk, by=reader, what="pieteikums", purpose="izskatīšana")
    page = as_client(AgencyUserFactory()).post(LOOKS, {"q": str(person.pk)}, follow=True).content.decode()
    assert "Lina Stirnlēja" in page
    assert (
        "Lina Stirnlēja" not in as_client(AgencyUserFactory()).post(LOOKS, {"q": "Cits"}, follow=True).content.decode()
    )


@pytest.mark.django_db
def test_adm_01_nothing_is_added_changed_or_deleted(as_client: Browser) -> None:
    entry = audit.record(PersonFactory(), "rename", by=Actor.system("sso"))
    browser = as_client(AgencyUserFactory())
    for path in (TRAIL, LOOKS):
        assert browser.get(f"{path}add/").status_code == 403
    assert browser.post(f"{TRAIL}{entry.pk}/change/", {"action": "cits"}).status_code == 403
    assert browser.get(f"{TRAIL}{entry.pk}/delete/").status_code == 403
    browser.post(TRAIL, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    entry.refresh_from_db()
    assert entry.action == "rename"
    assert set(AccessEntry.objects.values_list("actor_role", flat=True)) <= {"agency"}  # only the looks themselves
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("factory", [ClientFactory, ProviderFactory])
def test_only_the_agency_reads_it(as_client: Browser, factory: type[ClientFactory]) -> None:
    browser = as_client(factory())
    assert browser.get(TRAIL).status_code in {302, 403, 404}
    assert browser.get(LOOKS).status_code in {302, 403, 404}


@pytest.mark.django_db
def test_roles_and_moments_of_the_trails_are_written_as_people_read_them() -> None:
    person = ClientFactory.create().person
    officer = AgencyUserFactory.create()
    audit.note_read(person.pk, by=Actor(role=Role.AGENCY, user_id=officer.pk, label="x"), what="profils", purpose="x")
    browser = signed_in(Client(), officer)
    page = browser.get("/admin/kernel/accessentry/?loma=agency").content.decode()
    assert ">aģentūra</td>" in page
    assert f"{timezone.localtime():%d.%m.%Y} " in page
    assert "gada" not in page[page.index("result_list") :]
    empty = browser.get("/admin/kernel/accessentry/?loma=coordinator").content.decode()
    assert ">profils</td>" not in empty


@pytest.mark.django_db
def test_the_trail_is_read_in_words_not_in_codes(as_client: Browser) -> None:
    """Actions with states and without, states, the seal, and what is empty."""
    mandate = MandateFactory.create()
    by = Actor.system("test")
    ended = audit.record(mandate, "end", by=by, from_state="live", to_state="ended")
    audit.record(mandate.client, "begin_acting", by=by)
    browser = as_client(AgencyUserFactory())
    page = browser.get(TRAIL).content.decode()
    rows = page[page.index("result_list") :]
    for words in (">Izbeigt<", "Spēkā → Beidzies", ">Sākt rīkoties klienta vietā<"):
        assert words in rows
    assert 'field-change">–<' in rows  # what is empty is a dash, not Django's hyphen
    for code in (">end<", "live → ended", "begin_acting"):
        assert code not in rows
    page = browser.get(f"{TRAIL}{ended.pk}/change/").content.decode()
    assert "Zīmogs" in page
    assert "Seal" not in page


def test_every_action_that_is_written_down_has_its_words() -> None:
    """A literal in the code has words in the kernel; the others come from tables of actions, which have labels."""
    written = set()
    for path in house.files(*house.APPS):
        for node in ast.walk(house.tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                asked = node.args[1:2] or [word.value for word in node.keywords if word.arg == "action"]
                written |= {one.value for word in asked for one in ast.walk(word) if _is_word(one)}
    assert len(written) > 50
    assert written <= acts.ACTIONS.keys()


def _is_word(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
