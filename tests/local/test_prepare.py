"""The quick migrations of bin/serve: the same tables, constraints, indexes, triggers and rows as Django's own way makes."""

import os
import subprocess
import sys
from typing import Any

import psycopg
import pytest
from django.db import connection

from local.install import ROOT

MIGRATE = """
import django
django.setup()
from django.core.management import call_command
from local.prepare import new_models_alone
with new_models_alone():
    call_command("migrate", interactive=False, verbosity=0)
"""
SCHEMA = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name, generation_expression"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'",
    "applied": "SELECT app, name FROM django_migrations",
}


def read(database: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {what: sorted(database.execute(query).fetchall(), key=repr) for what, query in SCHEMA.items()}


@pytest.mark.django_db
def test_the_quick_migrations_of_serve_make_the_schema_of_the_slow_ones() -> None:
    own = connection.settings_dict
    url = "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}"
    fresh = own | {"NAME": f"{own['NAME']}_quick"}
    with psycopg.connect(url.format(**own), autocommit=True) as database:
        database.execute(f"CREATE DATABASE {fresh['NAME']}".encode())
        try:
            env = os.environ | {"DATABASE_URL": url.format(**fresh), "PYTHONPATH": str(ROOT)}
            subprocess.run([sys.executable, "-c", MIGRATE], cwd=ROOT, env=env, check=True)
            with psycopg.connect(url.format(**fresh)) as quick:
                assert read(quick) == read(database)
        finally:
            database.execute(f"DROP DATABASE {fresh['NAME']} WITH (FORCE)".encode())
