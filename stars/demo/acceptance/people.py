"""Clients: codes sealed, policies accepted, learning accounts in every state, the grant posted where approved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from accounts.models import ClientProfile, Person, PersonalCode, User
from accounts.selectors import KnownFact
from accounts.states import FactKind
from funding.models import (
    Allotment,
    Bucket,
    Grant,
    LearningAccount,
    LedgerEntry,
    LedgerTransaction,
    Movement,
    Reservation,
)
from funding.services.ledger import LEGS
from funding.states import AccountState
from stars.classifiers.models import EconomicStatus, EducationLevel, PlanningRegion
from stars.kernel.actor import Actor, Role
from stars.kernel.secrets import blind_index, encrypt

from .house import BUILT, House, agree
from .registers import Registers
from .rows import Dice, write
from .trail import Trail

WOMEN = ["Anna", "Ilze", "Kristīne", "Līga", "Dace", "Inese", "Sanita", "Zane"]
MEN = ["Jānis", "Andris", "Juris", "Mārtiņš", "Pēteris", "Kaspars", "Edgars", "Ģirts"]
SURNAMES = ["Akcepts", "Pārbaude", "Mēģinājums", "Piemērs", "Izmēģis", "Ņemmērs", "Šķirkls", "Žagats"]
REGISTERED = BUILT
APPROVED = BUILT + timedelta(days=2)
REFUSAL = "Jūs neizvēlējāties, kā izmantot iepriekš piešķirto finansējumu."


@dataclass
class Client:
    """One client and what belongs to them."""

    key: str
    person: Person
    user: User
    code: str
    account: LearningAccount
    grant: Grant | None = None
    facts: dict[str, KnownFact] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return Actor(role=Role.CLIENT, user_id=self.user.pk, person_id=self.person.pk, label=self.person.full_name)


class People:
    """Makes clients one after another and writes them all at the end."""

    def __init__(self, dice: Dice, house: House, trail: Trail) -> None:
        self._dice, self._house, self._trail = dice, house, trail
        self.clients: list[Client] = []
        self._ledger = Ledger(dice)
        self.registers = Registers(dice, house, trail)
        self._statuses = list(EconomicStatus.objects.order_by("position"))
        self._levels = list(EducationLevel.objects.order_by("position"))
        self._region = PlanningRegion.objects.order_by("position")[0]
        self._officer = next(user for user in house.staff.values() if user.is_staff and not user.is_superuser)

    @property
    def ledger(self) -> "Ledger":
        return self._ledger

    def add(self, key: str, state: AccountState = AccountState.APPROVED) -> Client:
        dice, number = self._dice, len(self.clients) + 1
        is_woman = dice.chance.random() < 0.6
        person = Person(
            id=dice.uuid(),
            first_name=dice.pick(WOMEN if is_woman else MEN),
            last_name=f"{dice.pick(SURNAMES)} {number}",
            gender="f" if is_woman else "m",
            created_at=REGISTERED,
        )
        user = User(id=dice.id(User), reference=dice.uuid(), person=person, password="!", created_at=REGISTERED)  # noqa: S106 - no password can match it
        account = LearningAccount(
            id=dice.id(LearningAccount),
            person=person,
            state=state,
            opened_at=REGISTERED,
            decided_at=None if state == AccountState.PENDING else APPROVED,
            refusal_reason=REFUSAL if state == AccountState.REFUSED else "",
        )
        client = Client(key, person, user, code_of(number), account)
        born = date(1960 + number % 45, 1 + number % 12, 1 + number % 28)
        education = self._levels[number % len(self._levels)].code
        client.facts = self.registers.add(key, person, client.actor, born=born.isoformat(), education=education)
        fact = client.facts.get(FactKind.BIRTH_DATE)
        person.birth_date = born if fact is not None and fact.is_known else None
        self.clients.append(client)
        self._trail.add(person, "register", REGISTERED, client.actor)
        self._trail.add(account, "open", REGISTERED, client.actor, "", AccountState.PENDING)
        self._decide(client)
        return client

    def _decide(self, client: Client) -> None:
        account = client.account
        officer = Actor(role=Role.AGENCY, user_id=self._officer.pk, label=self._officer.name)
        self.registers.check(account, client.facts, APPROVED, officer)
        if account.state == AccountState.PENDING:
            return
        action = "approve" if account.state == AccountState.APPROVED else "refuse"
        self._trail.add(account, action, APPROVED, officer, AccountState.PENDING, account.state)
        if account.state == AccountState.APPROVED:
            client.grant = self._ledger.grant(account, self.registers.allotment, APPROVED)

    def write(self) -> None:
        clients = self.clients
        write(Person, (one.person for one in clients))
        write(PersonalCode, (self._sealed(one) for one in clients))
        write(User, (one.user for one in clients))
        write(ClientProfile, (self._profile(one, number) for number, one in enumerate(clients, 1)))
        write(LearningAccount, (one.account for one in clients))
        self.registers.write()
        self._ledger.write()
        agree([one.user for one in clients], self._dice)

    def _sealed(self, client: Client) -> PersonalCode:
        code = PersonalCode(id=self._dice.uuid(), person=client.person, since=REGISTERED)
        code.sealed = encrypt(client.code, bound_to=code._binding)
        code.digest = blind_index(client.code)
        return code

    def _profile(self, client: Client, number: int) -> ClientProfile:
        return ClientProfile(
            person=client.person,
            email=mail_of(number),
            email_confirmed_at=REGISTERED,
            phone="+371 20000000",
            economic_status=self._statuses[0],
            education=self._levels[number % len(self._levels)],
            region=self._region,
            profession="Grāmatvedis",
            registered_at=REGISTERED,
        )


class Ledger:
    """Grants, reservations and the double entries that belong to them."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self.grants: list[Grant] = []
        self.reservations: list[Reservation] = []
        self._moves: list[LedgerTransaction] = []
        self._entries: list[LedgerEntry] = []

    def grant(self, account: LearningAccount, allotment: Allotment, at: datetime) -> Grant:
        source = allotment.source
        assert source.grant_cents is not None
        assert source.grant_valid_to is not None
        made = Grant(
            id=self._dice.id(Grant),
            account=account,
            source=source,
            allotment=allotment,
            amount_cents=source.grant_cents,
            valid_to=source.grant_valid_to,
            granted_at=at,
        )
        self.grants.append(made)
        self._post(made, Movement.GRANT, made.amount_cents, at)
        return made

    def reserve(
        self, grant: Grant, purpose: UUID, name: str, cents: int, at: datetime, end: tuple[str, datetime, bool] | None
    ) -> None:
        """Held, and where the application has ended also captured or released; last, whether learning was broken off."""
        state, closed_at, was_broken_off = end or ("open", None, False)
        held = Reservation(
            id=self._dice.id(Reservation),
            grant=grant,
            purpose=purpose,
            programme_name=name,
            amount_cents=cents,
            state=state,
            was_broken_off=was_broken_off,
            reserved_at=at,
            closed_at=closed_at,
        )
        self.reservations.append(held)
        self._post(grant, Movement.RESERVE, cents, at, held)
        if closed_at:
            self._post(grant, Movement.SPEND if state == "captured" else Movement.RELEASE, cents, closed_at, held)

    def _post(
        self, grant: Grant, movement: Movement, cents: int, at: datetime, reservation: Reservation | None = None
    ) -> None:
        moved = LedgerTransaction(id=self._dice.uuid(), grant=grant, movement=movement, reservation=reservation, at=at)
        self._moves.append(moved)
        self._entries += self._legs(moved, LEGS[movement], cents)

    def _legs(self, moved: LedgerTransaction, legs: tuple[Bucket, Bucket], cents: int) -> Iterator[LedgerEntry]:
        for bucket, amount in zip(legs, (-cents, cents), strict=True):
            yield LedgerEntry(id=self._dice.id(LedgerEntry), transaction=moved, bucket=bucket, amount_cents=amount)

    def write(self) -> None:
        write(Grant, self.grants)
        write(Reservation, self.reservations)
        write(LedgerTransaction, self._moves)
        write(LedgerEntry, self._entries)


def code_of(number: int) -> str:
    """An invented personal code of the new form, 11 digits."""
    return f"320000{number:05d}"


def written(code: str) -> str:
    """As the sign-on and people write it."""
    return f"{code[:6]}-{code[6:]}"


def mail_of(number: int) -> str:
    return f"klients{number}@akcepts.example"
