"""What a sign-on answer costs us, honest and hostile: `.venv/bin/python -m benchmarks.sign_on [--sign-ins 200] [--flood 5000]`.

One process, a throw-away database, the whole middleware; no network and no browser, so the times are our own. The
measuring itself stands in sign_on_inside.py; the figures in docs/performance.md, "Sign-on".
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local import servers
from local.environment import make_pair
from local.install import ROOT
from tests.accounts.answers import MEANS, PORTAL, PROVIDER

from .harness import environment, manage

BEGIN = (
    "import sys, django; django.setup(); from benchmarks import sign_on_inside; "
    "sys.exit(sign_on_inside.run({folder!r}, {sign_ins}, {flood}))"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sign-ins", type=int, default=200)
    parser.add_argument("--flood", type=int, default=5000)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="stars-bench-"))
    try:
        for name in ("provider", "stranger", "portal"):
            make_pair(folder / f"{name}.key.pem", folder / f"{name}.cert.pem", name)
        with servers.throw_away(folder) as addresses:
            env = {**os.environ, **environment(), **addresses, **agreement(folder)}
            manage(env, "migrate")
            manage(env, "collectstatic", "--noinput")
            words = BEGIN.format(folder=str(folder), sign_ins=asked.sign_ins, flood=asked.flood)
            return subprocess.run([sys.executable, "-c", words], cwd=ROOT, env=env, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def agreement(folder: Path) -> dict[str, str]:
    """A portal that trusts the provider of our tests."""
    return {
        "STARS_VAR": str(folder / "var"),
        "STARS_MEDIA_ROOT": str(folder / "media"),
        "STARS_PUBLIC_BASE_URL": "https://stars.example.lv",
        "STARS_IDP_ENTITY_ID": PROVIDER,
        "STARS_IDP_SSO_URL": f"{PROVIDER}/sso",
        "STARS_IDP_CERT_FILES": str(folder / "provider.cert.pem"),
        "STARS_IDP_ALLOWED_AUTHN": ",".join(MEANS),
        "STARS_SP_ENTITY_ID": PORTAL,
        "STARS_SP_KEY_FILE": str(folder / "portal.key.pem"),
        "STARS_SP_CERT_FILE": str(folder / "portal.cert.pem"),
    }


if __name__ == "__main__":
    sys.exit(main())
