"""The agency's side of calls: what each duty sees and writes there, and what the buttons do."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from calls import models, selectors, services
from calls.errors import NotToBeScored
from calls.models import Call, Offer
from calls.states import CallState
from funding.models import FundingSource
from stars.classifiers.models import ProgrammeKind
from stars.kernel.templatetags.stars import moment as in_short
from tests.catalog.test_admin import fields_of, sent_by_a_browser
from tests.conftest import signed_in
from tests.factories.accounts import AgencyOfficerFactory, CommissionMemberFactory, ProviderFactory
from tests.factories.calls import JOB, CallFactory, OfferFactory, VenueCheckFactory
from tests.factories.evaluating import (
    ContractFactory,
    SeatFactory,
    actor,
    evaluator,
    give,
    offered,
    opened,
    scored,
    typed,
)

pytestmark = pytest.mark.django_db
SHOWN = [
    *(models.Call, models.Offer, models.OfferVersion, models.OfferedProgramme, models.VenueCheck, models.Seat),
    *(models.Declaration, models.ScoreSheet, models.Consensus, models.Contract),
]


def officer(*duties: str) -> Client:
    return signed_in(Client(), AgencyOfficerFactory.create(duties=list(duties)))


def everything() -> Offer:
    """One call with each kind of row the agency looks at."""
    offer = opened(tolerance=5)
    programme = scored(offer, (18, 9), (10, 5))
    seat = offer.call.seats.order_by("pk")[0]
    services.agree(programme_id=programme.pk, typed=typed(offer.call, 14, 7), note="Pārrunāts.", by=actor(seat))
    ContractFactory.create(offer=offer)
    VenueCheckFactory.create()
    return offer


@pytest.mark.parametrize("duty", ["evaluator", "content", "finance"])
def test_every_officer_opens_every_list_and_page(duty: str) -> None:
    """Terms 30: what an officer may look up follows from their duties, and from nothing else."""
    offer = everything()
    browser = officer(duty)
    for model in SHOWN:
        name = f"admin:calls_{model._meta.model_name}"
        listed = browser.get(reverse(f"{name}_changelist"))
        assert listed.status_code == 200, name
        if model is Call:
            assert in_short(offer.call.last_moment) in listed.content.decode()
        row = model._default_manager.order_by("pk")[0]
        assert browser.get(reverse(f"{name}_change", args=(row.pk,))).status_code == 200, name
    assert browser.get(reverse("admin:calls_call_ranking", args=(offer.call_id,))).status_code == 200


def test_who_is_no_officer_is_kept_out() -> None:
    offer = opened()
    for user in (ProviderFactory.create(), CommissionMemberFactory.create()):
        answer = signed_in(Client(), user).get(reverse("admin:calls_call_ranking", args=(offer.call_id,)))
        assert answer.status_code in {302, 403}


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_nothing_of_a_call_is_deleted(model: Any, rf: Any) -> None:
    assert not admin.site._registry[model].has_delete_permission(rf.get("/"))


# --- a call is written ------------------------------------------------------------------


def call_form(**changes: Any) -> dict[str, Any]:
    """A new call with one kind and one criterion, as the browser sends it."""
    opens, closes = timezone.localtime(), timezone.localtime() + timedelta(days=12)
    sent = {
        "slug": "ceturtais",
        "name": "Ceturtais uzaicinājums",
        "source": FundingSource.objects.get(code="imk").pk,
        "opens_at_0": f"{opens:%Y-%m-%d}",
        "opens_at_1": "09:00",
        "closes_at_0": f"{closes:%Y-%m-%d}",
        "closes_at_1": "00:00",
        "needs_approved_by": "IMK Uzraudzības padome",
        "needs_approved_on": "2024-09-03",
        "level_from": 4,
        "level_to": 6,
        "least_digital_share": 70,
        "scores_needed": 2,
        "tolerance": 10,
        "version": 1,
    }
    for prefix in ("kinds", "conditions", "criteria", "attachments", "steps", "documents"):
        sent |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    kind = {"kind": ProgrammeKind.objects.get(code="module").pk, "position": 0, "most": 3, "rule": "whole"}
    kind |= {"rate_cents": "5,34", "cap_cents": "427,43"}
    criterion = {"position": 0, "name": "Saturs", "most": 20, "least": 8, "weight": 1}
    sent |= {"kinds-TOTAL_FORMS": 1, "criteria-TOTAL_FORMS": 1}
    sent |= {f"kinds-0-{name}": value for name, value in kind.items()}
    sent |= {f"criteria-0-{name}": value for name, value in criterion.items()}
    return sent | changes


def test_k6_a_stale_form_of_a_call_comes_back_with_what_was_typed_and_what_is_kept() -> None:
    browser, call = officer("evaluator"), CallFactory.create()
    url = reverse("admin:calls_call_change", args=(call.pk,))
    opened_on = sent_by_a_browser(browser.get(url))
    hers = {"lead": "Viņas ievads", "least_digital_share": 75, "kinds-0-rate_cents": "5,40"}
    assert browser.post(url, opened_on | hers).status_code == 302

    refused = browser.post(url, opened_on | {"lead": "Mans ievads", "kinds-0-cap_cents": "430,00"})
    html = refused.content.decode().replace("\xa0", " ")
    assert refused.status_code == 200
    assert "Kamēr aizpildījāt formu, dati mainījās." in html
    assert "Tagad saglabāts: Viņas ievads" in html
    assert html.count("Tagad saglabāts:") == 2
    call.refresh_from_db()
    assert call.lead == "Viņas ievads"

    assert browser.post(url, sent_by_a_browser(refused)).status_code == 302
    call.refresh_from_db()
    assert (call.lead, call.least_digital_share) == ("Mans ievads", 75)
    assert call.kinds.filter(rate_cents=540, cap_cents=43000).count() == 1


def test_k6_a_window_nobody_touched_follows_what_is_kept_and_a_touched_one_says_it() -> None:
    browser, call = officer("evaluator"), CallFactory.create(prepared=True)
    url = reverse("admin:calls_call_change", args=(call.pk,))
    opened_on = sent_by_a_browser(browser.get(url))
    hers = {"opens_at_0": "2031-03-01", "opens_at_1": "10:30", "closes_at_0": "2031-04-01", "closes_at_1": "00:00"}
    assert browser.post(url, opened_on | hers).status_code == 302
    refused = browser.post(url, opened_on | {"lead": "Mans ievads", "closes_at_0": "2031-05-02"})
    assert "Tagad saglabāts: 01.04.2031 00:00" in refused.content.decode().replace("\xa0", " ")
    assert browser.post(url, sent_by_a_browser(refused)).status_code == 302
    call.refresh_from_db()
    opens, closes = (timezone.localtime(one) for one in (call.opens_at, call.closes_at))
    assert f"{opens:%Y-%m-%d %H:%M}" == "2031-03-01 10:30"
    assert (f"{closes:%Y-%m-%d}", call.lead) == ("2031-05-02", "Mans ievads")


@pytest.mark.parametrize("duty", ["evaluator", "content"])
def test_a_call_is_opened_with_what_belongs_to_it(duty: str) -> None:
    browser = officer(duty)
    answer = browser.post(reverse("admin:calls_call_add"), call_form())
    assert answer.status_code == 302, answer.context["errors"]
    call = Call.objects.get()
    assert (call.kinds.count(), call.criteria.count()) == (1, 1)
    assert timezone.localtime(call.opens_at).hour == 9  # Riga's clock
    page = reverse("admin:calls_call_decide", args=(call.pk, "announce"))
    assert browser.post(page).status_code == 302
    call.refresh_from_db()
    assert call.state == CallState.ANNOUNCED


def test_a_share_above_a_hundred_percent_is_said_on_the_form() -> None:
    answer = officer("evaluator").post(reverse("admin:calls_call_add"), call_form(least_digital_share=170))
    assert "Digitālā satura daļa ir ne vairāk kā 100 %." in answer.content.decode()
    assert not Call.objects.exists()


def test_days_of_a_call_are_typed_as_pages_write_them() -> None:
    steps = {
        "steps-TOTAL_FORMS": 1,
        "steps-0-position": 0,
        "steps-0-text": "Vērtēšana",
        "steps-0-ends_on": "29.10.2024",
    }
    answer = officer("evaluator").post(
        reverse("admin:calls_call_add"), call_form(needs_approved_on="03.09.2024.", **steps)
    )
    assert answer.status_code == 302, answer.context["errors"]
    assert f"{Call.objects.get().needs_approved_on}" == "2024-09-03"


def test_a_call_can_be_opened_after_an_announced_one_was_looked_at() -> None:
    """The window of an announced call is fixed; that of the next one is not."""
    browser, announced = officer("evaluator"), CallFactory.create()
    seat = SeatFactory.create(call=announced)
    page = reverse("admin:calls_call_change", args=(announced.pk,))
    kept = fields_of(browser, page) | {"closes_at_0": "2030-01-01", "lead": "Jauns ievads"}
    assert browser.post(page, kept).status_code == 302
    assert seat.user.name in browser.get(page).content.decode()
    before = announced.closes_at
    announced.refresh_from_db()
    assert (announced.closes_at, announced.lead) == (before, "Jauns ievads")
    answer = browser.post(reverse("admin:calls_call_add"), call_form())
    assert answer.status_code == 302, answer.context["errors"]


def test_other_duties_write_no_calls_and_decide_nothing() -> None:
    offer = opened()
    finance, content = officer("finance"), officer("content")
    page = reverse("admin:calls_call_change", args=(offer.call_id,))
    assert finance.get(reverse("admin:calls_call_add")).status_code == 403
    assert finance.post(page, {"name": "Cits"}).status_code == 403
    ticked = {f"tick_{offered(offer).pk}": "on", f"action_{offered(offer).pk}": "approve"}
    for browser in (finance, content):
        asked = browser.get(reverse("admin:calls_call_decide", args=(offer.call_id, "name")))
        assert asked.headers["Location"] == page  # no such button for them
        assert "Iecelt komisijas locekli" not in browser.get(page).content.decode()
        ranking = reverse("admin:calls_call_ranking", args=(offer.call_id,))
        assert 'type="submit"' not in browser.get(ranking).content.decode().partition("<main")[2]
        assert browser.post(ranking, ticked).status_code == 403
    assert offered(offer).decided_at is None


# --- the officer settles what members could not ----------------------------------------


def test_an_officer_records_the_agreed_score_while_the_members_are_far_apart() -> None:
    offer = opened(tolerance=5)
    programme = scored(offer, (18, 9), (10, 5))
    browser = officer("evaluator")
    page = reverse("admin:calls_offeredprogramme_decide", args=(programme.pk, "agree"))
    assert "Saturs" in browser.get(page).content.decode()
    points = {name: text for name, text in typed(offer.call, 14, 7).items() if name.endswith("_points")}
    too_many = dict.fromkeys(points, "99")
    assert browser.post(page, {**too_many, "note": "x"}).status_code == 422
    assert browser.post(page, points).status_code == 422
    assert browser.post(page, {**points, "note": "Komisija nevienojās; lemj sēdē."}).status_code == 302
    assert selectors.result_of(programme).shown_total == "28"
    assert programme.consensus.note == "Komisija nevienojās; lemj sēdē."


def test_an_officer_settles_nothing_the_members_agree_on() -> None:
    offer = opened(tolerance=50)
    programme = offered(offer)
    first, second = offer.call.seats.order_by("pk")
    give(programme, first, 18, 9)
    by, said = evaluator(), typed(offer.call, 14, 7)
    with pytest.raises(NotToBeScored):
        services.agree(programme_id=programme.pk, by=by, typed=said, note="Lemjam.")
    give(programme, second, 10, 5)
    with pytest.raises(NotToBeScored):
        services.agree(programme_id=programme.pk, by=by, typed=said, note="Lemjam.")


def test_the_page_of_the_call_says_which_offers_are_short_of_members() -> None:
    offer = opened()
    page = reverse("admin:calls_call_change", args=(offer.call_id,))
    browser = officer("evaluator")
    assert "vēl jāieceļ" not in browser.get(page).content.decode()
    seat = offer.call.seats.select_related("user").order_by("pk")[0]
    type(seat.user).objects.filter(pk=seat.user_id).update(is_active=False)
    shown = browser.get(page).content.decode()
    assert "vēl jāieceļ" in shown
    assert reverse("admin:calls_offer_change", args=(offer.pk,)) in shown


# --- sealed until the deadline ----------------------------------------------------------


def test_the_agency_reads_no_name_and_no_sum_of_an_offer_while_the_call_is_open() -> None:
    offer = OfferFactory.create(submitted=True)
    browser, version = officer("evaluator"), offer.versions.get()
    programme = version.programmes.get()
    pages = [
        reverse("admin:calls_offeredprogramme_changelist"),
        reverse("admin:calls_offer_change", args=(offer.pk,)),
        reverse("admin:calls_offerversion_change", args=(version.pk,)),
    ]
    for page in pages:
        shown = browser.get(page).content.decode()
        assert programme.name not in shown
        assert "427,43" not in shown
    alone = reverse("admin:calls_offeredprogramme_change", args=(programme.pk,))
    assert browser.get(alone).status_code == 302  # as for a row that is not there
    Call.objects.update(closes_at=timezone.now(), opens_at=timezone.now() - timedelta(days=9))
    opened_now = [browser.get(page).content.decode() for page in (*pages, alone)]
    assert ["427,43" in one for one in opened_now] == [True, True, False, True]
    assert programme.name in opened_now[2]


# --- late offers -----------------------------------------------------------------------


def test_x79_the_agency_sees_what_was_refused_as_late_and_nothing_of_it_is_in_the_call() -> None:
    call = CallFactory.create(over=True)
    provider = ProviderFactory.create()
    offer = OfferFactory.create(call=call, institution=provider.memberships.get().institution)
    browser = signed_in(Client(), provider)
    for _press in range(2):
        assert (
            browser.post(f"/provider/piedavajumi/{offer.reference}/parbaudit", {"fingerprint": "x"}).status_code == 409
        )
    [late] = selectors.late_offers(call)
    assert (late.number, late.institution) == (offer.number, offer.institution)
    page = officer("evaluator").get(reverse("admin:calls_call_change", args=(call.pk,))).content.decode()
    assert offer.number in page
    assert not offer.versions.exists()


def test_an_offer_in_time_is_not_late() -> None:
    offer = OfferFactory.create(submitted=True)
    services.note_late(offer_id=offer.pk, arrived_at=offer.call.last_moment, by=JOB)
    assert selectors.late_offers(offer.call) == []
