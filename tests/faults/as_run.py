"""`python -m tests.faults.as_run`: the main journey under whatever role DATABASE_URL names; what happened, as JSON."""

import json
from typing import Any

import django

django.setup()

from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from applications import questions  # noqa: E402
from applications.models import Application, Draft  # noqa: E402
from catalog.models import ProgrammeOffer  # noqa: E402
from stars.kernel import jobs, keys  # noqa: E402
from stars.kernel.models import AccessEntry, AuditEntry  # noqa: E402
from stars.pages import invariants  # noqa: E402
from tests.factories.accounts import ClientFactory, ProviderFactory  # noqa: E402
from tests.factories.applications import DraftFactory  # noqa: E402
from tests.factories.catalog import ProgrammeFactory, RoundFactory  # noqa: E402
from tests.factories.funding import approved_account, imk  # noqa: E402


def signed_in(user: Any) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def send(browser: Client, draft: Draft) -> int:
    price = ProgrammeOffer.objects.get(programme=draft.programme, source=draft.source).price_cents
    mark = questions.fingerprint(draft.programme_id, draft.source_id, price, draft.answers)
    return browser.post(f"/pieteikums/{draft.reference}/parbaudit", {"fingerprint": mark}).status_code


def main() -> dict[str, Any]:
    keys.refuse_wrong_keys()
    RoundFactory.create(source=imk())
    programme = ProgrammeFactory.create()
    user = ClientFactory.create()
    approved_account(user.person)
    person = signed_in(user)
    employee = signed_in(ProviderFactory.create(membership__institution=programme.institution))
    first = DraftFactory.create(client=user.person, source=imk(), programme=programme)
    statuses = {"receipt": send(person, first)}
    statuses["withdraw"] = person.post(f"/profils/pieteikumi/{first.reference}/atteikties", {"reason": "x"}).status_code
    second = DraftFactory.create(client=user.person, source=imk(), programme=programme)
    statuses["again"] = send(person, second)
    reference = Application.objects.live().get().reference
    statuses["admit"] = employee.post(f"/provider/pieteikumi/{reference}/uznemt").status_code
    statuses["look"] = employee.get(f"/provider/pieteikumi/{reference}").status_code
    jobs.note_done("test.job")
    with invariants.snapshot():
        found = invariants.check()
    return {
        "statuses": statuses,
        "checks": json.loads(Client().get("/readyz").content)["checks"],
        "entries": AuditEntry.objects.count(),
        "looks": AccessEntry.objects.count(),
        "breaches": [breach.as_json() for breach in found],
        "at": timezone.now().isoformat(),
    }


if __name__ == "__main__":
    print(json.dumps(main()))  # noqa: T201
