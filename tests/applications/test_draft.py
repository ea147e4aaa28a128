"""The form in three steps: what is known is not asked, everything is kept, nothing is sent but by the named button."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications import selectors, services
from applications.errors import AlreadyApplied, NoDraft
from applications.models import Application, Draft, FormRule
from catalog.models import ApplicationRound, Programme
from stars.classifiers.models import PlanningRegion
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from stars.kernel.money import euros
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyUserFactory, ClientFactory, MandateFactory
from tests.factories.applications import ApplicationFactory, DraftFactory, complete_answers
from tests.factories.catalog import (
    CourseGroupFactory,
    ProgrammeFactory,
    ProgrammeOfferFactory,
    RoundFactory,
    VenueFactory,
)
from tests.factories.funding import SYSTEM, approved_account, imk, mn, varam

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def programme() -> Programme:
    RoundFactory.create(source=imk())
    made: Programme = ProgrammeFactory.create()
    return made


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create(profile__email="anna@example.lv")
    return user


def url(programme: Programme, step: int | None = None, source: str = "imk") -> str:
    return f"/pieteikums/jauns/{programme.number}/{source}" + (f"/{step}" if step else "")


def contact(**changes: Any) -> dict[str, Any]:
    region = PlanningRegion.objects.order_by("position")[0].code
    return {"email": "anna@example.lv", "phone": "26 123 456", "region": region} | changes


def learning(programme: Programme, **changes: Any) -> dict[str, Any]:
    answers = complete_answers(programme)
    asked = ("venue", "reasons", "economic_status", "profession", "education")
    return {name: answers[name] for name in asked} | changes


DECLARED = {"knows_content": "on", "not_done_before": "on"}


def main_of(response: Any) -> str:
    return str(response.content.decode().split("<main")[1].split("</main>")[0]).replace("\u00a0", " ")


# --- the way through -------------------------------------------------------------------


def test_three_steps_lead_to_the_check_page(programme: Programme, client: User, as_client: Browse) -> None:
    browser = as_client(client)
    assert browser.get(url(programme)).headers["Location"] == url(programme, 1)
    assert browser.post(url(programme, 1), contact()).headers["Location"] == url(programme, 2)
    assert browser.post(url(programme, 2), learning(programme)).headers["Location"] == url(programme, 3)
    draft = Draft.objects.get(client=client.person)
    assert browser.post(url(programme, 3), DECLARED).headers["Location"] == f"/pieteikums/{draft.reference}/parbaudit"
    assert not Application.objects.exists()


def test_web_02_reading_writes_nothing(programme: Programme, client: User, as_client: Browse) -> None:
    browser = as_client(client)
    for step in (None, 1, 2, 3):
        browser.get(url(programme, step))
    assert not Draft.objects.exists()


def test_what_registration_said_is_never_an_empty_field(programme: Programme, client: User, as_client: Browse) -> None:
    shown = main_of(as_client(client).get(url(programme, 1)))
    assert 'value="anna@example.lv"' in shown
    assert 'value="26 123 456"' in shown
    known = selectors.prefill(client.person.pk, selectors.questionnaire(imk().pk, programme.pk))
    assert {"economic_status", "education", "venue"} <= set(known)  # the only venue is chosen already
    assert not {"knows_content", "not_done_before", "reasons"} & set(known)


def test_the_last_answers_come_back(programme: Programme, client: User, as_client: Browse) -> None:
    first = send(DraftFactory.create(client=client.person, source=imk()), client)
    services.withdraw(application_id=first.pk, by=actor_of(client), moment=timezone.now())
    known = selectors.prefill(client.person.pk, selectors.questionnaire(imk().pk, programme.pk))
    assert known["region"] == PlanningRegion.objects.order_by("position")[0].code
    assert known["profession"] == "Grāmatvede"
    assert as_client(client).get(url(programme)).headers["Location"] == url(
        programme, 2
    )  # nothing left to ask on step 1


def test_with_several_venues_none_is_chosen_for_the_person(programme: Programme, client: User) -> None:
    other = VenueFactory.create(institution=programme.institution)
    programme.venues.add(other)
    CourseGroupFactory.create(programme=programme, venue=other)
    assert "venue" not in selectors.prefill(client.person.pk, selectors.questionnaire(imk().pk, programme.pk))


def test_x28_a_later_step_does_not_skip_an_unanswered_one(
    programme: Programme, client: User, as_client: Browse
) -> None:
    browser = as_client(client)
    assert browser.get(url(programme, 3)).headers["Location"] == url(programme, 1)
    browser.post(url(programme, 1), contact())
    assert browser.get(url(programme, 3)).headers["Location"] == url(programme, 2)
    assert browser.get(url(programme, 1)).status_code == 200


def test_x19_start_is_resume(programme: Programme, client: User, as_client: Browse) -> None:
    browser = as_client(client)
    for _ in range(3):
        browser.post(url(programme, 1), contact())
    assert Draft.objects.count() == 1
    browser.post(url(programme, 2), learning(programme))
    assert browser.get(url(programme)).headers["Location"] == url(programme, 3)


def test_a_finished_draft_opens_at_the_check_page(programme: Programme, client: User, as_client: Browse) -> None:
    draft = DraftFactory.create(client=client.person, programme=programme, source=imk())
    assert as_client(client).get(url(programme)).headers["Location"] == f"/pieteikums/{draft.reference}/parbaudit"


# --- saving ------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["autosave", "XMLHttpRequest"])
def test_x21_autosave_never_demands_completeness(
    programme: Programme, client: User, as_client: Browse, header: str
) -> None:
    typed = contact(email="anna@", phone="12", region="")
    answer = as_client(client).post(url(programme, 1), typed, headers={"X-Requested-With": header})
    assert answer.status_code == 200
    draft = Draft.objects.get()
    assert answer.json() == {"saved_at": f"{timezone.localtime(draft.saved_at):%H:%M}"}
    assert (draft.answers["email"], draft.answers["phone"]) == ("anna@", "12")
    again = main_of(as_client(client).get(url(programme, 1)))
    assert 'value="anna@"' in again


def test_errors_keep_everything_and_name_the_field(programme: Programme, client: User, as_client: Browse) -> None:
    answer = as_client(client).post(url(programme, 1), contact(email="anna@", phone="12", region=""))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<title>Kļūda: Iesniegums piesakoties mācībām – STARS</title>" in page
    for words in (
        "Ievadiet e-pasta adresi pareizā formā, piemēram, vards@piemers.lv",
        "Ievadiet tālruņa numuru ar 8 cipariem, piemēram, 26\u00a0123\u00a0456",
        "Izvēlieties dzīvesvietas reģionu",
    ):
        assert page.count(words) == 2  # in the summary and beside the field
    assert 'value="anna@"' in page
    assert Draft.objects.get().answers["email"] == "anna@"


def test_error_words_of_the_learning_step(programme: Programme, client: User, as_client: Browse) -> None:
    browser = as_client(client)
    browser.post(url(programme, 1), contact())
    page = main_of(browser.post(url(programme, 2), {}))
    for words in ("Izvēlieties norises vietu", "Atzīmējiet vismaz vienu iemeslu", "Ievadiet profesiju, amatu"):
        assert words in page


def test_error_words_of_the_declarations(programme: Programme, client: User, as_client: Browse) -> None:
    browser = as_client(client)
    browser.post(url(programme, 1), contact())
    browser.post(url(programme, 2), learning(programme))
    assert "Apstipriniet, ka zināt programmas saturu" in main_of(browser.post(url(programme, 3), {}))


def test_x22_a_draft_says_that_it_is_not_sent(programme: Programme, client: User, as_client: Browse) -> None:
    browser = as_client(client)
    assert "tas vēl nav iesniegts" in main_of(browser.get(url(programme, 1)))
    saved = browser.post(url(programme, 1), contact(region="") | {"melnraksts": "1"}, follow=True)
    assert saved.redirect_chain == [("/profils", 302)]
    assert "Melnraksts ir saglabāts. Pieteikums vēl nav iesniegts." in saved.content.decode()


def test_programme_content_opens_on_the_page(programme: Programme, client: User, as_client: Browse) -> None:
    browser = as_client(client)
    DraftFactory.create(client=client.person, programme=programme, source=imk())
    shown = main_of(browser.get(url(programme, 3)))
    assert "Apskatīt programmas saturu." in shown
    assert programme.main_topics[0] in shown
    assert programme.education_document in shown


def test_the_phone_is_kept_in_one_form(programme: Programme, client: User, as_client: Browse) -> None:
    as_client(client).post(url(programme, 1), contact(phone="+371 2612-3456"))
    assert Draft.objects.get().answers["phone"] == "+371 26123456"


def test_a_choice_not_offered_is_refused(programme: Programme, client: User, as_client: Browse) -> None:
    other = ProgrammeFactory.create()
    browser = as_client(client)
    browser.post(url(programme, 1), contact())
    foreign = learning(programme, venue=str(other.venues.get().pk))
    assert "Izvēlieties norises vietu" in main_of(browser.post(url(programme, 2), foreign))


def test_full_groups_are_not_offered(programme: Programme, client: User, as_client: Browse) -> None:
    other = VenueFactory.create(institution=programme.institution)
    programme.venues.add(other)
    CourseGroupFactory.create(programme=programme, venue=other, taken=20)
    DraftFactory.create(client=client.person, programme=programme, source=imk())
    shown = main_of(as_client(client).get(url(programme, 2)))
    assert other.address not in shown
    assert "brīvo vietu skaits 20/20" in shown


def test_mn_asks_period_and_it_belongs_to_the_venue(client: User, as_client: Browse) -> None:
    RoundFactory.create(source=mn())
    programme = ProgrammeFactory.create(offer__source=mn())
    other = VenueFactory.create(institution=programme.institution)
    programme.venues.add(other)
    elsewhere = CourseGroupFactory.create(programme=programme, venue=other)
    DraftFactory.create(client=client.person, programme=programme, source=mn())
    browser = as_client(client)
    typed = learning(programme, group=str(elsewhere.pk), workplace="")
    assert "Izvēlieties mācību periodu" in main_of(browser.post(url(programme, 2, "mn"), typed))
    assert browser.post(url(programme, 2, "mn"), typed | {"venue": str(other.pk)}).status_code == 302


# --- where the form does not open -----------------------------------------------------


def test_second_application_is_a_page_with_what_to_do(programme: Programme, client: User, as_client: Browse) -> None:
    live = ApplicationFactory.create(client=client.person, source=imk())
    shown = main_of(as_client(client).get(url(programme)))
    assert f"Jums jau ir aktuāls pieteikums IMK finansējumā: «{live.programme.name}»." in shown
    assert f"/profils/pieteikumi/{live.reference}" in shown


def test_x25_a_form_left_open_starts_no_second_draft(programme: Programme, client: User, as_client: Browse) -> None:
    live = ApplicationFactory.create(client=client.person, source=imk())
    answer = as_client(client).post(url(programme, 1), contact(), headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 409
    assert not Draft.objects.exists()
    with pytest.raises(AlreadyApplied):
        services.save_draft(programme_id=programme.pk, source_id=imk().pk, answers={}, by=actor_of(client))
    assert live.is_live


def test_varam_says_honestly_that_its_test_comes_first(client: User, as_client: Browse) -> None:
    RoundFactory.create(source=varam())
    programme = ProgrammeFactory.create(offer=False)
    ProgrammeOfferFactory.create(programme=programme, source=varam())
    shown = main_of(as_client(client).get(url(programme, source="varam")))
    assert "Prasmju pašnovērtējuma zināšanu tests" in shown
    assert "<form" not in shown


def test_a_closed_round_is_named(programme: Programme, client: User, as_client: Browse) -> None:
    ApplicationRound.objects.all().delete()
    assert "Šobrīd pieteikšanās nav atvērta." in main_of(as_client(client).get(url(programme)))


def test_before_opening_the_draft_can_be_prepared(programme: Programme, client: User, as_client: Browse) -> None:
    ApplicationRound.objects.all().delete()
    RoundFactory.create(source=imk(), to_come=True)
    draft = DraftFactory.create(client=client.person, programme=programme, source=imk())
    shown = main_of(as_client(client).get(f"/pieteikums/{draft.reference}/parbaudit"))
    assert "Pieteikšanās sāksies" in shown
    assert 'name="fingerprint"' not in shown


@pytest.mark.parametrize("path", ["/pieteikums/jauns/1/imk", "/pieteikums/jauns/{}/xyz", "/pieteikums/jauns/{}/imk/4"])
def test_what_is_not_there(programme: Programme, client: User, as_client: Browse, path: str) -> None:
    assert as_client(client).get(path.format(programme.number)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_step_costs_the_same_whatever_the_groups(
    programme: Programme, client: User, as_client: Browse, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count - 1):
        venue = VenueFactory.create(institution=programme.institution)
        programme.venues.add(venue)
        CourseGroupFactory.create(programme=programme, venue=venue)
    DraftFactory.create(client=client.person, programme=programme, source=imk())
    browser = as_client(client)
    browser.get(url(programme, 2))
    with django_assert_max_num_queries(26):
        browser.get(url(programme, 2))


# --- choice of source -------------------------------------------------------------------


def test_two_sources_are_a_choice(programme: Programme, client: User, as_client: Browse) -> None:
    ProgrammeOfferFactory.create(programme=programme, source=mn())
    RoundFactory.create(source=mn())
    address = f"/pieteikums/avots?programma={programme.number}"
    browser = as_client(client)
    shown = main_of(browser.get(address))
    assert "Individuālo mācību kontu pieejas attīstība" in shown
    assert "Atbalsts pieaugušo individuālajās vajadzībās balstītai pieaugušo izglītībai" in shown
    assert "data-confirm" in shown  # the same page opens as a dialog
    assert browser.post(address, {"source": "mn"}).headers["Location"] == url(programme, source="mn")
    missing = browser.post(address, {})
    assert missing.status_code == 422
    assert "Izvēlieties finansējuma avotu" in missing.content.decode()


def test_the_choice_says_what_each_source_means_for_the_persons_money(
    programme: Programme, client: User, as_client: Browse
) -> None:
    ProgrammeOfferFactory.create(programme=programme, source=mn())
    RoundFactory.create(source=mn())
    page = f"/pieteikums/avots?programma={programme.number}"
    browser = as_client(client)
    assumed = "Konts vēl nav pārbaudīts"
    assert assumed in main_of(browser.get(page))
    approved_account(client.person)
    shown = main_of(browser.get(page))
    assert assumed not in shown
    for option in selectors.apply_options(programme, actor_of(client), timezone.now()):
        label = shown.partition(f'value="{option.source.code}"')[2].partition("</label>")[0]
        money = option.money
        sums = [money.own_cents, money.source_cents, *([money.left_cents or 0] if option.source == imk() else [])]
        assert re.findall(r'<strong class="num">([^<]*)<', label) == [
            euros(cents).replace("\xa0", " ") for cents in sums
        ]
    assert shown.count("Paliek Jūsu kontā") == 1


def test_a_source_that_is_closed_says_why(programme: Programme, client: User, as_client: Browse) -> None:
    ProgrammeOfferFactory.create(programme=programme, source=mn())
    address = f"/pieteikums/avots?programma={programme.number}"
    browser = as_client(client)
    assert "MN: Šobrīd pieteikšanās nav atvērta." in main_of(browser.get(address))
    assert browser.post(address, {"source": "mn"}).status_code == 422


@pytest.mark.parametrize("number", ["", "0", "abc", "²", "99999999999999"])
def test_choice_for_no_programme(client: User, as_client: Browse, number: str) -> None:
    assert as_client(client).get(f"/pieteikums/avots?programma={number}").status_code == 404


def test_web_07_a_nul_in_an_answer_is_no_error_page(programme: Programme, client: User, as_client: Browse) -> None:
    typed = contact(email="an\0na@", region="\0")
    assert as_client(client).post(url(programme, 1), typed).status_code == 422
    assert Draft.objects.get().answers["email"] == "anna@"


@pytest.mark.parametrize("sent", [True, False])
def test_a_draft_that_goes_while_it_is_saved_is_told(
    programme: Programme, client: User, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    """Another tab sends it or throws it away between finding it and getting its lock."""
    assert client.person is not None
    draft = DraftFactory.create(client=client.person, programme=programme, source=imk())

    def found(*_: Any, **__: Any) -> tuple[Draft, bool]:
        Draft.objects.filter(pk=draft.pk).delete()
        if sent:
            ApplicationFactory.create(client=client.person, programme=programme, source=imk())
        return draft, False

    monkeypatch.setattr(Draft.objects, "get_or_create", found)
    with pytest.raises(AlreadyApplied if sent else NoDraft):
        services.save_draft(programme_id=programme.pk, source_id=imk().pk, answers={}, by=actor_of(client))


# --- throwing away ---------------------------------------------------------------------


def test_discard_asks_first(programme: Programme, client: User, as_client: Browse) -> None:
    draft = DraftFactory.create(client=client.person, programme=programme, source=imk())
    address = f"/pieteikums/{draft.reference}/dzest"
    browser = as_client(client)
    assert "Vai dzēst programmas" in main_of(browser.get(address))
    assert Draft.objects.exists()
    assert browser.post(address).status_code == 302
    assert not Draft.objects.exists()


def test_acc_02_somebody_else_s_draft_is_not_there(programme: Programme, client: User, as_client: Browse) -> None:
    draft = DraftFactory.create(programme=programme, source=imk())
    browser = as_client(client)
    for page in ("dzest", "parbaudit"):
        assert browser.get(f"/pieteikums/{draft.reference}/{page}").status_code == 404
    browser.post(f"/pieteikums/{draft.reference}/dzest")
    services.discard_draft(reference=draft.reference, by=actor_of(client))
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_act_04_a_draft_thrown_away_in_a_client_s_place_stands_in_the_trail_with_both(programme: Programme) -> None:
    mandate = MandateFactory.create()
    draft = DraftFactory.create(programme=programme, source=imk(), client=mandate.client)
    for _press in range(2):
        services.discard_draft(reference=draft.reference, by=mandate.actor())
    entry = AuditEntry.objects.get(object_type="applications.draft", object_id=str(draft.pk))
    assert (entry.action, entry.acting_for_id) == ("discard", mandate.client_id)
    assert entry.actor_user_id == mandate.right.user_id
    assert not Draft.objects.exists()


def test_discard_draft_is_the_client_s(programme: Programme) -> None:
    with pytest.raises(NotPermitted):
        services.discard_draft(reference=DraftFactory.create().reference, by=Actor(role=Role.AGENCY))


def test_drafts_are_kept_30_days() -> None:
    now = timezone.now()
    old, fresh = (
        DraftFactory.create(saved_at=now - timedelta(days=30, seconds=1)),
        DraftFactory.create(saved_at=now - timedelta(days=30) + timedelta(minutes=5)),
    )
    assert services.sweep_drafts(by=SYSTEM) == 1
    assert services.sweep_drafts(by=SYSTEM) == 0
    assert list(Draft.objects.all()) == [fresh]
    assert old.pk != fresh.pk
    with pytest.raises(NotPermitted):
        services.sweep_drafts(by=Actor(role=Role.AGENCY))


# --- questions are data -------------------------------------------------------------------


def test_the_agency_changes_what_a_source_asks(programme: Programme, client: User, as_client: Browse) -> None:
    officer = actor_of(AgencyUserFactory.create())
    rule = FormRule.objects.get(source=imk(), question="region")
    services.drop_question(rule_id=rule.pk, by=officer)
    added = services.save_question(
        rule=FormRule(source=imk(), question="workplace", is_required=True, label="Darba vieta"), by=officer
    )
    DraftFactory.create(client=client.person, programme=programme, source=imk())
    browser = as_client(client)
    assert "Jūsu dzīvesvietas reģions" not in main_of(browser.get(url(programme, 1)))
    assert "Darba vieta" in main_of(browser.get(url(programme, 2)))
    trail = AuditEntry.objects.filter(object_type="applications.formrule").order_by("pk")
    assert [entry.action for entry in trail] == ["drop", "save"]
    assert added.pk
    with pytest.raises(NotPermitted):
        services.save_question(rule=added, by=actor_of(client))


def test_x25_a_draft_sent_from_another_tab_while_this_one_saves(
    programme: Programme, client: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is there when it is looked for and gone when its lock is granted."""
    gone = DraftFactory.create(client=client.person, programme=programme, source=imk())
    Draft.objects.filter(pk=gone.pk).delete()
    monkeypatch.setattr(type(Draft.objects), "get_or_create", lambda *_, **__: (gone, False))
    with pytest.raises(NoDraft):
        services.save_draft(programme_id=programme.pk, source_id=imk().pk, answers={}, by=actor_of(client))
    ApplicationFactory.create(client=client.person, source=imk())
    with pytest.raises(AlreadyApplied):
        services.save_draft(programme_id=programme.pk, source_id=imk().pk, answers={}, by=actor_of(client))


