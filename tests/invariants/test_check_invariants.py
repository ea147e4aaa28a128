"""Every invariant is broken once, by hand and past the constraints, and must be found by its name."""

import io
import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as accounts
from accounts.browsers.store import SessionStore
from accounts.models import Membership
from accounts.selectors import actor_of, client_actor, current_policies
from accounts.services import Asked
from applications import services
from applications.models import Application
from stars.classifiers.models import RejectionReason
from stars.kernel.actor import Duty
from stars.kernel.models import AuditEntry
from stars.notices.services import notify
from stars.pages import invariants
from stars.pages.invariants.acknowledged import Acknowledged
from stars.pages.invariants.secrets import has_code
from tests.accounts.registering import GOOD, link_to
from tests.factories.accounts import AgencyOfficerFactory, PolicyVersionFactory, ProviderFactory, RightRequestFactory
from tests.factories.applications import DraftFactory
from tests.factories.files import StoredFileFactory, laid
from tests.invariants.conftest import applied

Portal = SimpleNamespace
CODE = "010190-12345"
LOOKED = (
    "INSERT INTO kernel_accessentry (person_id, actor_role, actor_user_id, actor_label, what, purpose, request_id, at) "
    "VALUES ('00000000-0000-4000-8000-000000000000', '%s', %s, 'x', 'x', '%s', now())"
)

