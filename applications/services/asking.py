"""Which questions a source asks: the agency's data, with a trail of who changed them."""

from django.db import transaction

from applications.models import FormRule
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require


@transaction.atomic
def save_question(*, rule: FormRule, by: Actor) -> FormRule:
    """Adds or changes one question of one source; drafts under way are checked against it when they are sent."""
    require(by.is_agency or by.is_system)
    rule.save()
    audit.record(
        rule, "save", by=by, data={"question": rule.question, "is_required": rule.is_required, "label": rule.label}
    )
    return rule


@transaction.atomic
def drop_question(*, rule_id: int, by: Actor) -> None:
    """The source no longer asks it; answers already sent stay."""
    require(by.is_agency or by.is_system)
    rule = FormRule.objects.get(pk=rule_id)
    audit.record(rule, "drop", by=by, data={"question": rule.question, "source": rule.source.code})
    rule.delete()
