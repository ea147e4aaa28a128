"""Run by bin/serve in a process of its own: migrations and the demo, in one start of Django."""

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.core.management import call_command
from django.db.migrations.state import ModelState, ProjectState


def main(logins: Path) -> None:
    """Bring the database up to date, load the demo, and write who can sign in to `logins`."""
    django.setup()
    with new_models_alone():
        call_command("migrate", interactive=False, verbosity=0)
    print("migrated", flush=True)
    call_command("load_demo", verbosity=0)
    told = io.StringIO()
    call_command("demo_logins", "--json", stdout=told)
    logins.write_text(json.dumps(who_can_sign_in(json.loads(told.getvalue())), ensure_ascii=False), encoding="utf-8")


@contextlib.contextmanager
def new_models_alone() -> Iterator[None]:
    """Migrations in a third of the time: a model that is new is rendered by itself.

    Django renders every model that is related to it again, six thousand renderings for our tables. Nothing in a migration
    asks an older model for what a newer one adds to it. `tests/local/test_prepare.py` compares the two schemas.
    """

    def add_model(state: Any, model: ModelState) -> None:
        key = model.app_label, model.name_lower
        state.models[key] = model
        if state._relations is not None:
            state.resolve_model_relations(key)
        if "apps" in state.__dict__:
            state.apps.render_multiple([model])

    with mock.patch.object(ProjectState, "add_model", add_model):
        yield


def who_can_sign_in(told: dict[str, Any]) -> list[dict[str, str]]:
    """One row a person: who (learner, coordinator, consultant, institution, agency), name, login, password, address, shows.

    Rows of who "code" hold the secret of an authenticator app in place of the password.
    """
    rows = [_row("learner", "/pieslegties", name=one["name"], shows=one["shows"]) for one in told["people"]]
    for one in told.get("workers", []):
        rows.append(_row(one["who"], "/pieslegties", name=one["name"], shows=one["shows"]))
    for key in ("employee", "administrator", "assessor", "commission"):
        if one := told.get(key):
            rows.append(_login("institution", "/provider/login", one))
    rows += [_login("agency", "/admin/", one) for one in told.get("agency", [])]
    for one in told.get("codes", []):
        rows.append(_row("code", "", name=one["name"], login=one["email"], password=one["secret"], shows=""))
    return rows


def _login(who: str, address: str, one: dict[str, str]) -> dict[str, str]:
    return _row(who, address, login=one["email"], password=one["password"], shows=one["shows"])


def _row(who: str, address: str, *, name: str = "", login: str = "", password: str = "", shows: str) -> dict[str, str]:
    return {"who": who, "name": name, "login": login, "password": password, "address": address, "shows": shows}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