# --- the programme is taken back while the draft waits -----------------------------------


@pytest.mark.parametrize("is_last", [True, False], ids=["programme", "source"])
def test_x27_a_draft_that_leads_nowhere_says_why_and_stays(
    programme: Programme, client: User, as_client: Browse, *, is_last: bool
) -> None:
    draft = DraftFactory.create(client=client.person, programme=programme, source=imk())
    why = "Šī programma vairs nav pieejama."
    if is_last:
        Programme.objects.update(state="archived")
    else:
        programme.offers.all().delete()
        why = "Šo programmu izvēlētais finansējuma avots neapmaksā."
    browser = as_client(client)
    for address in (url(programme), url(programme, 2), f"/pieteikums/{draft.reference}/parbaudit"):
        answer = browser.get(address)
        assert answer.status_code == 404
        page = main_of(answer)
        assert why in page
        assert programme.name in page
        assert f"/pieteikums/{draft.reference}/dzest" in page
    typed = learning(programme, profession="")
    sent = browser.post(url(programme, 2), typed, headers={"X-Requested-With": "autosave"})
    assert (sent.status_code, sent.json()["error"]) == (409, why)
    assert browser.post(url(programme, 2), typed).status_code == 409
    kept = Draft.objects.get().answers  # T4: what was typed when it was taken back is in the draft
    assert draft.answers["profession"] != ""
    assert (kept["profession"], kept["venue"]) == ("", draft.answers["venue"])


def test_acc_02_somebody_elses_draft_of_a_programme_taken_back_is_not_told_of(
    programme: Programme, client: User, as_client: Browse
) -> None:
    DraftFactory.create(client=ClientFactory.create().person, programme=programme, source=imk())
    Programme.objects.update(state="archived")
    answer = as_client(client).get(url(programme))
    assert answer.status_code == 404
    assert programme.name not in answer.content.decode()
