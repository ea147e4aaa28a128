"""Short private folders for unix sockets, whose path may not pass 107 bytes."""

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path

LONGEST = 107


def room_for(folder: Path, socket_name: str) -> Path:
    """A 0700 folder of ours under the temporary directory, named by a hash of `folder`."""
    digest = hashlib.sha256(f"{folder.resolve()}:{os.geteuid()}".encode()).hexdigest()[:12]
    bases = dict.fromkeys([Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")])
    for base in bases:
        room = base / f"stars-{digest}"
        if len(os.fsencode(room / socket_name)) <= LONGEST and os.access(base, os.W_OK | os.X_OK):
            break
    else:
        sys.exit("No temporary folder has a short enough path for a socket; set TMPDIR=/tmp and start again.")
    with contextlib.suppress(FileExistsError):
        room.mkdir(mode=0o700)
    found = room.lstat()
    if found.st_uid not in {os.geteuid(), 65534} or not room.is_dir() or room.is_symlink():
        sys.exit(f"{room} belongs to somebody else, so our servers cannot use it. Remove it and start again.")
    room.chmod(0o700)
    return room
