"""What people were told, for the agency's support: read-only, with one button for letters that could not be sent."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from stars.kernel.admin import ReadOnlyAdmin, Watched

from . import services
from .models import Delivery, Notice
from .states import DeliveryState


@admin.register(Notice)
class NoticeAdmin(Watched, ReadOnlyAdmin):
    """Titles and times only: what a notice says is between the person and us."""

    person = "recipient.person_id"
    fields = ("recipient", "key", "title", "created_at", "read_at")
    list_display = ("created_at", "recipient", "title", "read_at")
    list_select_related = ("recipient__person",)
    date_hierarchy = "created_at"
    search_fields = ("key",)


@admin.register(Delivery)
class DeliveryAdmin(Watched, ReadOnlyAdmin):
    """The outbox, never a letter's text: it may hold a link that only its reader may use (PWD-06)."""

    person = "recipient.person_id"
    fields = (
        *("recipient", "key", "subject", "state", "attempts", "due_at", "leased_until"),
        *("created_at", "sent_at", "last_error", "message_id"),
    )
    list_display = ("created_at", "recipient", "subject", "state", "attempts", "due_at", "sent_at", "last_error")
    list_select_related = ("recipient__person",)
    list_filter = ("state",)
    search_fields = ("key", "=message_id")
    actions = ("send_again",)

    @admin.action(description=_("Send again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        dead = queryset.filter(state=DeliveryState.DEAD).order_by("pk").values_list("pk", flat=True)
        actor = request.actor  # type: ignore[attr-defined]
        sent = sum(services.send_again(delivery_id=pk, by=actor) for pk in dead)
        words = ngettext("%(count)s e-mail will be sent again.", "%(count)s e-mails will be sent again.", sent)
        self.message_user(request, words % {"count": sent}, messages.SUCCESS)
