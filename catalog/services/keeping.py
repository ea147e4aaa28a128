"""What a client puts aside: programmes to come back to, and searches that tell of new ones."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from catalog import policies, selectors
from catalog.errors import TooManyKept
from catalog.models import Programme, SavedProgramme, SavedSearch
from catalog.selectors import CatalogueQuery
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.notices.services import notify

MOST_PROGRAMMES, MOST_SEARCHES = 100, 20
AT_ONCE = 500
NAMED = 5  # programmes in a letter


@transaction.atomic
def keep_programme(*, number: int, by: Actor) -> Programme:
    """Put a published programme aside. Doing it twice changes nothing."""
    person_id = _keeper(by)
    programme = Programme.objects.published().get(number=number)
    kept = SavedProgramme.objects.filter(person_id=person_id)
    if not kept.filter(programme=programme).exists() and kept.count() >= MOST_PROGRAMMES:
        raise TooManyKept(MOST_PROGRAMMES)
    SavedProgramme.objects.bulk_create(
        [SavedProgramme(person_id=person_id, programme=programme)], ignore_conflicts=True
    )
    return programme


@transaction.atomic
def drop_programme(*, number: int, by: Actor) -> None:
    """No longer put aside; one that has left the catalogue can be dropped too. Doing it twice changes nothing."""
    person_id = _keeper(by)
    SavedProgramme.objects.filter(person_id=person_id, programme__number=number).delete()


@transaction.atomic
def keep_search(*, name: str, query: CatalogueQuery, notifies: bool, by: Actor) -> SavedSearch:
    """Put a state of the catalogue aside; the same one again only gets the new name and choice."""
    person_id = _keeper(by)
    kept = SavedSearch.objects.filter(person_id=person_id)
    asked: dict[str, Any] = {"words": query.words, "chosen": [[facet, list(values)] for facet, values in query.chosen]}
    if not kept.filter(**asked).exists() and kept.count() >= MOST_SEARCHES:
        raise TooManyKept(MOST_SEARCHES)
    search, _is_new = SavedSearch.objects.update_or_create(
        person_id=person_id, **asked, defaults={"name": name, "notifies": notifies, "told_until": timezone.now()}
    )
    return search


@transaction.atomic
def switch_telling(*, reference: UUID, notifies: bool, by: Actor) -> None:
    """Begin or stop telling of new programmes; what was published meanwhile is not told of afterwards."""
    person_id = _keeper(by)
    SavedSearch.objects.filter(reference=reference, person_id=person_id).update(
        notifies=notifies, told_until=timezone.now()
    )


@transaction.atomic
def drop_search(*, reference: UUID, by: Actor) -> None:
    """Doing it twice changes nothing."""
    person_id = _keeper(by)
    SavedSearch.objects.filter(reference=reference, person_id=person_id).delete()


def tell_of_new_programmes(*, by: Actor, now: datetime | None = None) -> int:
    """Tells those who asked for it of what was published since; returns how many were told. A second run does nothing."""
    require(by.is_system)
    moment = now or timezone.now()
    due = SavedSearch.objects.filter(notifies=True, told_until__lt=moment).order_by("told_until", "pk")
    return sum(_tell(pk, moment) for pk in due.values_list("pk", flat=True)[:AT_ONCE])


def _keeper(by: Actor) -> UUID:
    """Whose list it is; raises NotPermitted for everybody who has none."""
    require(policies.may_keep(by))
    assert by.person_id is not None
    return by.person_id


@transaction.atomic
def _tell(search_id: int, now: datetime) -> bool:
    search = SavedSearch.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=search_id).first()
    if search is None or not search.notifies or search.told_until >= now:
        return False
    since, search.told_until = search.told_until, now
    search.save(update_fields=["told_until"])
    ids = selectors.matching(selectors.query_of(search), moment=now)
    new = Programme.objects.filter(pk__in=ids, published_at__gt=since, published_at__lte=now).order_by("name", "pk")
    names = list(new.values_list("name", flat=True))
    user = User.objects.filter(person_id=search.person_id, is_active=True).first() if names else None
    if user is None:
        return False
    _notify(user, search, names, since)
    return True


def _notify(user: User, search: SavedSearch, names: list[str], since: datetime) -> None:
    title = ngettext(
        "%(count)s new programme for the search “%(name)s”",
        "%(count)s new programmes for the search “%(name)s”",
        len(names),
    ) % {"count": len(names), "name": search.name}
    listed = names[:NAMED] + ([_("and others")] if len(names) > NAMED else [])
    notify(
        recipient=user,
        key=f"saved_search:{search.pk}:{since.isoformat()}",
        title=title,
        body="\n".join(
            [
                *listed,
                _("If you no longer want such news, stop it on the page of saved programmes."),
            ]
        ),
        path=reverse("catalog:saved"),
    )
