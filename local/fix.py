"""`bin/fix`: formats the code and mends what a tool can mend."""

import os
import subprocess
import sys
from pathlib import Path

from local.install import ROOT, say


def main() -> int:
    """Run the menders; what is left is for `bin/check` to tell."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    for words in ([ruff, "check", "--fix", "--quiet", "."], [ruff, "format", "--quiet", "."]):
        subprocess.run(words, check=False)
    subprocess.run([sys.executable, "-m", "local.messages"], check=False, stdout=subprocess.DEVNULL)
    say("Done. bin/check tells what is left.")
    return 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
