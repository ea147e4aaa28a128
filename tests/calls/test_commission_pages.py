"""The commission's pages by their addresses: what is shown, what is kept, what is not there; the agency's ranking."""

import pytest
from django.test import Client

from calls import selectors, services
from calls.models import OfferedProgramme, ScoreSheet
from stars.kernel.models import AuditEntry
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory, CommissionMemberFactory, ProviderFactory
from tests.factories.calls import CallFactory, SealedFileFactory, WantedAttachmentFactory
from tests.factories.evaluating import SeatFactory, actor, evaluator, give, offered, opened, scored, typed

pytestmark = pytest.mark.django_db


def browser_of(user: object) -> Client:
    return signed_in(Client(), user)  # type: ignore[arg-type]


def test_the_home_shows_ones_own_progress() -> None:
    offer = opened(programmes=2)
    first, second = offer.call.seats.order_by("pk")
    give(offered(offer), first, 16, 7)
    home = browser_of(first.user).get("/komisija").content.decode()
    assert "1 no 2" in home
    assert home.count(f'href="/komisija/uzaicinajumi/{offer.call.slug}"') == 1
    assert "0 no 2" in browser_of(second.user).get("/komisija").content.decode()
    assert "1 no 2" not in browser_of(CommissionMemberFactory()).get("/komisija").content.decode()


def test_before_the_declaration_no_programme_is_named() -> None:
    offer = opened()
    late = SeatFactory(call=offer.call)
    browser, name = browser_of(late.user), offered(offer).name
    pages = [f"/komisija/uzaicinajumi/{offer.call.slug}", f"/komisija/piedavajumi/{offer.number}"]
    for page in pages:
        assert name not in browser.get(page).content.decode()
    assert browser.get(f"/komisija/programmas/{offered(offer).pk}").status_code == 404
    browser.post(pages[1], {"interest": "no"})
    for page in pages:
        assert name in browser.get(page).content.decode()


def test_a_conflict_without_its_reason_comes_back_and_nothing_typed_is_lost() -> None:
    offer = opened()
    late = SeatFactory(call=offer.call)
    browser, page = browser_of(late.user), f"/komisija/piedavajumi/{offer.number}"
    refused = browser.post(page, {"interest": "yes", "reason": ""})
    assert refused.status_code == 422
    assert not late.declarations.exists()
    assert browser.post(page, {"interest": "yes", "reason": "Radinieks."}).status_code == 302
    shown = browser.get(page).content.decode()
    assert "Radinieks." in shown
    assert offered(offer).name not in shown


def test_a_file_is_named_by_the_attachment_it_is() -> None:
    call = CallFactory.create(over=True)
    WantedAttachmentFactory.create(call=call, code="plans", place="programme", name="Mācību plāna kopija")
    offer = opened(call=call, papers=("plans",))
    seat = call.seats.order_by("pk").first()
    assert seat is not None
    shown = browser_of(seat.user).get(f"/komisija/programmas/{offered(offer).pk}").content.decode()
    assert "Mācību plāna kopija: " in shown


def test_opening_a_programme_is_written_down() -> None:
    offer = opened()
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    browser_of(seat.user).get(f"/komisija/programmas/{offered(offer).pk}")
    entry = AuditEntry.objects.get(object_type="calls.declaration", action="open")
    assert (entry.actor_user_id, entry.data["what"]) == (seat.user_id, "Sistēmu programmēšana")


def test_a_draft_is_saved_sent_back_with_its_problems_and_given_after_a_question() -> None:
    offer = opened()
    programme = offered(offer)
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    browser, page = browser_of(seat.user), f"/komisija/programmas/{programme.pk}"
    saved = browser.post(page, {"remark": "Puse"}, headers={"X-Requested-With": "autosave"})
    assert "saved_at" in saved.json()
    refused = browser.post(page, {"remark": "Puse", "talak": "nodot"})
    assert refused.status_code == 422
    assert "Puse" in refused.content.decode()
    asked = browser.post(page, {**typed(offer.call, 16, 7), "talak": "nodot"})
    assert asked.headers["Location"] == f"{page}/nodot"
    assert not ScoreSheet.objects.get().given_at
    browser.get(f"{page}/nodot")
    assert browser.post(f"{page}/nodot").status_code == 302
    assert ScoreSheet.objects.get().given_at
    late = browser.post(page, {"remark": "Vēl"}, headers={"X-Requested-With": "autosave"})
    assert late.status_code == 409