# rule, a word of what is said, statements that break it; {waiting} and {admitted} are ids of applications, {of_…} their chains
BROKEN: list[tuple[str, str, str]] = [
    ("I1", "counter", "UPDATE catalog_coursegroup SET taken = taken + 1"),
    ("I1", "counter", "UPDATE catalog_coursegroup SET taken = 0"),
    (
        "I1",
        "more places",
        ("ALTER TABLE catalog_coursegroup DROP CONSTRAINT catalog_group_is_never_overfull;"
        "ALTER TABLE catalog_coursegroup DROP CONSTRAINT catalog_group_minimum_fits;"
        "UPDATE catalog_coursegroup SET capacity = 1"),
    ),
    ("I5", "numbering", "UPDATE kernel_auditentry SET sequence = 7 WHERE {of_waiting}"),
    ("I5", "seal", "UPDATE kernel_auditentry SET actor_label = 'Cits' WHERE {of_waiting}"),
    ("I5", "seal", "UPDATE kernel_auditentry SET data = '{{\"a\": 1}}' WHERE {of_admitted} AND action = 'admit'"),
    ("I5", "older", "UPDATE kernel_auditentry SET at = at - interval '1 day' WHERE {of_admitted} AND sequence = 2"),
    ("I5", "without an actor", "UPDATE kernel_auditentry SET actor_user_id = NULL, actor_label = '' WHERE sequence = 2"),
    ("I5", "without an actor", "UPDATE kernel_auditentry SET actor_role = 'anonymous' WHERE sequence = 2"),
    ("I5", "begin where", "UPDATE kernel_auditentry SET from_state = 'admitted' WHERE {of_admitted} AND sequence = 2"),
    ("I5", "lifecycle", "UPDATE kernel_auditentry SET to_state = 'completed' WHERE {of_admitted} AND sequence = 2"),
    ("I5", "lifecycle", "UPDATE kernel_auditentry SET action = 'submit' WHERE {of_admitted} AND sequence = 2"),
    ("I5", "lifecycle", "UPDATE kernel_auditentry SET action = 'admit' WHERE {of_waiting}"),
    ("I5", "where their chain ends", "UPDATE applications_application SET state = 'admitted', decided_at = now() WHERE id = {waiting}"),
    ("I5", "without an audit chain", "DELETE FROM kernel_auditentry WHERE {of_waiting}"),
    ("I14", "twice", LOOKED % ("agency", "1, 'X'", "r1") + ";" + LOOKED % ("agency", "1, 'X'", "r1")),
    ("I14", "by nobody", LOOKED % ("agency", "NULL, ''", "r1")),
    ("I6", "sum to nought", "UPDATE funding_ledgerentry SET amount_cents = amount_cents + 1 WHERE bucket = 'reserved'"),
    ("I6", "sum to nought", "DELETE FROM funding_ledgerentry"),
    ("I6", "below nought", "UPDATE funding_ledgerentry SET amount_cents = amount_cents * 3 WHERE amount_cents < 0"),
    ("I6", "more than was given", "UPDATE funding_grant SET amount_cents = 49999"),
    ("I6", "posted once", "UPDATE funding_ledgertransaction SET movement = 'correct' WHERE movement = 'grant'"),
    ("I6", "what the ledger says", "UPDATE funding_reservation SET state = 'captured', closed_at = now()"),
    ("I6", "what the ledger says", "UPDATE funding_reservation SET amount_cents = 1"),
    ("I6", "without an application", "UPDATE funding_reservation SET purpose = gen_random_uuid()"),
    ("I6", "wrong state", "UPDATE applications_application SET state = 'withdrawn', closed_at = now() WHERE id = {waiting}"),
    ("I6", "nothing is reserved", "UPDATE funding_reservation SET purpose = gen_random_uuid()"),
    (
        "I6",
        "another person",
        ("UPDATE applications_application SET client_id = (SELECT client_id FROM applications_application WHERE id = {admitted}),"
        " source_id = (SELECT id FROM funding_fundingsource WHERE code = 'mn') WHERE id = {waiting}"),
    ),
    ("I7", "above the price", "UPDATE applications_application SET own_share_cents = price_cents + 1 WHERE id = {waiting}"),
    ("I7", "are not the price", "UPDATE applications_application SET price_cents = price_cents + 1 WHERE id = {waiting}"),
    (
        "I7",
        "capped parts",
        ("INSERT INTO catalog_programmepart (programme_id, position, name, hours, cost_cents)"
        " SELECT id, 1, 'Daļa', 10, 5340 FROM catalog_programme"),
    ),
    ("I8", "nobody was told", "UPDATE kernel_auditentry SET at = at - interval '61 minutes' WHERE {of_waiting}"),
    ("I8", "nobody was told", "DELETE FROM notices_notice WHERE key = 'application:{admitted}:admitted'"),
    (
        "I8",
        "told twice",
        ("ALTER TABLE notices_notice DROP CONSTRAINT notices_told_once;"
        "INSERT INTO notices_notice (recipient_id, key, title, body, path, created_at)"
        " SELECT recipient_id, key, title, body, path, created_at FROM notices_notice"),
    ),
    (
        "I8",
        "written twice",
        ("ALTER TABLE notices_delivery DROP CONSTRAINT notices_mailed_once;"
        "INSERT INTO notices_delivery (recipient_id, key, address, subject, text, state, message_id, attempts, due_at, last_error,"
        " created_at) SELECT recipient_id, key, address, subject, text, 'due', message_id || '2', 0, due_at, '', created_at"
        " FROM notices_delivery"),
    ),
    (
        "I8",
        "share a Message-ID",
        ("ALTER TABLE notices_delivery DROP CONSTRAINT notices_delivery_message_id_key;"
        "UPDATE notices_delivery SET message_id = 'x'"),
    ),
    (
        "I8",
        "without an address",
        "ALTER TABLE notices_delivery DROP CONSTRAINT notices_mail_has_an_address; UPDATE notices_delivery SET address = ''",
    ),
    ("I9", "decided more", "UPDATE kernel_auditentry SET action = 'reject' WHERE {of_admitted} AND sequence = 1"),
    ("I11", "nobody scanned", ("ALTER TABLE files_storedfile DROP CONSTRAINT files_scanned_iff_not_quarantined;"
     "UPDATE files_storedfile SET scanned_at = NULL")),
    ("I12", "outside their round", "UPDATE catalog_applicationround SET opens_at = now() + interval '1 hour'"),
    ("I12", "outside their round", ("UPDATE catalog_applicationround r SET closes_at = a.arrived_at FROM applications_application a"
     " WHERE a.id = {admitted}")),
    ("I12", "another source", "UPDATE catalog_applicationround SET source_id = (SELECT id FROM funding_fundingsource WHERE code = 'mn')"),
    ("I13", "applications_application", "UPDATE applications_application SET withdrawal_reason = 'kods 010190-12345.'"),
    ("I13", "applications_application", "UPDATE applications_application SET answers = '[{{\"says\": \"32673012345\"}}]'"),
    ("I13", "catalog_programme", "UPDATE catalog_programme SET main_topics = ARRAY['temats', '01019012345']"),
    ("I13", "kernel_auditentry", "UPDATE kernel_auditentry SET data = '{{\"code\": \"010190-12345\"}}' WHERE sequence = 2"),
    ("I13", "notices_delivery", "UPDATE notices_delivery SET subject = '32673012345'"),
    ("I15", "findings", "UPDATE applications_eligibilitycheck SET verdict = 'not_met'"),
    ("I15", "findings", "UPDATE applications_eligibilitycheck SET findings = '[{{\"rule\": \"age\", \"verdict\": \"met\"}}]'"),
    (
        "I15",
        "against the check",
        ("UPDATE applications_eligibilitycheck SET verdict = 'not_met', checked_at = checked_at - interval '1 hour',"
        """ findings = '[{{"verdict": "not_met", "origin": "register"}}]'"""),
    ),
    ("R1", "what was issued", "UPDATE documents_receipt SET content = '{{\"person\": \"Cits\"}}'"),
    ("R1", "what was issued", "UPDATE documents_receipt SET issued_at = issued_at - interval '1 day'"),
    ("R1", "another or of no application", "UPDATE documents_receipt SET subject = gen_random_uuid()"),
    ("R1", "did not happen", "UPDATE documents_receipt SET kind = 'application_withdrawn'"),
]  # fmt: skip


