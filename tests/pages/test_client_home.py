"""Sākums: what is under way, what to do next, the money – and what it costs to show."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from funding import services as funding
from funding.models import FundingSource, LearningAccount
from stars.classifiers.models import Sector
from stars.kernel.actor import Actor
from tests.conftest import signed_in
from tests.factories.accounts import ClientFactory, PolicyVersionFactory, ProviderFactory, UserFactory
from tests.factories.applications import ApplicationFactory, DraftFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.notices import NoticeFactory

pytestmark = pytest.mark.django_db


def shown(user: User) -> str:
    response = signed_in(Client(), user).get("/profils")
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def test_without_applications_the_page_says_what_to_do(client: Client) -> None:
    html = shown(ClientFactory(person__first_name="Anna"))
    assert "Labdien, Anna. Izvēlieties, ko vēlaties apgūt." in html
    assert "Vēl nav aizpildīts neviens izglītības programmu pieteikums." in html
    assert "Skatīt programmas" in html
    assert "Kas jādara tālāk" not in html


def test_a_card_has_everything_of_the_manual() -> None:
    application = ApplicationFactory()
    html = shown(application.client.user)
    assert "Aktuālie pieteikumi izglītības programmām" in html
    for words in (
        application.programme.name,
        application.group.venue.address.partition("LV-")[0],  # the postal code stands in a piece of its own
        f"Nr. {application.number}",
        "IMK",
        f"{timezone.localtime(application.submitted_at):%d.%m.%Y %H:%M}",
    ):
        assert words in html
    assert f'href="/profils/pieteikumi/{application.reference}/atteikties"' in html
    assert "Jums ir 1 aktuāls pieteikums." in html


def test_after_the_round_there_is_a_reason_and_no_button() -> None:
    application = ApplicationFactory(round=RoundFactory(over=True))
    html = shown(application.client.user)
    assert "/atteikties" not in html
    assert "Pieteikšanās ir beigusies. Lai atteiktos, rakstiet: stars@viaa.gov.lv." in html


def test_closed_applications_are_history_and_others_applications_are_nobodys_business() -> None:
    mine = ClientFactory()
    ApplicationFactory(client=mine.person, withdrawn=True)
    ApplicationFactory()
    assert "Vēl nav aizpildīts neviens izglītības programmu pieteikums." in shown(mine)


def test_a_draft_says_that_it_is_not_submitted() -> None:
    draft = DraftFactory()
    html = shown(draft.client.user)
    assert "Nav iesniegts." in html
    assert "Turpināt pieteikumu" in html
    assert f"/pieteikums/jauns/{draft.programme.number}/imk" in html
    assert "Jums ir 1 uzdevums." in html


def test_an_address_not_confirmed_is_a_thing_to_do() -> None:
    html = shown(ClientFactory(profile__email_confirmed_at=None, profile__email="anna@example.lv"))
    assert "Apstipriniet e-pasta adresi" in html
    assert "anna@example.lv" in html
    assert "Nosūtīt saiti vēlreiz" in html


def test_one_gold_button_a_page() -> None:
    draft = DraftFactory()
    DraftFactory(client=draft.client, programme=ProgrammeFactory(), source=FundingSource.objects.get(code="mn"))
    assert shown(draft.client.user).count("btn-key") == 1
    assert shown(ClientFactory()).count("btn-key") == 1


def decided(person: Any, *, approve: bool) -> None:
    account, system = LearningAccount.objects.get(person=person), Actor.system("test")
    if approve:
        funding.approve_account(account_id=account.pk, by=system)
    else:
        funding.refuse_account(account_id=account.pk, reason="Mācības jau turpināt.", by=system)


def test_money_tile_while_the_account_is_checked() -> None:
    html = shown(ClientFactory())
    assert "Tiek pārbaudīts" in html
    assert "€" not in html


def test_money_tile_once_approved() -> None:
    FundingSource.objects.filter(code="imk").update(grant_valid_to=timezone.localdate() + timedelta(days=30))
    client = ClientFactory()
    decided(client.person, approve=True)
    html = shown(client)
    assert "500,00\u00a0€" in html
    assert f"pieejams līdz {timezone.localdate() + timedelta(days=30):%d.%m.%Y}." in html


def test_money_tile_when_there_is_nothing_to_grant_any_more() -> None:
    FundingSource.objects.filter(code="imk").update(grant_valid_to=date(2020, 1, 1))
    client = ClientFactory()
    decided(client.person, approve=True)
    html = shown(client)
    assert "bija pieejams līdz 01.01.2020." in html or "Šobrīd finansējums nav piešķirts." in html


def test_money_tile_when_refused_gives_the_reason() -> None:
    client = ClientFactory()
    decided(client.person, approve=False)
    html = shown(client)
    assert "Nav apstiprināts" in html
    assert "Mācības jau turpināt." in html


def test_latest_notices_are_mine_and_the_newest() -> None:
    client = ClientFactory()
    NoticeFactory(title="Sveša ziņa")
    for number in range(4):
        moment = timezone.now() + timedelta(minutes=number)
        NoticeFactory(recipient=client, title=f"Ziņa {number}", created_at=moment, path=f"/profils/vesture?{number}")
    html = shown(client)
    assert [f"Ziņa {number}" in html for number in range(4)] == [False, True, True, True]
    assert 'href="/profils/vesture?3"' in html
    assert "Sveša ziņa" not in html


def test_suggestions_are_programmes_one_can_apply_for_now() -> None:
    client = ClientFactory()
    sector = client.person.profile.sectors.get()
    for code in ("imk", "mn", "varam"):
        RoundFactory(source=FundingSource.objects.get(code=code))
    fitting = ProgrammeFactory(sector=sector, name="Derīgā programma")
    ProgrammeFactory(sector=Sector.objects.exclude(pk=sector.pk).filter(excludes_others=False)[0], name="Cita nozare")
    ProgrammeFactory(sector=sector, name="Bez grupas", group=False)
    ProgrammeFactory(sector=sector, name="Ar testu", offer__source=FundingSource.objects.get(code="varam"))
    html = shown(client)
    assert "Jums piemērotās programmas" in html
    assert f'href="/programma/{fitting.number}"' in html
    assert not [name for name in ("Cita nozare", "Bez grupas", "Ar testu") if name in html]

    ApplicationFactory(client=client.person)  # the source is taken: one programme at a time
    assert "Derīgā programma" not in shown(client)


def test_no_suggestions_while_no_round_is_open() -> None:
    client = ClientFactory()
    ProgrammeFactory(sector=client.person.profile.sectors.get())
    RoundFactory(to_come=True)
    assert "Jums piemērotās programmas" not in shown(client)


def test_who_may_see_it() -> None:
    assert Client().get("/profils")["Location"].startswith("/pieslegties?next=")
    assert signed_in(Client(), ProviderFactory()).get("/profils").status_code == 403
    PolicyVersionFactory()
    assert signed_in(Client(), UserFactory()).get("/profils")["Location"] == "/piekrisana"
    assert signed_in(Client(), ClientFactory(profile=False)).get("/profils")["Location"] == "/registreties"


def test_home_costs_the_same_with_one_row_and_with_three() -> None:
    counts = []
    codes = ("imk", "mn", "varam")
    for rows in (1, 3):
        client = ClientFactory()
        decided(client.person, approve=True)
        for code in codes[:rows]:
            source = FundingSource.objects.get(code=code)
            ApplicationFactory(client=client.person, source=source)
            DraftFactory(client=client.person, source=source, programme=ProgrammeFactory())
        NoticeFactory.create_batch(rows, recipient=client)
        browser = signed_in(Client(), client)
        browser.get("/profils")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/profils")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 12, [query["sql"][:120] for query in asked.captured_queries]


def test_no_programmes_of_imk_are_suggested_after_imk_was_refused() -> None:
    client = ClientFactory()
    RoundFactory(source=FundingSource.objects.get(code="imk"))
    ProgrammeFactory(sector=client.person.profile.sectors.get(), name="Derīgā programma")
    assert "Derīgā programma" in shown(client)
    decided(client.person, approve=False)
    html = shown(client)
    assert "Mācības jau turpināt." in html
    assert "Derīgā programma" not in html
