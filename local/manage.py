"""`bin/manage`: Django's commands against this checkout's development servers."""

import os
import signal
import subprocess
import sys

from local import environment, servers
from local.install import ROOT


def main() -> int:
    """Start what is not running, run the command, stop what nobody else uses."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    env = environment.variables(environment.port())
    with servers.development() as running:
        child = subprocess.Popen([sys.executable, "manage.py", *sys.argv[1:]], cwd=ROOT, env=env | running.addresses)
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the command got it too and ends by itself
                continue
            finally:
                if child.poll() is None and sys.exc_info()[0] is SystemExit:
                    child.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
