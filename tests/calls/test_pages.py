"""The three steps as an institution walks them: nothing typed is lost, another's is not there, late is said in words."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Institution, User
from calls.models import Call, Offer, OfferVersion, Paper, ProgrammeDraft
from calls.selectors import window_of
from calls.states import OfferState
from catalog.models import Venue
from documents.models import Receipt
from documents.states import ReceiptKind
from stars.classifiers.models import Municipality
from stars.demo import signing
from tests.conftest import signed_in
from tests.factories.accounts import ProviderFactory
from tests.factories.calls import (
    CallConditionFactory,
    CallDocumentFactory,
    CallFactory,
    CallStepFactory,
    OfferFactory,
    PaperFactory,
    ProgrammeDraftFactory,
    WantedAttachmentFactory,
    ready,
)
from tests.factories.catalog import VenueFactory
from tests.factories.files import StoredFileFactory
from tests.factories.pages import ContentPageFactory, PageSectionFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


@pytest.fixture
def provider() -> User:
    found: User = ProviderFactory.create()
    return found


@pytest.fixture
def browser(provider: User) -> Client:
    return signed_in(Client(), provider)


def institution(provider: User) -> Institution:
    return provider.memberships.get().institution


def text(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()).replace("\u00a0", " "))


def proof(version: OfferVersion, kind: ReceiptKind) -> Receipt:
    return Receipt.objects.get(subject=version.reference, kind=kind)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def test_everybody_reads_of_open_and_past_calls() -> None:
    page = ContentPageFactory.create(slug="izglitibas-iestadem", title="Izglītības iestādēm")
    assert "Šobrīd nav atvērtu uzaicinājumu." in text(Client().get(page.get_absolute_url()))
    call = CallFactory.create(closes_at=timezone.now() + timedelta(days=2, hours=3, minutes=1))
    past = CallFactory.create(over=True)
    said = text(Client().get(page.get_absolute_url()))
    assert "Vēl 2 dienas 3 stundas" in said
    assert call.name in said
    assert past.name in said


def test_whoever_works_for_an_institution_is_shown_its_offers_and_no_door(browser: Client) -> None:
    page = ContentPageFactory.create(slug="izglitibas-iestadem", title="Izglītības iestādēm")
    door, plain = (
        "Ja iestāde jau ir reģistrēta, [pieslēdzieties](/provider/login).",
        "Piedāvājumu iesniedz tikai platformā.",
    )
    for position, body in enumerate((door, plain)):
        PageSectionFactory.create(page=page, heading=f"{position}. daļa", body=body, position=position)
    CallFactory.create()
    outside = text(Client().get(page.get_absolute_url()))
    assert outside.count('href="/provider/login"') > 2
    assert "Jūsu iestādes piedāvājumi" not in outside
    inside = text(browser.get(page.get_absolute_url()))
    assert "/provider/login" not in inside
    assert inside.count('href="/provider/piedavajumi"') > 2  # the menu, the person's box and the page itself
    assert plain in inside


def test_programmes_of_one_name_are_told_apart_where_they_are_ticked(provider: User, browser: Client) -> None:
    offer = OfferFactory.create(institution=institution(provider), programmes=[])
    for day in (1, 2):
        made = ProgrammeDraftFactory.create(institution=offer.institution)
        ProgrammeDraft.objects.filter(pk=made.pk).update(saved_at=datetime(2026, 3, day, 12, tzinfo=UTC))
    said = text(browser.get(f"/provider/piedavajumi/{offer.reference}"))
    for day in (1, 2):
        assert f"167 stundas, pieprasāmā summa 427,43 €, saglabāta 0{day}.03.2026 14:00" in said


def test_two_programmes_alike_to_the_minute_have_their_numbers(provider: User, browser: Client) -> None:
    offer = OfferFactory.create(institution=institution(provider), programmes=[])
    ProgrammeDraftFactory.create_batch(3, institution=offer.institution)
    ProgrammeDraft.objects.update(saved_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    for page in (f"/provider/piedavajumi/{offer.reference}", "/provider/programmas", "/provider/programmas/jauna"):
        said = text(browser.get(page))
        assert "Sistēmu programmēšana (2)" in said
        assert "Sistēmu programmēšana (3)" in said
        assert "Sistēmu programmēšana (4)" not in said


def test_a_step_with_nothing_in_it_is_not_called_done(provider: User, browser: Client) -> None:
    call = CallFactory.create()
    empty = OfferFactory.create(call=call, institution=institution(provider), programmes=[])
    pages = ("/provider/piedavajumi", "/provider/piedavajumi/jauns", f"/provider/piedavajumi/{empty.reference}")
    for page in pages:
        said = text(browser.get(page))
        assert said.count("(vēl nav izpildīts)") == 2, page
        assert "(izpildīts)" not in said
    assert text(browser.get(f"{pages[2]}/parbaudit")).count("(vēl nav izpildīts)") == 3
    assert text(browser.get("/provider/programmas")).count("(vēl nav izpildīts)") == 1
    ProgrammeDraftFactory.create(institution=empty.institution)
    for page in pages:
        said = text(browser.get(page))
        assert "(vēl nav izpildīts)" not in said, page
        assert said.count("(izpildīts)") == 2


def test_a_programme_that_stands_in_another_offer_of_the_call_says_in_which(provider: User, browser: Client) -> None:
    sent = OfferFactory.create(institution=institution(provider), submitted=True)
    offer = OfferFactory.create(institution=sent.institution, call=sent.call, programmes=[])
    ProgrammeDraftFactory.create(institution=sent.institution)
    said = text(browser.get(f"/provider/piedavajumi/{offer.reference}"))
    assert said.count(f"jau ir piedāvājumā {sent.number}") == 1


def test_a_call_says_everything_and_that_paper_is_returned() -> None:
    call = CallFactory.create()
    CallStepFactory.create(call=call)
    CallConditionFactory.create(call=call)
    WantedAttachmentFactory.create(call=call)
    document = CallDocumentFactory.create(call=call)
    said = text(Client().get(f"/izglitibas-iestadem/uzaicinajumi/{call.slug}"))
    for words in (
        "stundu skaits × 5,34 €, ne vairāk kā 427,43 €",
        "provizorisks",
        "neatver un nosūta vai nodod atpakaļ",
        "Iesniegums par piedalīšanos",
        "Iestāde ir akreditēta.",
        "4–6",
    ):
        assert words in said
    to = Client().get(f"/izglitibas-iestadem/uzaicinajumi/{call.slug}/dokumenti/{document.pk}")
    assert (to.status_code, to["Location"]) == (302, document.url)


def test_a_call_in_preparation_is_not_there() -> None:
    call = CallFactory.create(prepared=True)
    assert Client().get(f"/izglitibas-iestadem/uzaicinajumi/{call.slug}").status_code == 404


def test_a_venue_is_added(browser: Client) -> None:
    place = Municipality.objects.get(code="riga")
    wrong = browser.post("/provider/vietas", {"name": "Klases", "address": "", "municipality": place.pk})
    assert wrong.status_code == 422
    assert 'value="Klases"' in text(wrong)
    sent = {"name": "Klases", "address": "Enkura iela 12, Rīga, LV-1005", "municipality": place.pk}
    assert browser.post("/provider/vietas", sent).status_code == 302
    assert "Vēl nav pārbaudīta" in text(browser.get("/provider/vietas"))
    assert browser.post("/provider/vietas", sent).status_code == 422
    assert Venue.objects.count() == 1


def begun(browser: Client) -> ProgrammeDraft:
    browser.post("/provider/programmas/jauna", {"source": "empty"})
    return ProgrammeDraft.objects.get()


def test_the_sum_of_a_set_names_the_cap_of_its_parts(browser: Client, provider: User) -> None:
    """34 h and 136 h: no figure for the whole explains 608,99 €, each module's own cap does."""
    CallFactory.create()
    parts = {"part_0_name": "Pirmais", "part_0_hours": "34", "part_1_name": "Otrais", "part_1_hours": "136"}
    content = ready(kind="module_set", **parts)
    draft = ProgrammeDraftFactory.create(institution=institution(provider), content=content)
    page = text(browser.get(f"/provider/programmas/{draft.reference}"))
    assert "608,99 € (aprēķinātā 907,80 €, katrai daļai ne vairāk kā 427,43 €)" in page


