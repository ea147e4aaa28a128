"""Invitations by e-mail: into an institution, to the evaluation commission, to the agency."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.states import InvitationState

from .institutions import Institution, Membership
from .users import User


class InvitationKind(models.TextChoices):
    MEMBER = "member", _("member of an institution")
    COMMISSION = "commission", _("member of the commission")
    OFFICER = "officer", _("officer of the agency")


class Invitation(models.Model):
    """Somebody is asked by name and address to work here; whoever holds the address accepts, once."""

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("as what"), max_length=10, choices=InvitationKind)
    name = models.CharField(_("name and surname"), max_length=200, db_collation="lv")
    email = models.EmailField(_("e-mail address"))
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="invitations", verbose_name=_("institution")
    )
    role = models.CharField(_("role"), max_length=20, choices=Membership.MemberRole, blank=True)
    duties = models.JSONField(_("duties"), default=list, blank=True)
    rights_until = models.DateTimeField(_("rights in force until"), null=True, blank=True)  # half-open
    state = models.CharField(_("state"), max_length=9, choices=InvitationState, default=InvitationState.OPEN)
    invited_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )  # empty = a command of the operator
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    closed_at = models.DateTimeField(_("accepted or withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="member", institution__isnull=False) & ~Q(role="")
                | ~Q(kind="member") & Q(institution=None, role=""),
                name="accounts_invitation_of_a_member_names_the_institution",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | ~Q(state="open") & Q(closed_at__isnull=False),
                name="accounts_invitation_closed_iff_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(invited_by=None) | Q(kind="officer"), name="accounts_invitation_comes_from_somebody"
            ),
            models.UniqueConstraint(
                fields=["email", "kind", "institution"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="accounts_one_open_invitation_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} – {self.get_kind_display()}"
