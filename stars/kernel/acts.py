"""What was done, in the officer's words: the trail keeps codes, and people read none (design.md 7)."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import models
from django.utils.translation import pgettext_lazy

# Actions without a table of states of their own. The words of the others stand beside their states, in the app's `states`.
ACTIONS = {
    "accept_policies": pgettext_lazy("trail", "Accept the terms"),
    "add_file": pgettext_lazy("trail", "Add a file"),
    "apply": pgettext_lazy("trail", "Delete what is past its time"),
    "approve": pgettext_lazy("trail", "Approve"),
    "ask": pgettext_lazy("trail", "Ask for it"),
    "ask_address": pgettext_lazy("trail", "Ask for another address"),
    "ask_again": pgettext_lazy("trail", "Ask the register again"),
    "ask_password": pgettext_lazy("trail", "Ask for a new password"),
    "begin": pgettext_lazy("trail", "Begin"),
    "begin_acting": pgettext_lazy("trail", "Begin to act for a client"),
    "change_address": pgettext_lazy("trail", "Change the address"),
    "change_code": pgettext_lazy("trail", "Change the personal code"),
    "change_password": pgettext_lazy("trail", "Change the password"),
    "change_role": pgettext_lazy("trail", "Change the role"),
    "check_address": pgettext_lazy("trail", "Check the address in the register"),
    "choose_password": pgettext_lazy("trail", "Choose a password"),
    "confirm": pgettext_lazy("trail", "Confirm"),
    "confirm_email": pgettext_lazy("trail", "Confirm the e-mail"),
    "create": pgettext_lazy("trail", "Create"),
    "declare": pgettext_lazy("trail", "Declare"),
    "deny": pgettext_lazy("trail", "Deny access"),
    "discard": pgettext_lazy("trail", "Discard"),
    "drop": pgettext_lazy("trail", "Delete"),
    "end_cooperation": pgettext_lazy("trail", "End the co-operation"),
    "end_session": pgettext_lazy("trail", "End a session"),
    "end_sessions": pgettext_lazy("trail", "End sessions"),
    "erase": pgettext_lazy("trail", "Erase a person"),
    "expire": pgettext_lazy("trail", "End: the term is over"),
    "export": pgettext_lazy("trail", "Make a file of own data"),
    "find_client": pgettext_lazy("trail", "Look for a client by the code"),
    "forget": pgettext_lazy("trail", "Erase a name"),
    "freeze_share": pgettext_lazy("trail", "Fix the own share"),
    "invite": pgettext_lazy("trail", "Invite"),
    "join": pgettext_lazy("trail", "Begin to work in the institution"),
    "lapse": pgettext_lazy("trail", "End without a decision"),
    "lift_denial": pgettext_lazy("trail", "Lift a denial of access"),
    "lose_codes": pgettext_lazy("trail", "Give personal codes away"),
    "note": pgettext_lazy("trail", "Note"),
    "open": pgettext_lazy("trail", "Open"),
    "propose": pgettext_lazy("trail", "Propose"),
    "register": pgettext_lazy("trail", "Register"),
    "register_provisional": pgettext_lazy("trail", "Register provisionally"),
    "registry_answer": pgettext_lazy("trail", "Keep a register's answer"),
    "remove_file": pgettext_lazy("trail", "Remove a file"),
    "remove_second_factor": pgettext_lazy("trail", "Remove the second factor"),
    "rename": pgettext_lazy("trail", "Change the name"),
    "renew_recovery_codes": pgettext_lazy("trail", "Make new recovery codes"),
    "replace": pgettext_lazy("trail", "Replace"),
    "resolve": pgettext_lazy("trail", "Resolve"),
    "resume_cooperation": pgettext_lazy("trail", "Resume the co-operation"),
    "save": pgettext_lazy("trail", "Save"),
    "save_contacts": pgettext_lazy("trail", "Save the contacts"),
    "save_profile": pgettext_lazy("trail", "Change the profile"),
    "set_second_factor": pgettext_lazy("trail", "Switch on the second factor"),
    "start_password_reset": pgettext_lazy("trail", "Start a new password for somebody"),
    "submit": pgettext_lazy("trail", "Submit"),
    "take_codes": pgettext_lazy("trail", "Take personal codes over"),
    "unwatch": pgettext_lazy("trail", "Guard no longer"),
    "watch": pgettext_lazy("trail", "Guard"),
}
TABLES = ("Action", "Edit", "Evaluating")  # how such lists of actions are called


def action_in_words(object_type: str, action: str) -> str:
    """The action's label in the app of its object, else the words above; a code nobody knows any more stays as it is."""
    for choices in _choices_of(object_type):
        if action in choices.values:
            return str(choices(action).label)
    return str(ACTIONS.get(action, action))


def _choices_of(object_type: str) -> list[type[models.TextChoices]]:
    """The tables of actions of the object's app; the one called like its model comes first."""
    app_label, _dot, model = object_type.partition(".")
    try:
        name = f"{apps.get_app_config(app_label).name}.states"
    except LookupError:
        return []
    if find_spec(name) is None:
        return []
    found = vars(import_module(name)).values()
    tables = [
        one
        for one in found
        if isinstance(one, type) and issubclass(one, models.TextChoices) and one.__name__.endswith(TABLES)
    ]
    return sorted(tables, key=lambda one: one.__name__.removesuffix("Action").lower() not in model)