@pytest.mark.parametrize(("left", "words"), [(59, "mazāk par minūti"), (61, "1 minūte"), (7201, "2 stundas")])
def test_what_is_left_of_a_window_is_never_nothing(left: int, words: str) -> None:
    call = CallFactory.create()
    assert window_of(call, call.closes_at - timedelta(seconds=left)).left == words


def test_a_programme_is_written_checked_and_shown_as_the_learner_sees_it(browser: Client, provider: User) -> None:
    CallFactory.create()
    draft = begun(browser)
    address = f"/provider/programmas/{draft.reference}"
    page = text(browser.get(address))
    sent = ready(revision=hidden(page, "revision"), pen=hidden(page, "pen"), equipment="", theory_onsite="x")
    wrong = browser.post(address, sent | {"talak": "parbaude"})
    assert wrong.status_code == 422
    assert "Teorija klātienē: jābūt veselam skaitlim no 0 līdz 5000" in text(wrong)
    assert "Ievadiet personai nepieciešamo materiāltehnisko nodrošinājumu" in text(wrong)
    assert 'value="x"' in text(wrong)
    page = text(wrong)
    sent = ready(revision=hidden(page, "revision"), pen=hidden(page, "pen"), talak="melnraksts")
    assert browser.post(address, sent).status_code == 302
    page = text(browser.get(address))
    assert "Pieprasāmā summa: 427,43 € (aprēķinātā 891,78 €, ierobežojums 427,43 €)" in page
    assert "167 h × 5,34 € = 891,78 €" in page
    VenueFactory.create(institution=institution(provider), code="iela", address="Raunas iela 12, Cēsis, LV-4101")
    ProgrammeDraft.objects.update(content={**ProgrammeDraft.objects.get().content, "venues": ["iela"]})
    shown = text(browser.get(f"{address}/prieksskatijums"))
    for words in ("Sistēmu programmēšana", "Datu struktūras", "427,43 €", institution(provider).name):
        assert words in shown
    for words in ("Cēsis, Raunas iela 12", "167 stundas 12 nedēļās", ">Digitālā satura radīšana</h3>"):
        assert words in shown, words
    bare = ProgrammeDraftFactory.create(institution=institution(provider), content={"name": "Tukša"})
    assert browser.get(f"/provider/programmas/{bare.reference}/prieksskatijums").status_code == 200


