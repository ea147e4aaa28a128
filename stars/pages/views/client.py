"""Sākums: what a client has under way, what to do next, and the money."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.gates import for_clients_home
from accounts.models import Person
from applications.selectors import current_applications, drafts_of
from funding.selectors import balances_of
from stars.kernel.actor import Actor
from stars.notices.models import Notice
from stars.pages.selectors import suggestions

NOTICES_ON_HOME = 3
SUGGESTIONS = 2


@for_clients_home
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    own: Person | None = request.user.person  # type: ignore[union-attr]
    is_own = own is not None and own.pk == actor.person_id
    person = own if own and is_own else Person.objects.select_related("profile").get(pk=actor.person_id or "")
    now = timezone.now()
    profile = person.profile
    applications, drafts = current_applications(person.pk, now), drafts_of(person.pk)
    balances = balances_of(person.pk)
    number_of_tasks = len(drafts) + (profile.email_confirmed_at is None)
    context = {
        "person": person,
        "profile": profile,
        "applications": applications,
        "drafts": drafts,
        "number_of_tasks": number_of_tasks,
        "summary": _summary(len(applications), number_of_tasks),
        "balance": next(iter(balances.values()), None),
        "suggestions": suggestions(
            profile,
            without={card.source_code for card in applications} | {draft.source_code for draft in drafts},
            balances=balances,
            moment=now,
            number=SUGGESTIONS,
        ),
        "today": timezone.localdate(now),
        "latest": [] if actor.acting_for_id else Notice.objects.visible_to(actor)[:NOTICES_ON_HOME],
    }
    return render(request, "pages/client_home.html", context)


def _summary(applications: int, tasks: int) -> str:
    """What waits, in one sentence under the heading."""
    sent = ngettext("%(number)s current application", "%(number)s current applications", applications)
    to_do = ngettext("%(number)s thing to do", "%(number)s things to do", tasks)
    counted = [text % {"number": number} for text, number in ((sent, applications), (to_do, tasks)) if number]
    if not counted:
        return _("Choose what you would like to learn.")
    return _("You have %(what)s.") % {"what": _(" and ").join(counted)}
