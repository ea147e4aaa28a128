"""Nobody's data go unawares: a notice and an e-mail a month before an account that nobody uses is erased (GDP-02)."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.templatetags.stars import day
from stars.notices.services import notify
from stars.pages import retention
from stars.pages.models import RetentionTerm

AT_ONCE = 500


@transaction.atomic
def warn_of_erasure(*, by: Actor) -> int:
    """Tells those whose ten years end within a month; gives how many were told now. A second run tells nobody again.

    Who comes back and stays away once more is told once more. The job that erases waits until a month after the notice.
    """
    require(by.is_system)
    now = timezone.now()
    term = RetentionTerm.objects.get(subject=retention.Subject.PEOPLE)
    told = 0
    for person in retention.people_to_warn(term.days, now)[:AT_ONCE]:
        last_day = max(person.seen + timedelta(days=term.days), now + retention.WARNED_BEFORE)
        notify(
            recipient=person.user,
            key=f"{retention.WARNING}:{now:%Y%m%d}",
            title=_("Your data will be erased after %(day)s") % {"day": day(timezone.localdate(last_day))},
            body="\n".join(
                [
                    _("You were last here on %(day)s.") % {"day": day(timezone.localdate(person.seen))},
                    _("To keep your data, sign in before that day. Nothing else is needed."),
                    _("If you do nothing, your data are erased. Before that you can download them in “My data”."),
                ]
            ),
            path=reverse("pages:my_data"),
        )
        told += 1
    return told