def test_x77_the_page_names_nobody_else_before_ones_own_scores_are_given() -> None:
    offer = opened()
    programme, (first, second) = offered(offer), offer.call.seats.order_by("pk")
    give(programme, first, 16, 7)
    browser, page = browser_of(second.user), f"/komisija/programmas/{programme.pk}"
    assert first.user.label not in browser.get(page).content.decode()
    assert browser.get(f"{page}/vienosanas").status_code == 404
    give(programme, second, 14, 8)
    shown = browser.get(page).content.decode()
    assert first.user.label in shown
    assert "30" in shown


def test_the_agreed_score_is_recorded_on_its_page() -> None:
    offer = opened(tolerance=5)
    programme = scored(offer, (18, 9), (10, 5))
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    browser, page = browser_of(seat.user), f"/komisija/programmas/{programme.pk}/vienosanas"
    assert browser.post(page, {"note": "Bez punktiem"}).status_code == 422
    points = {name: text for name, text in typed(offer.call, 14, 7).items() if name.endswith("_points")}
    assert browser.post(page, {**points, "note": "Vienojāmies."}).status_code == 302
    assert selectors.result_of(programme).shown_total == "28"


def test_acc_02_other_calls_offers_programmes_and_files_are_not_there() -> None:
    offer = opened()
    programme = offered(offer)
    file = SealedFileFactory(version=programme.version, position=1)
    stranger = browser_of(SeatFactory().user)
    for page in (
        f"/komisija/uzaicinajumi/{offer.call.slug}",
        f"/komisija/piedavajumi/{offer.number}",
        *(f"/komisija/programmas/{programme.pk}{more}" for more in ("", "/nodot", "/vienosanas")),
        f"/komisija/pielikumi/{file.pk}",
    ):
        assert stranger.get(page).status_code == 404, page
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    assert browser_of(seat.user).get(f"/komisija/pielikumi/{file.pk}").status_code == 302


# --- the agency ---------------------------------------------------------------------


def officer() -> Client:
    return browser_of(AgencyUserFactory())


def test_x80_the_ranking_shows_the_scores_and_decides_what_is_ticked() -> None:
    offer = opened(programmes=2, tolerance=10)
    first, second = OfferedProgramme.objects.filter(version__offer=offer).order_by("pk")
    for seat, points in zip(offer.call.seats.order_by("pk"), ((16, 7), (13, 8)), strict=True):
        give(first, seat, *points)
    browser, page = officer(), f"/admin/calls/call/{offer.call_id}/ranking/"
    shown = browser.get(page).content.decode()
    assert "30 / 29" in shown
    assert "29,5" in shown
    assert browser.post(page, {}).status_code == 422
    ticks = {f"tick_{one.pk}": "on" for one in (first, second)}
    decisions = {f"action_{first.pk}": "approve", f"action_{second.pk}": "reject"}
    refused = browser.post(page, {**ticks, **decisions})
    assert refused.status_code == 422
    done = browser.post(page, {**ticks, **decisions, f"reason_{second.pk}": "Nav vērtēta laikā."})
    assert done.status_code == 302
    states = OfferedProgramme.objects.filter(version__offer=offer).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["approved", "rejected"]