def test_k6_a_colleague_was_faster_and_both_are_shown(browser: Client, provider: User) -> None:
    CallFactory.create()
    draft = begun(browser)
    colleague = signed_in(Client(), ProviderFactory.create(membership__institution=institution(provider)))
    address = f"/provider/programmas/{draft.reference}"
    mine, theirs = text(browser.get(address)), text(colleague.get(address))
    sent = ready(name="Kolēģa nosaukums", revision=hidden(theirs, "revision"), pen=hidden(theirs, "pen"))
    assert colleague.post(address, sent | {"talak": "melnraksts"}).status_code == 302
    sent = ready(name="Mans nosaukums", revision=hidden(mine, "revision"), pen=hidden(mine, "pen"))
    refused = browser.post(address, sent)
    assert refused.status_code == 409
    assert "Kolēģa nosaukums" in text(refused)
    assert 'value="Mans nosaukums"' in text(refused)
    autosave = browser.post(address, sent, headers={"X-Requested-With": "XMLHttpRequest"})
    assert autosave.status_code == 409
    assert "Nekas nav pārrakstīts" in autosave.json()["error"]
    page = text(refused)
    again = ready(name="Mans nosaukums", revision=hidden(page, "revision"), pen=hidden(page, "pen"))
    assert browser.post(address, again).status_code == 302
    draft.refresh_from_db()
    assert draft.name == "Mans nosaukums"


