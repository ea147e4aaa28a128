"""LOG-02: what people typed, were sent and signed in with, looked for in every line the portal has written."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from accounts.sso import personal_code
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


def leaks(stack: Stack) -> list[str]:
    """File, number of the line and what stands there, for each leak."""
    secrets = secrets_of_the_stack(stack)
    any_secret = re.compile("|".join(re.escape(secret) for secret in sorted(secrets, key=len, reverse=True)))
    found = []
    for path in logs(stack):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                what = [secrets[match] for match in any_secret.findall(line)] + list(personal_in(line))
                found += [f"{path.name}:{number}: {one}" for one in dict.fromkeys(what)]
    return found


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
