"""The only place that writes people: one function per action."""

from .agreeing import accept_policies
from .asking_registries import answer_due_questions, answer_question, ask_about_deaths, ask_registries
from .asking_rights import AskedRight, ask_right, confirm_right_address, resend_right_link
from .confirming_email import confirm_email, request_email_confirmation
from .deciding_registrations import approve_registration, refuse_registration, sweep_registrations
from .denying import deny_access, end_cooperation, lift_denial
from .disputing import ANSWERED_WITHIN, DISPUTABLE, correct_dispute, open_dispute, uphold_dispute
from .employing import create_institution_user
from .ending_rights import end_rights, sweep_rights
from .ending_sessions import end_other_sessions, end_refused_sessions, end_session
from .forgetting import forget_right_request, forget_user
from .inviting import (
    accept_invitation,
    invite_commission_member,
    invite_member,
    invite_officer,
    resend_invitation,
    sweep_invitations,
    withdraw_invitation,
)
from .keeping import drop_policy, save_institution, save_policy
from .keeping_contacts import Contacts, remind_of_contacts, save_contacts
from .keeping_facts import judge_facts, keep_answer
from .mandates import (
    accept_mandate,
    ask_mandate,
    begin_acting,
    contest_mandate,
    decline_mandate,
    end_mandate,
    find_client,
    forget_mandate,
    record_provisional,
    register_provisional,
    tell_acted,
)
from .members import (
    block_member,
    change_member_role,
    end_member,
    give_assessor,
    hand_over,
    leave_institution,
    unblock_member,
)
from .passwords import (
    answer_password_request,
    change_password,
    choose_password,
    request_password,
    sign_in_agency,
    sign_in_provider,
    start_password_reset,
    unanswered_password_requests,
)
from .registering import Declared, register_client, save_profile
from .registering_institutions import (
    Asked,
    AskedInstitution,
    confirm_registration,
    count_uploads,
    forget_registration,
    register_employee,
    register_institution,
    resend_registration_link,
)
from .resolving import note_conflict, resolve_conflict
from .rights import approve_right, block_right, confirm_right, expire_right, refuse_right, unblock_right
from .second_factor import (
    ask_removal,
    keep_second_factor,
    pass_second_step,
    prove_identity,
    remove_own_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    set_up_second_factor,
)
from .sign_in_address import ask_address, confirm_address
from .signing_in import SignedIn, count_refused_answer, finish_sign_in, receive_answer, sweep_sign_in
from .signing_out import end_named_sessions, forget_session, note_session
from .ties import declare_tie, watch_person
from .watching import note_sign_on

__all__ = [
    "ANSWERED_WITHIN",
    "DISPUTABLE",
    "Asked",
    "AskedInstitution",
    "AskedRight",
    "Contacts",
    "Declared",
    "SignedIn",
    "accept_invitation",
    "accept_mandate",
    "accept_policies",
    "answer_due_questions",
    "answer_password_request",
    "answer_question",
    "approve_registration",
    "approve_right",
    "ask_about_deaths",
    "ask_address",
    "ask_mandate",
    "ask_registries",
    "ask_removal",
    "ask_right",
    "begin_acting",
    "block_member",
    "block_right",
    "change_member_role",
    "change_password",
    "choose_password",
    "confirm_address",
    "confirm_email",
    "confirm_registration",
    "confirm_right",
    "confirm_right_address",
    "contest_mandate",
    "correct_dispute",
    "count_refused_answer",
    "count_uploads",
    "create_institution_user",
    "declare_tie",
    "decline_mandate",
    "deny_access",
    "drop_policy",
    "end_cooperation",
    "end_mandate",
    "end_member",
    "end_named_sessions",
    "end_other_sessions",
    "end_refused_sessions",
    "end_rights",
    "end_session",
    "expire_right",
    "find_client",
    "finish_sign_in",
    "forget_mandate",
    "forget_registration",
    "forget_right_request",
    "forget_session",
    "forget_user",
    "give_assessor",
    "hand_over",
    "invite_commission_member",
    "invite_member",
    "invite_officer",
    "judge_facts",
    "keep_answer",
    "keep_second_factor",
    "leave_institution",
    "lift_denial",
    "note_conflict",
    "note_session",
    "note_sign_on",
    "open_dispute",
    "pass_second_step",
    "prove_identity",
    "receive_answer",
    "record_provisional",
    "refuse_registration",
    "refuse_right",
    "register_client",
    "register_employee",
    "register_institution",
    "register_provisional",
    "remind_of_contacts",
    "remove_own_second_factor",
    "remove_second_factor",
    "renew_recovery_codes",
    "request_email_confirmation",
    "request_password",
    "resend_invitation",
    "resend_registration_link",
    "resend_right_link",
    "resolve_conflict",
    "save_contacts",
    "save_institution",
    "save_policy",
    "save_profile",
    "set_up_second_factor",
    "sign_in_agency",
    "sign_in_provider",
    "start_password_reset",
    "sweep_invitations",
    "sweep_registrations",
    "sweep_rights",
    "sweep_sign_in",
    "tell_acted",
    "unanswered_password_requests",
    "unblock_member",
    "unblock_right",
    "uphold_dispute",
    "watch_person",
    "withdraw_invitation",
]