def run(sql: str) -> None:
    """Past every constraint that waits for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)


def found(rule: str) -> list[str]:
    return [breach.says for breach in invariants.check() if breach.rule == rule]


@pytest.mark.django_db
def test_a_portal_made_by_the_services_breaks_nothing(portal: Portal) -> None:
    services.complete(application_id=portal.admitted.pk, by=portal.provider)
    services.reject(
        application_id=portal.waiting.pk,
        by=portal.provider,
        reason_id=RejectionReason.objects.order_by("position")[0].pk,
        explanation="Nav vietu.",
    )
    again = applied(portal.clients[0], portal.programme)
    services.withdraw(application_id=again.pk, by=actor_of(portal.clients[0]), moment=timezone.now())
    assert invariants.check() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "word", "sql"), BROKEN, ids=[f"{rule}-{word}-{n}" for n, (rule, word, _) in enumerate(BROKEN)]
)
def test_a_broken_rule_is_found(portal: Portal, rule: str, word: str, sql: str) -> None:
    names = {"waiting": portal.waiting.pk, "admitted": portal.admitted.pk}
    chains = {
        f"of_{name}": f"object_type = 'applications.application' AND object_id = '{pk}'" for name, pk in names.items()
    }
    run(sql.format(**names, **chains))
    assert any(word in says for says in found(rule)), found(rule)


@pytest.mark.django_db
def test_i2_two_live_applications_under_one_source_are_found(portal: Portal) -> None:
    run("DROP INDEX applications_one_live_per_source")
    twin = Application.objects.get(pk=portal.waiting.pk)
    twin.pk, twin.reference, twin.number = None, uuid4(), "2000-000001"
    twin.save(force_insert=True)
    assert found("I2") == ["applications of people with several live ones under one source"]


@pytest.mark.django_db
def test_i4_a_token_used_twice_and_a_draft_left_behind_are_found(portal: Portal) -> None:
    DraftFactory(reference=portal.waiting.reference, client=portal.clients[0].person)
    assert found("I4") == ["applications whose draft is still there"]
    run("ALTER TABLE applications_application DROP CONSTRAINT applications_application_reference_key")
    Application.objects.update(reference=portal.waiting.reference)
    assert "applications that share a token" in found("I4")


@pytest.mark.django_db
def test_i11_lost_changed_and_stray_files_are_found(portal: Portal, media: Path) -> None:
    lost = StoredFileFactory(clean=True)
    (media / portal.stored.path).write_bytes(b"cits saturs")
    stray = media / "ab" / uuid4().hex
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"x")
    breaches = {breach.says: breach.ids for breach in invariants.check(only=["I11"])}
    assert breaches == {
        "rows without their file": (str(lost.pk),),
        "files that are not what was stored": (str(portal.stored.pk),),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stars.pages.invariants.files.YOUNG", timedelta(seconds=-1))
        assert found("I11")[-1] == "files without a row"


@pytest.mark.django_db
def test_i13_a_code_in_a_session_is_found_without_naming_it(portal: Portal) -> None:
    session = SessionStore()
    session["kods"] = CODE
    session.save()
    [breach] = invariants.check(only=["I13"])
    assert breach.says == "sessions with a personal code in clear"
    assert CODE not in repr(breach)
    assert str(session.session_key) not in repr(breach)


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("010190-12345", True),
        ("PK:01019012345", True),
        ('{"kods": "32673012345"}', True),
        ("39999999999.", True),
        ("310290-12345", False),  # no such day
        ("31999999999", False),  # neither form
        ("+37126123456", False),  # a phone
        ("40003123456", False),  # a company
        ("a010190123456b", False),
        ("2025-000123", False),
        ("0101901234567", False),
    ],
)
def test_i13_what_counts_as_a_personal_code(text: str, is_code: bool) -> None:
    assert has_code(text) == is_code


@pytest.mark.django_db
def test_i3_what_was_accepted_must_be_there(portal: Portal, tmp_path: Path) -> None:
    reference, number = portal.waiting.reference, portal.waiting.number
    file = tmp_path / "acked.jsonl"
    file.write_text(f'{{"reference": "{reference}", "number": "{number}"}}\n\n{{"reference": "{reference}"}}\n')
    assert invariants.check(invariants.read_acknowledged(file), only=["I1"]) == []
    lost, other = Acknowledged(uuid4()), Acknowledged(reference, "2000-999999")
    breaches = invariants.check([lost, lost, other], only=["I1"])
    assert [(breach.rule, breach.ids) for breach in breaches] == [
        ("I3", (str(lost.reference),)),
        ("I3", (str(reference),)),
    ]


@pytest.mark.parametrize("line", ["nav json", "[]", '{"number": "1"}', '{"reference": "nav"}'])
def test_i3_a_file_of_something_else_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "acked.jsonl"
    file.write_text(line)
    with pytest.raises(ValueError):
        invariants.read_acknowledged(file)


@pytest.mark.django_db
def test_a_breach_names_fifty_rows_and_counts_all(portal: Portal) -> None:
    for number in range(60):
        notify(recipient=portal.clients[0], key=f"test:{number}", title=CODE, body="", mail=False)
    [breach] = invariants.check(only=["I13"])
    assert (len(breach.ids), breach.count) == (50, 60)


@pytest.mark.django_db
def test_the_number_of_questions_does_not_grow_with_the_data(portal: Portal) -> None:
    with CaptureQueriesContext(connection) as before:
        invariants.check()
    services.withdraw(application_id=portal.waiting.pk, by=actor_of(portal.clients[0]), moment=timezone.now())
    applied(portal.clients[0], portal.programme)
    laid()
    with CaptureQueriesContext(connection) as after:
        invariants.check()
    assert len(before) == len(after)


# --- the command ---------------------------------------------------------------


def command(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants", *words, stdout=out, stderr=err)
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


@pytest.mark.django_db(transaction=True)
def test_ac_03_exit_status_and_json(portal: Portal, tmp_path: Path) -> None:
    assert command()[0] == 0
    status, out, _ = command("--json")
    assert (status, json.loads(out)["breaches"]) == (0, [])
    run("UPDATE catalog_coursegroup SET taken = taken + 1")
    status, out, _ = command("--json")
    said = json.loads(out)
    assert (status, said["clean"]) == (1, False)
    assert [breach["rule"] for breach in said["breaches"]] == ["I1"]
    assert said["breaches"][0]["ids"] == [str(portal.waiting.group_id)]
    assert "I1: 1 groups" in command()[1]
    status, out, err = command("--acked", str(tmp_path / "nav"))
    assert (status, out) == (2, "")
    assert err.startswith("could not run")


@pytest.mark.django_db(transaction=True)
def test_ac_03_the_snapshot_reads_only(portal: Portal) -> None:
    with pytest.raises(Exception, match="read-only"), invariants.snapshot():
        run("UPDATE catalog_coursegroup SET taken = 0")


@pytest.mark.django_db(transaction=True)
def test_ac_03_a_database_that_is_not_there_is_could_not_run(portal: Portal) -> None:
    run("ALTER TABLE notices_notice RENAME TO notices_elsewhere")
    try:
        assert command()[0] == 2
    finally:
        run("ALTER TABLE notices_elsewhere RENAME TO notices_notice")


@pytest.mark.django_db
def test_i5_whoever_comes_in_by_a_mailed_link_is_somebody(portal: Portal) -> None:
    """A registration, a place in an institution, in the commission and in the agency, and a right's address proved."""
    PolicyVersionFactory()
    terms = [policy.pk for policy in current_policies()]
    asked = Asked(name="Ilga Priede", email="ilga@jauna.example", password=GOOD, shown=terms)
    accounts.register_employee(asked=asked, institution_id=portal.programme.institution_id, address="192.0.2.1")
    accounts.confirm_registration(token=link_to("ilga@jauna.example").rsplit("/", 1)[1])
    boss = actor_of(ProviderFactory.create(membership__role="administrator"))
    office = actor_of(AgencyOfficerFactory.create(duties=[Duty.ADMINISTRATOR]))
    accounts.invite_member(name="Ada", email="ada@x.example", role=Membership.MemberRole.EMPLOYEE, by=boss)
    accounts.invite_commission_member(name="Una", email="una@x.example", by=office)
    accounts.invite_officer(name="Ivo", email="ivo@x.example", duties=[Duty.CONTENT], by=office)
    for name in ("ada", "una", "ivo"):
        token = link_to(f"{name}@x.example").rsplit("/", 1)[1]
        accounts.accept_invitation(token=token, name=name.title(), password=GOOD, shown=terms)
    right = RightRequestFactory.create(right__state="unconfirmed", right__decided_at=None).right
    accounts.resend_right_link(right_id=right.pk, by=client_actor(right.user))
    accounts.confirm_right_address(token=link_to(right.request.email).rsplit("/", 1)[1])
    assert found("I5") == []
    entry = AuditEntry.objects.get(object_type="accounts.right", object_id=str(right.pk), action="confirm")
    assert (entry.actor_role, entry.actor_user_id, entry.actor_label) == ("client", right.user_id, "")
