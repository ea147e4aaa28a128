"""Who a vouched-for person is to the portal: found by any of their codes, never by name or e-mail (SSO-01, SSO-10)."""

from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Person, PersonalCode, User
from accounts.selectors import client_actor, owners_of
from accounts.sso import Identity, Refused
from stars.kernel import audit
from stars.kernel.actor import Actor


class SeveralPersons(Refused):
    """The codes belong to several people: the agency resolves it (SSO-10)."""

    def __init__(self) -> None:
        super().__init__("several_persons")


def user_of(identity: Identity) -> User:
    """The person's user, made at the first sign-in. In the caller's transaction; raises Refused."""
    owners = owners_of(list(identity.codes))
    if len(owners) > 1:
        raise SeveralPersons
    if not owners:
        return _first_sign_in(identity)
    person = Person.objects.select_for_update(no_key=True).get(pk=owners[0])
    _take_over_names(person, identity)
    _take_over_codes(person, identity)
    return _user_for(person)


def _user_for(person: Person) -> User:
    """Whether the terms let the user in (32) is asked when the session is to begin."""
    user, _ = User.objects.get_or_create(person=person, defaults={"password": "!"})
    user.person = person  # the one just read
    return user


def _first_sign_in(identity: Identity) -> User:
    """A person, their codes and their user. Two first sign-ins at once end as one person: the code is unique."""
    try:
        with transaction.atomic():
            person = Person.objects.create(first_name=identity.given_name, last_name=identity.surname)
            for place, digits in enumerate(identity.codes):
                PersonalCode.of(person, digits, is_current=place == 0).save(force_insert=True)
            user = User.objects.create(person=person, password="!")  # noqa: S106 - no password can match it
            audit.record(person, "create", by=client_actor(user), data={"by": "sso"})
            return user
    except IntegrityError:
        return _user_for(_sole_owner(identity))


def _sole_owner(identity: Identity) -> Person:
    owners: list[UUID] = owners_of(list(identity.codes))
    if len(owners) != 1:
        raise SeveralPersons
    return Person.objects.get(pk=owners[0])


def _take_over_names(person: Person, identity: Identity) -> None:
    """Names change; the state's word is the newest."""
    before = (person.first_name, person.last_name)
    after = (identity.given_name, identity.surname)
    if before == after:
        return
    person.first_name, person.last_name = after
    person.save(update_fields=["first_name", "last_name"])
    audit.record(person, "rename", by=Actor.system("sso"))


def _take_over_codes(person: Person, identity: Identity) -> None:
    """Every code the state names belongs to the person; the marked one is the current one, the others stay as history."""
    known = {code.clear: code for code in person.codes.select_for_update()}
    current = known.get(identity.codes[0])
    if current is not None and current.is_current and known.keys() >= set(identity.codes):
        return
    person.codes.filter(is_current=True).update(is_current=False)
    for digits in identity.codes:
        if digits not in known:
            PersonalCode.of(person, digits, is_current=digits == identity.codes[0]).save(force_insert=True)
    if current is not None:
        current.is_current = True
        current.save(update_fields=["is_current"])
    audit.record(person, "change_code", by=Actor.system("sso"))
