"""What a death closes besides the way in: mail, open questions, and what hangs on it in the apps above (terms 32.8, F24)."""

from accounts.models import Person, RegistryQuestion, User
from accounts.signals import person_died
from accounts.states import QuestionState
from stars.kernel.actor import Actor
from stars.notices import services as notices


def close_after_death(user: User, *, by: Actor) -> None:
    """Nobody is written to, relatives least of all. The caller has closed the way in.

    Live applications are closed one by one after the commit, by the apps above.
    """
    user.is_active = False
    user.save(update_fields=["is_active"])
    notices.hold_mail(recipient_id=user.pk)
    if user.person_id is None:
        return
    RegistryQuestion.objects.filter(person_id=user.person_id, state=QuestionState.DUE).update(
        state=QuestionState.DROPPED, leased_until=None
    )
    person_died.send(sender=Person, person_id=user.person_id, by=by)
