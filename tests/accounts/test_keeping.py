"""Institutions and versions of the terms are the agency's to write, and nobody else's."""

import pytest

from accounts import services
from accounts.models import PolicyVersion
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from tests.factories.accounts import InstitutionFactory, PolicyVersionFactory

pytestmark = pytest.mark.django_db
AGENCY = Actor(role=Role.AGENCY, user_id=7, label="Ieva")
OTHERS = [
    Actor(),
    Actor(role=Role.CLIENT, user_id=5),
    Actor(role=Role.PROVIDER_ADMIN, user_id=5, institution_id=-1),
]


@pytest.mark.parametrize("actor", OTHERS)
def test_nobody_else_keeps_the_lists(actor: Actor) -> None:
    institution, policy = InstitutionFactory.create(), PolicyVersionFactory.create()
    with pytest.raises(NotPermitted):
        services.save_institution(institution=institution, changed=["name"], by=actor)
    with pytest.raises(NotPermitted):
        services.save_policy(policy=policy, changed=["body"], by=actor)
    with pytest.raises(NotPermitted):
        services.drop_policy(policy=policy, by=actor)
    assert PolicyVersion.objects.filter(pk=policy.pk).exists()


def test_aud_01_each_change_is_in_the_trail() -> None:
    institution, policy = InstitutionFactory.create(), PolicyVersionFactory.create()
    services.save_institution(institution=institution, changed=["phone", "is_active"], by=AGENCY)
    services.save_policy(policy=policy, changed=["body"], by=AGENCY)
    kept = AuditEntry.objects.filter(actor_label="Ieva").order_by("object_type")
    assert [(one.action, one.data) for one in kept] == [
        ("save", {"changed": ["is_active", "phone"]}),
        ("save", {"changed": ["body"]}),
    ]