def test_a_file_is_added_and_a_file_that_lies_is_refused(browser: Client) -> None:
    WantedAttachmentFactory.create(place="programme", code="plans", name="Mācību plāns")
    draft = begun(browser)
    address = f"/provider/programmas/{draft.reference}"
    page = text(browser.get(address))
    sent = ready(revision=hidden(page, "revision"), pen=hidden(page, "pen"), name="Ar failu")
    lying = browser.post(address, sent | {"paper_plans": SimpleUploadedFile("plāns.pdf", b"MZ not a document")})
    assert lying.status_code == 422
    assert not Paper.objects.exists()
    draft.refresh_from_db()
    assert draft.name == "Ar failu"


def test_with_a_file_that_lies_a_check_says_all_the_rest_too_and_a_draft_says_only_that(browser: Client) -> None:
    WantedAttachmentFactory.create(place="programme", code="plans", name="Mācību plāns")
    draft = begun(browser)
    address = f"/provider/programmas/{draft.reference}"
    page = text(browser.get(address))
    sent = ready(revision=hidden(page, "revision"), pen=hidden(page, "pen"), sector="", theory_onsite="-5")

    def said(**more: str) -> list[str]:
        lie = SimpleUploadedFile("plāns.pdf", b"MZ not a document")
        answer = browser.post(address, sent | {"paper_plans": lie} | more)
        return [one.get_text() for one in BeautifulSoup(answer.content, "html.parser").select(".errors a")]

    file = (
        "plāns.pdf: Faila nosaukums sola PDF, bet tā saturs ir cits. Atveriet dokumentu programmā, kurā tas veidots,"
        " saglabājiet to kā PDF un pievienojiet vēlreiz"
    )
    assert said(talak="melnraksts") == [file]
    number = "Teorija klātienē: jābūt veselam skaitlim no 0 līdz 5000"
    assert {"Izvēlieties mācību nozari", number, file} <= set(said(talak="parbaude"))


def test_x78_a_programme_is_weighed_by_the_call_it_is_ticked_for_when_several_are_open(
    browser: Client, provider: User
) -> None:
    """Else the last to close that takes its kind: its attachments, rates and level."""
    later, sooner = (CallFactory.create(closes_at=timezone.now() + timedelta(days=days)) for days in (9, 4))
    for call, code in ((later, "apraksts"), (sooner, "plans")):
        WantedAttachmentFactory.create(call=call, place="programme", code=code, name=f"Fails: {code}")
    draft = ProgrammeDraftFactory.create(institution=institution(provider))
    address = f"/provider/programmas/{draft.reference}"
    assert "Fails: apraksts" in text(browser.get(address))
    OfferFactory.create(call=sooner, institution=institution(provider), programmes=[draft])
    page = text(browser.get(address))
    assert "Fails: plans" in page
    assert "Fails: apraksts" not in page
    assert browser.get("/provider/programmas").status_code == 200
    PaperFactory.create(draft=draft, code="plans", file=StoredFileFactory.create())
    assert "Programma ir gatava piedāvājumam." in text(browser.get(address))


