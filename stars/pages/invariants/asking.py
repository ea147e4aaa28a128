"""All rules against one moment: a REPEATABLE READ, READ ONLY snapshot, however long the asking takes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from . import acknowledged, calls, doors, files, looks, money, offers, papers, places, secrets, telling, trail
from .acknowledged import Acknowledged
from .breach import Breach

Rule = Callable[[], Iterator[Breach]]

RULES: dict[str, Rule] = {
    "I1": places.counters_are_true,
    "I2": places.one_live_application_a_source,
    "I4": places.one_application_a_token,
    "I5": trail.every_chain_holds,
    "I6": money.the_ledger_adds_up,
    "I7": money.prices_stay_frozen,
    "I8": telling.every_event_was_told_once,
    "I9": trail.one_decision_each,
    "I11": files.files_and_rows_agree,
    "I12": places.everything_arrived_in_its_window,
    "I13": secrets.no_code_in_clear,
    "I14": looks.every_look_is_written_once,
    "I15": trail.verdicts_carry_their_facts,
    "I16": doors.closed_doors_stay_closed,
    "C1": offers.what_was_sent_stays,
    "C2": calls.scores_stand_behind_decisions,
    "C3": calls.the_catalogue_shows_what_was_offered,
    "R1": papers.receipts_are_genuine,
}


@contextmanager
def snapshot() -> Iterator[None]:
    """Nothing read inside changes meanwhile, and nothing can be written."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = '60s'")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
        yield


def check(acked: Sequence[Acknowledged] | None = None, *, only: Sequence[str] = ()) -> list[Breach]:
    """Every breach of every rule; `acked` adds I3, what people were told had been accepted."""
    found = [breach for name, rule in RULES.items() if not only or name in only for breach in rule()]
    if acked is not None:
        found += acknowledged.what_was_accepted_is_there(acked)
    return found
