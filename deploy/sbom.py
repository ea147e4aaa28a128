"""The list of what an image is made of (DEP-01), as CycloneDX 1.6: `python deploy/sbom.py requirements/run.txt > sbom.json`."""

import json
import re
import sys
from pathlib import Path
from typing import Any

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+?)(?: ;.*)? ?\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(lock: str) -> dict[str, Any]:
    """Every package of the lock file with its version and the hashes of the files it may come from."""
    components: list[dict[str, Any]] = []
    for line in lock.splitlines():
        if found := LOCKED.match(line):
            name, version = found.groups()
            components.append(
                {
                    "type": "library",
                    "name": name,
                    "version": version,
                    "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
                    "hashes": [],
                }
            )
        for content in HASH.findall(line):
            components[-1]["hashes"].append({"alg": "SHA-256", "content": content})
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


if __name__ == "__main__":
    json.dump(bill(Path(sys.argv[1]).read_text()), sys.stdout, indent=1)