def test_an_offer_is_sent_withdrawn_and_sent_again(browser: Client, provider: User) -> None:
    call = CallFactory.create()
    ProgrammeDraftFactory.create(institution=institution(provider))
    browser.post("/provider/piedavajumi/jauns", {"uzaicinajums": call.slug})
    offer = Offer.objects.get()
    address = f"/provider/piedavajumi/{offer.reference}"
    page = text(browser.get(address))
    sent = {
        "source": "imk",
        "programmes": [str(ProgrammeDraft.objects.get().reference)],
        "revision": hidden(page, "revision"),
        "pen": hidden(page, "pen"),
    }
    assert browser.post(address, sent).status_code == 302
    assert "Aplieciniet pieteikumā norādīto informāciju" in text(browser.get(f"{address}/parbaudit"))
    browser.post(address, sent | {"declares": "on"})
    for number in (1, 2):
        page = text(browser.get(f"{address}/parbaudit"))
        assert browser.post(f"{address}/parbaudit", {"fingerprint": hidden(page, "fingerprint")}).status_code == 302
        done = text(browser.get(f"{address}/apstiprinajums"))
        assert "Piedāvājums ir iesniegts" in done
        version = OfferVersion.objects.get(number=number)
        assert version.shown_sha256 in done
        assert proof(version, ReceiptKind.OFFER_SENT).shown_fingerprint in done  # what /parbaude asks to compare
        if number == 1:
            assert "Iesniegts" in text(browser.get(address))
            assert "Vai atsaukt" in text(browser.get(f"{address}/atsaukt"))
            assert browser.post(f"{address}/atsaukt").status_code == 302
            kept = text(browser.get(f"{address}/versijas/1"))
            assert "Atsaukts" in kept
            assert proof(version, ReceiptKind.OFFER_WITHDRAWN).shown_fingerprint in kept
            assert "Izmainiet nepieciešamo un iesniedziet atkārtoti." in text(browser.get(address))
    offer.refresh_from_db()
    assert offer.state == OfferState.SUBMITTED
    assert "versija" in text(browser.get(address))


def test_t4_what_comes_late_is_kept_and_told(browser: Client, provider: User) -> None:
    offer = OfferFactory.create(institution=institution(provider))
    address = f"/provider/piedavajumi/{offer.reference}"
    page = text(browser.get(f"{address}/parbaudit"))
    Call.objects.update(closes_at=timezone.now() - timedelta(microseconds=1))
    late = browser.post(f"{address}/parbaudit", {"fingerprint": hidden(page, "fingerprint")})
    assert late.status_code == 409
    assert "Piedāvājumus varēja iesniegt līdz" in text(late)
    assert re.search(r"pieņēma līdz [^<]*\d\. Ievadītais ir saglabāts melnrakstā", text(late))
    offer.refresh_from_db()
    assert offer.state == OfferState.DRAFT


def test_what_was_withdrawn_asks_for_nothing_once_the_call_is_closed(browser: Client, provider: User) -> None:
    offer = OfferFactory.create(institution=institution(provider), submitted=True)
    browser.post(f"/provider/piedavajumi/{offer.reference}/atsaukt")
    Call.objects.update(closes_at=timezone.now())
    page = text(browser.get(f"/provider/piedavajumi/{offer.reference}"))
    assert "Tas uzaicinājumā nepiedalās. Piedāvājumus pieņēma līdz" in page
    assert "iesniedziet atkārtoti" not in page


def test_a_withdrawal_at_the_deadline_is_refused_in_words(browser: Client, provider: User) -> None:
    offer = OfferFactory.create(institution=institution(provider), submitted=True)
    Call.objects.update(closes_at=timezone.now())
    late = browser.post(f"/provider/piedavajumi/{offer.reference}/atsaukt")
    assert late.status_code == 409
    assert "Piedāvājumu varēja atsaukt līdz" in text(late)


def test_acc_02_another_institutions_is_not_there(browser: Client) -> None:
    offer = OfferFactory.create(submitted=True)
    draft = ProgrammeDraft.objects.get()
    for path in (
        f"piedavajumi/{offer.reference}",
        f"piedavajumi/{offer.reference}/versijas/1",
        f"programmas/{draft.reference}",
    ):
        assert browser.get(f"/provider/{path}").status_code == 404
    page = browser.post("/provider/programmas/jauna", {"source": f"d-{draft.pk}"})
    assert page.status_code == 422


