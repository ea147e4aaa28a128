"""Who may do what to an application; when is in states.LIFECYCLE. Asked by pages, enforced by services."""

from collections.abc import Callable, Mapping

from accounts.models import Scope
from accounts.policies import is_tied
from stars.kernel.actor import Actor

from .models import Application
from .states import LIFECYCLE, Action

Rule = Callable[[Actor, Application], bool]


def may_apply(actor: Actor) -> bool:
    """Keep drafts and send them: clients, and coordinators whose mandate covers applications."""
    return actor.is_client and actor.acts_within(Scope.APPLICATIONS)


def client(actor: Actor, application: Application) -> bool:
    return may_apply(actor) and application.client_id == actor.person_id


def institution(actor: Actor, application: Application) -> bool:
    """An employee of the institution whose programme it is."""
    return actor.is_provider and application.programme.institution_id == actor.institution_id


def agency(actor: Actor, application: Application) -> bool:
    """An officer, never in their own matter or a declared relative's (ACC-08)."""
    return actor.is_agency and not is_tied(actor, application.client_id)


def job(actor: Actor, application: Application) -> bool:
    """A named job: the refused account or the cancelled group closes what hangs on it; demo data."""
    return actor.is_system


WHO: Mapping[Action, tuple[Rule, ...]] = {
    Action.ADMIT: (institution, agency, job),
    Action.REJECT: (institution, agency, job),
    Action.WITHDRAW: (client, agency, job),
    Action.DECLARE_INELIGIBLE: (agency, job),
    Action.LOSE_GROUP: (job,),
    Action.COMPLETE: (institution, agency, job),
    Action.EXPEL: (institution, agency, job),
}


def may(actor: Actor, action: Action, application: Application) -> bool:
    return any(rule(actor, application) for rule in WHO[action])


def open_actions(actor: Actor, application: Application) -> list[Action]:
    """The buttons of the page: permitted to this actor and possible in this state."""
    return [
        action for action in Action if LIFECYCLE.allows(action, application.state) and may(actor, action, application)
    ]
