"""The only place that writes people: one function per action."""

from .agreeing import accept_policies
from .confirming_email import confirm_email, request_email_confirmation
from .employing import create_institution_user
from .keeping import drop_policy, save_institution, save_policy
from .mandates import (
    accept_mandate,
    ask_mandate,
    contest_mandate,
    decline_mandate,
    end_mandate,
    find_client,
    register_provisional,
    tell_acted,
)
from .passwords import sign_in_agency, sign_in_provider
from .registering import Declared, register_client, save_profile
from .resolving import note_conflict, resolve_conflict
from .rights import approve_right, block_right, confirm_right, expire_right, refuse_right, unblock_right
from .signing_in import SignedIn, count_refused_answer, finish_sign_in, receive_answer, sweep_sign_in
from .signing_out import end_named_sessions, forget_session, note_session
from .watching import note_sign_on

__all__ = [
    "Declared",
    "SignedIn",
    "accept_mandate",
    "accept_policies",
    "approve_right",
    "ask_mandate",
    "block_right",
    "confirm_email",
    "confirm_right",
    "contest_mandate",
    "count_refused_answer",
    "create_institution_user",
    "decline_mandate",
    "drop_policy",
    "end_mandate",
    "end_named_sessions",
    "expire_right",
    "find_client",
    "finish_sign_in",
    "forget_session",
    "note_conflict",
    "note_session",
    "note_sign_on",
    "receive_answer",
    "refuse_right",
    "register_client",
    "register_provisional",
    "request_email_confirmation",
    "resolve_conflict",
    "save_institution",
    "save_policy",
    "save_profile",
    "sign_in_agency",
    "sign_in_provider",
    "sweep_sign_in",
    "tell_acted",
    "unblock_right",
]
