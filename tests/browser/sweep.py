"""LOG-02: what people typed, were sent and signed in with, looked for in all the portal has written and told its Valkey."""

import base64
import binascii
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import redis

from accounts.sso import personal_code
from local import sockets
from tests.browser import roles, steps
from tests.browser.stack import Stack

OWN = ("web", "worker", "beat")  # what the portal writes; the stand-ins are other people's servers
OURS = {"stars@viaa.gov.lv"}
CODE = re.compile(r"(?<![\w-])\d{6}-?\d{5}(?![\w-])")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"\+371 ?\d{8}|26 ?123 ?456|29 ?111 ?222")
ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}[A-Z]{4}[0-9A-Z]{13}\b")
ASSERTION = re.compile(
    r"<\w*:?(?:Assertion|Response|RequestSecurityTokenResponse)\b|SAMLResponse=|wresult=|PHNhbWw|PD94bWwg"
)
LINK = re.compile(r"https?://[^\s\"'<>]+/([\w~.:-]{20,})")
SHORTEST = 8


def logs(stack: Stack) -> list[Path]:
    """Files of the portal's own processes, the kept security log among them."""
    folder = stack.folder / "log"
    found = [path for path in folder.glob("*.log") if path.stem.partition("-")[0] in OWN]
    return sorted(found) + sorted((folder / "security").glob("*.log"))


def secrets_of_the_stack(stack: Stack) -> dict[str, str]:
    """Every secret there was, by itself, with what it is."""
    found = {str(one["password"]): "password" for one in stack.logins if one.get("password")}
    found |= dict.fromkeys(roles.secrets_of(stack).values(), "second factor")
    found |= {str(key): "session" for (key,) in stack.facts("SELECT session_key FROM accounts_session")}
    for (text,) in stack.facts("SELECT text FROM notices_delivery"):
        found |= dict.fromkeys(LINK.findall(text), "link of a letter")
    kept = json.loads((stack.folder / "keys" / "secrets.json").read_text(encoding="utf-8"))
    found |= dict.fromkeys(map(str, kept.values()), "key")
    found |= dict.fromkeys(PASSWORDS, "password")
    return {secret: what for secret, what in found.items() if len(secret) >= SHORTEST}


# Chosen by the people of the journeys.
PASSWORDS = ("Zaļais-bērzs 7 Ventspils",)


def leaks(stack: Stack, heard: list[str] | None = None) -> list[str]:
    """Where and what, for each leak: file and number of the line, a key that Valkey holds, a command it was `heard` to get."""
    secrets = secrets_of_the_stack(stack)
    any_secret = re.compile("|".join(re.escape(secret) for secret in sorted(secrets, key=len, reverse=True)))

    def what(line: str) -> list[str]:
        return list(dict.fromkeys([secrets[match] for match in any_secret.findall(line)] + list(personal_in(line))))

    found = []
    for path in logs(stack):
        with path.open(encoding="utf-8", errors="replace") as lines:
            found += [f"{path.name}:{number}: {one}" for number, line in enumerate(lines, 1) for one in what(line)]
    found += [f"valkey: {one}" for line in kept_in_valkey(stack) for one in what(opened(line))]
    return found + [f"told to valkey: {one}" for line in heard or [] for one in what(opened(line))]


# --- Valkey: queues and their tasks ------------------------------------------------------

WORKER = re.compile(r"celery@[\w.-]+")  # its own name, which looks like an address
BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")


def valkey(stack: Stack) -> Any:
    room = sockets.room_for(stack.folder / "valkey", "valkey.sock")
    return redis.Redis(unix_socket_path=str(room / "valkey.sock"))


def kept_in_valkey(stack: Stack) -> list[str]:
    """Every key with what it holds, as Valkey itself writes it down; a key may run out while they are read."""
    server = valkey(stack)
    readers: dict[str, Callable[[Any], Any]] = {
        "string": server.get,
        "list": lambda key: server.lrange(key, 0, -1),
        "set": server.smembers,
        "zset": lambda key: server.zrange(key, 0, -1),
        "hash": server.hgetall,
        "none": lambda key: None,
    }
    keys = list(server.scan_iter(count=1000))
    return [f"{key!r} {readers[server.type(key).decode()](key)!r}" for key in keys]


@contextmanager
def listening(stack: Stack) -> Iterator[list[str]]:
    """Every command Valkey gets meanwhile; what a task was given goes by within milliseconds."""
    heard: list[str] = []
    monitor = valkey(stack).monitor()
    monitor.__enter__()

    def listen() -> None:
        with suppress(redis.RedisError, OSError, ValueError):
            heard.extend(str(command["command"]) for command in monitor.listen())

    ear = threading.Thread(target=listen, daemon=True)
    ear.start()
    try:
        yield heard
    finally:
        monitor.connection.disconnect()
        ear.join(5)


def opened(line: str) -> str:
    """With the bodies of messages, which travel in base64, read as well."""
    bodies = []
    for sealed in BASE64.findall(line):
        with suppress(binascii.Error, UnicodeDecodeError):
            bodies.append(base64.b64decode(sealed + "=" * (-len(sealed) % 4)).decode())
    return WORKER.sub("", " ".join([line, *bodies]))


def personal_in(line: str) -> Iterator[str]:
    """What a line says of a person, by its look and by the journeys' names."""
    if any(is_code(one) for one in CODE.findall(line)):
        yield "personal code"
    if set(ADDRESS.findall(line)) - OURS:
        yield "e-mail address"
    for pattern, what in ((PHONE, "phone"), (ACCOUNT, "bank account"), (ASSERTION, "answer of the sign-on")):
        if pattern.search(line):
            yield what
    if any(name in line for name in steps.NAMES):
        yield "name"


def is_code(text: str) -> bool:
    try:
        personal_code.digits_of(text)
    except ValueError:
        return False
    return True
