"""What the commission, the agency and institutions are told while offers are evaluated and once they are decided."""

from django.urls import reverse
from django.utils.translation import gettext as _

from calls import selectors
from calls.models import Offer, OfferedProgramme, ScoreSheet
from calls.results import Result
from calls.selectors import Short
from calls.states import OfferState
from stars.notices.services import notify


def another_member_needed(offer: Offer) -> None:
    """Too few members without a conflict: the agency names another one."""
    for officer in selectors.evaluators():
        notify(
            recipient=officer,
            key=f"offer:{offer.pk}:another-member",
            title=_("Offer No. %(number)s needs another member of the commission") % {"number": offer.number},
            body=_(
                "So many members have a conflict of interest that fewer than %(needed)s are left. Name another member."
            )
            % {"needed": offer.call.scores_needed},
            path=reverse("admin:calls_call_change", args=(offer.call_id,)),
        )


def member_gone(short: Short) -> None:
    """A right has ended in the middle of the evaluation: what is given stays, and somebody must give the rest."""
    key = f"offer:{short.offer.pk}:short:{short.needed - short.given}:{'-'.join(str(one.pk) for one in short.able)}"
    for officer in selectors.evaluators():
        notify(
            recipient=officer,
            key=key[:150],
            title=_("Offer No. %(number)s needs another member of the commission") % {"number": short.offer.number},
            body=_(
                "May no longer evaluate: %(gone)s. Scores that are given stay, but %(missing)s more cannot be given by "
                "the members who are left. Name another member on the page of the call, or approve the right again."
            )
            % {"gone": ", ".join(short.gone), "missing": short.missing},
            path=reverse("admin:calls_call_change", args=(short.offer.call_id,)),
        )


def far_apart(programme: OfferedProgramme, result: Result) -> None:
    """Both have given their scores, so both may know (X77)."""
    title = _("Scores are far apart: %(name)s") % {"name": programme.name}
    body = _(
        "They differ by %(spread)s points, more than the %(tolerance)s this call allows. An agreed score is needed."
    )
    words = {"spread": result.spread, "tolerance": result.tolerance}
    key = f"programme:{programme.pk}:far-apart"
    for sheet in ScoreSheet.objects.filter(programme=programme, given_at__isnull=False).select_related("seat__user"):
        notify(
            recipient=sheet.seat.user,
            key=key,
            title=title,
            body=body % words,
            path=reverse("calls:score", args=(programme.pk,)),
        )
    for officer in selectors.evaluators():
        path = reverse("admin:calls_offeredprogramme_change", args=(programme.pk,))
        notify(recipient=officer, key=key, title=title, body=body % words, path=path, mail=False)


def decided(offer: Offer) -> None:
    """The institution hears what became of each programme, with the reasons; the letter stands beside (screens.md 13)."""
    rows = OfferedProgramme.objects.filter(version__offer=offer, version__withdrawn_at=None).order_by("position")
    lines = [
        f"{one.name}: {one.get_state_display()}"
        + (f". {one.reason}" if one.reason and one.state == OfferState.REJECTED else "")
        for one in rows.defer("version__content")
    ]
    for member in selectors.members_of(offer.institution_id):
        notify(
            recipient=member,
            key=f"offer:{offer.pk}:decided",
            title=_("Offer No. %(number)s is decided") % {"number": offer.number},
            body="\n".join([*lines, "", _("The decision letter stands in the portal beside the offer.")]),
            path=reverse("calls:offer", args=(offer.reference,)),
        )


def published(programme: OfferedProgramme, *, number: int) -> None:
    offer = programme.version.offer
    for member in selectors.members_of(offer.institution_id):
        notify(
            recipient=member,
            key=f"offered:{programme.pk}:published",
            title=_("The programme “%(name)s” is in the catalogue") % {"name": programme.name},
            body=_("Learners find it now. Form its course groups so that they can apply."),
            path=reverse("pages:programme", args=(number,)),
        )
