"""The faults of reliability.md 8 at their full measure: `python -m benchmarks.faults --rounds 5 [--only f1]`.

Each round at random moments under at least twenty clients that press again with the same form and note every acknowledgement; then
everything drains, `check_invariants` runs, and what was acknowledged must be there. The seed is printed and can be given again.
"""

import argparse
import os
import random
import subprocess
import sys
import time

from local.install import ROOT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each fault happens")
    parser.add_argument("--clients", type=int, default=20, help="people at once")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long workers are killed in each round")
    parser.add_argument("--seed", help="the seed a failed run has printed")
    parser.add_argument("--only", default="", help="a part of the tests' names, as pytest's -k")
    asked = parser.parse_args()
    seed = asked.seed or str(random.SystemRandom().randrange(10**9))
    print(f"seed {seed}, {asked.rounds} rounds, {asked.clients} clients", flush=True)
    env = os.environ | {
        "FAULT_ROUNDS": str(asked.rounds),
        "FAULT_CLIENTS": str(asked.clients),
        "FAULT_SECONDS": str(asked.seconds),
        "FAULT_SEED": seed,
    }
    began = time.monotonic()
    words = [
        str(ROOT / "bin/test"),
        "tests/faults",
        "-v",
        "-p",
        "no:randomly",
        *(["-k", asked.only] if asked.only else []),
    ]
    status = subprocess.run(words, cwd=ROOT, env=env, check=False).returncode
    print(f"seed {seed}: {'passed' if status == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
