"""A death in the register: the way in is closed, and the apps above close what hangs on it (terms 32.8, F24)."""

import logging
from datetime import date

from accounts.models import Person, RegistryQuestion, User
from accounts.signals import person_died
from accounts.states import QuestionState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.notices import services as notices

logger = logging.getLogger(__name__)
REASON = "32.8"


def note_death(person: Person, *, died_on: date, by: Actor) -> bool:
    """Closes the way in and stops mail; nobody is written to, relatives least of all. Doing it twice changes nothing.

    The caller holds the person's lock. Live applications are closed one by one after the commit, by the apps above.
    """
    user = User.objects.select_for_update(of=("self",), no_key=True).filter(person=person, is_active=True).first()
    if user is None:
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record(user, "deny_access", by=by, data={"reason": REASON, "died_on": died_on.isoformat()})
    notices.hold_mail(recipient_id=user.pk)
    RegistryQuestion.objects.filter(person=person, state=QuestionState.DUE).update(
        state=QuestionState.DROPPED, leased_until=None
    )
    person_died.send(sender=Person, person_id=person.pk, by=by)
    logger.warning("access_denied user=%s reason=%s", user.pk, REASON)
    return True