def test_one_refused_decision_stops_no_other_and_keeps_what_was_typed() -> None:
    offer = opened(programmes=2)
    first, second = OfferedProgramme.objects.filter(version__offer=offer).order_by("pk")
    for seat in offer.call.seats.order_by("pk"):
        give(second, seat, 16, 7)
    both = {f"tick_{one.pk}": "on" for one in (first, second)}
    both |= {f"action_{one.pk}": "approve" for one in (first, second)}
    both[f"reason_{first.pk}"] = "Padomes lēmums."
    refused = officer().post(f"/admin/calls/call/{offer.call_id}/ranking/", both)
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "Programmai ir 0 no 2 vērtējumiem, tāpēc to vēl nevar apstiprināt." in said
    awaited = " ".join(said.partition("0 no 2")[2].partition("</td>")[0].split())
    assert all(str(seat.user) in awaited for seat in offer.call.seats.all())
    assert f'href="/admin/calls/call/{offer.call_id}/change/#seats-group"' in awaited
    asked = officer().get(f"/admin/calls/offeredprogramme/{first.pk}/decide/approve/").content.decode()
    assert "Apstiprināt varēs, kad būs doti visi vērtējumi." in asked
    assert "#seats-group" in asked
    states = OfferedProgramme.objects.filter(version__offer=offer).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["in_evaluation", "approved"]


def test_of_two_members_with_one_name_each_is_named_with_the_address() -> None:
    offer = opened()
    one, other = CommissionMemberFactory.create_batch(2, name="Normunds Egle")
    alone = CommissionMemberFactory(name="Rita Osis")
    page = officer().get(f"/admin/calls/call/{offer.call_id}/decide/name/").content.decode()
    for choice in (f"Normunds Egle, {one.email}", f"Normunds Egle, {other.email}", "Rita Osis"):
        assert f">{choice}</option>" in page
    assert alone.email not in page


def test_the_agency_names_opens_records_and_publishes_by_buttons() -> None:
    offer = opened()
    programme = scored(offer)
    browser, call = officer(), offer.call
    member = CommissionMemberFactory()
    browser.post(f"/admin/calls/call/{call.pk}/decide/name/", {"user": member.pk, "role": "member"})
    assert call.seats.filter(user=member).exists()
    services.approve_programme(programme_id=programme.pk, by=evaluator())
    contract = {"number": "2024/5", "signed_on": "08.11.2024."}
    assert browser.post(f"/admin/calls/offer/{offer.pk}/decide/record_contract/", contract).status_code == 302
    assert browser.post(f"/admin/calls/offeredprogramme/{programme.pk}/decide/publish/", {}).status_code == 302
    programme.refresh_from_db()
    assert programme.programme is not None
    for page in ("call", "seat", "declaration", "scoresheet", "contract", "consensus"):
        assert browser.get(f"/admin/calls/{page}/").status_code == 200
    assert browser.get(f"/admin/calls/call/{call.pk}/change/").status_code == 200


def test_the_institution_gets_its_letter_once_it_is_decided() -> None:
    offer = opened()
    browser = browser_of(ProviderFactory(membership__institution=offer.institution))
    page = f"/provider/piedavajumi/{offer.reference}"
    assert browser.get(f"{page}/lemums").status_code == 404
    services.reject_programme(programme_id=offered(offer).pk, reason="Neatbilst.", by=evaluator())
    assert browser.get(f"{page}/lemums").status_code == 200
    shown = browser.get(page).content.decode()
    assert f"{page}/lemums" in shown
    assert "Neatbilst." in shown


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_with_one_offer_and_with_three(number: int, django_assert_num_queries: object) -> None:
    offer = opened(programmes=number)
    for _one in range(number - 1):
        opened(call=offer.call, programmes=number)
    seat = offer.call.seats.order_by("pk").first()
    assert seat is not None
    assert selectors.seat_of(actor(seat), offer.call_id) == seat
    browser = browser_of(seat.user)
    browser.get("/komisija")
    with django_assert_num_queries(PAGE):  # type: ignore[operator]
        browser.get(f"/komisija/uzaicinajumi/{offer.call.slug}")


PAGE = 14