@pytest.mark.parametrize("path", ["/provider/programmas", "/provider/piedavajumi", "/provider/vietas"])
def test_lists_cost_the_same_with_ten_times_the_offers(browser: Client, provider: User, path: str) -> None:
    costs: list[int] = []
    for more in (1, 9):
        OfferFactory.create_batch(more, institution=institution(provider), submitted=True)
        browser.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_check_costs_the_same_at_one_and_at_three(browser: Client, provider: User) -> None:
    call = CallFactory.create()
    costs: list[int] = []
    for count in (1, 3):
        drafts = ProgrammeDraftFactory.create_batch(count, institution=institution(provider))
        offer = OfferFactory.create(call=call, institution=institution(provider), programmes=drafts)
        browser.get(f"/provider/piedavajumi/{offer.reference}/parbaudit")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/provider/piedavajumi/{offer.reference}/parbaudit").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- nothing is dropped without a word -----------------------------------------------------------


def written_offer(browser: Client, provider: User) -> tuple[Offer, str, dict[str, object]]:
    """An offer with one programme of the institution, and its form as the browser would send it."""
    offer = OfferFactory.create(institution=institution(provider), content={})
    address = f"/provider/piedavajumi/{offer.reference}"
    page = text(browser.get(address))
    return offer, address, {"source": "imk", "revision": hidden(page, "revision"), "pen": hidden(page, "pen")}


@pytest.mark.parametrize("stranger", ["of another institution", "deleted by a colleague", "no id at all"])
def test_acc_05_a_programme_that_is_not_ours_refuses_the_lot_and_loses_nothing(
    browser: Client, provider: User, stranger: str
) -> None:
    offer, address, sent = written_offer(browser, provider)
    own = ProgrammeDraftFactory.create(institution=institution(provider))
    other = ProgrammeDraftFactory.create() if stranger == "of another institution" else own
    wrong = "x<1>" if stranger == "no id at all" else str(other.reference)
    if stranger == "deleted by a colleague":
        own = ProgrammeDraftFactory.create(institution=institution(provider))
        other.delete()
    before = Offer.objects.values_list("content", "revision").get(pk=offer.pk)
    sent |= {"programmes": [str(own.reference), wrong], "declares": "on"}
    answer = browser.post(address, sent | {"talak": "melnraksts"})
    assert answer.status_code == 422
    page = text(answer)
    assert "nav (vairs) Jūsu iestādes programmu sarakstā" in page
    ticked = re.findall(r'<input[^>]*name="programmes"[^>]*>', page)
    assert [str(own.reference) in one for one in ticked if "checked" in one] == [True]
    assert re.search(r'<input[^>]*name="declares"[^>]*checked', page)
    assert Offer.objects.values_list("content", "revision").get(pk=offer.pk) == before
    autosave = browser.post(address, sent, headers={"X-Requested-With": "autosave"})
    assert autosave.status_code == 409
    assert "nav (vairs) Jūsu iestādes programmu sarakstā" in autosave.json()["error"]
    again = {**sent, "programmes": [str(own.reference)], "revision": hidden(page, "revision")}
    assert browser.post(address, again | {"pen": hidden(page, "pen"), "talak": "melnraksts"}).status_code == 302
    offer.refresh_from_db()
    assert offer.chosen == [str(own.reference)]


def test_a_file_sent_with_a_page_a_colleague_has_overtaken_is_kept(browser: Client, provider: User) -> None:
    """Words wait for the person's eye; a file takes nobody's words away."""
    WantedAttachmentFactory.create(place="programme", code="plans", name="Mācību plāns")
    draft = begun(browser)
    address = f"/provider/programmas/{draft.reference}"
    page = text(browser.get(address))
    sent = ready(revision=hidden(page, "revision"), pen=hidden(page, "pen"), name="Mans nosaukums")
    colleague = text(browser.get(address))
    theirs = ready(revision=hidden(colleague, "revision"), pen=hidden(colleague, "pen"), name="Cits")
    assert browser.post(address, theirs).status_code == 302
    overtaken = browser.post(address, sent | {"paper_plans": SimpleUploadedFile("plāns.pdf", signing.plain_pdf())})
    assert overtaken.status_code == 409
    assert Paper.objects.get().file.display_name == "plāns.pdf"
