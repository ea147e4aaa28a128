"""A provider none of us wrote: Debian's simplesamlphp, run by PHP's own server with four small configuration files.

Found where it is installed (`apt-get install simplesamlphp php-cli php-xml php-mbstring`), or where the packages were
only unpacked: `apt-get download …; dpkg -x … FOLDER`, then `SIMPLESAMLPHP_ROOT=FOLDER`. docs/operations.md has the lines.
"""

import contextlib
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from local import processes
from tests.standins.servers import free_port

EXTENSIONS = ("dom", "xml", "simplexml", "mbstring", "ctype", "posix", "tokenizer", "gettext")


@dataclass(frozen=True)
class Installation:
    """Where the provider's code lies and how PHP is called."""

    code: Path
    php: tuple[str, ...]


def installations() -> list[Installation]:
    """The unpacked one that is named, and the installed one; mostly none."""
    found = []
    if folder := os.environ.get("SIMPLESAMLPHP_ROOT"):
        root = Path(folder).absolute()
        program = next(iter(sorted(root.glob("usr/bin/php8*"))), None)
        modules = next(iter(sorted(root.glob("usr/lib/php/2*"))), None)
        if program and modules and (root / "usr/share/simplesamlphp/www").is_dir():
            loaded = [word for name in EXTENSIONS for word in ("-d", f"extension={name}")]
            php = (str(program), "-n", "-d", f"extension_dir={modules}", *loaded)
            found.append(Installation(root / "usr/share/simplesamlphp", php))
    installed = Path("/usr/share/simplesamlphp")
    if (installed / "www").is_dir() and (program_found := shutil.which("php")):
        found.append(Installation(installed, (program_found,)))
    return found


@dataclass(frozen=True)
class Portal:
    """What the provider is told of us."""

    entity_id: str
    reply_to: str
    signed_out_at: str
    certificate: Path
    wants_sealed: bool = False


@dataclass(frozen=True)
class Person:
    """The one who signs in, with the password `parole`; attributes as the state names them."""

    name_id: str
    means: str
    attributes: dict[str, list[str]]


@dataclass(frozen=True)
class Provider:
    """It runs at `url`."""

    url: str

    @property
    def entity_id(self) -> str:
        return f"{self.url}/idp"

    @property
    def sso_url(self) -> str:
        return f"{self.url}/saml2/idp/SSOService.php"

    @property
    def slo_url(self) -> str:
        return f"{self.url}/saml2/idp/SingleLogoutService.php"


@contextlib.contextmanager
def running(
    installation: Installation, folder: Path, keys: tuple[Path, Path], portal: Portal, person: Person
) -> Iterator[Provider]:
    """The provider in a folder of its own, until it is no longer needed."""
    provider = Provider(f"http://localhost:{free_port()}")
    _configure(folder, provider, keys, portal, person)
    port = provider.url.rpartition(":")[2]
    with (folder / "php.log").open("wb") as log:
        child = subprocess.Popen(
            [*installation.php, "-S", f"localhost:{port}", "-t", str(installation.code / "www")],
            env=os.environ | {"SIMPLESAMLPHP_CONFIG_DIR": str(folder)},
            stdout=log,
            stderr=log,
        )
        try:
            answered = processes.wait_until(lambda: _answers(provider.url), 20)
            assert answered, (folder / "php.log").read_text()
            yield provider
        finally:
            child.terminate()
            child.wait(timeout=10)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/assets/js/post.js", timeout=2):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


def _configure(folder: Path, provider: Provider, keys: tuple[Path, Path], portal: Portal, person: Person) -> None:
    (folder / "metadata").mkdir(parents=True)
    (folder / "tmp").mkdir()
    key_file, cert_file = keys
    (folder / "config.php").write_text(
        f"""<?php
$config = [
    'baseurlpath' => '{provider.url}/', 'certdir' => '{folder}/', 'loggingdir' => '{folder}/', 'datadir' => '{folder}/',
    'tempdir' => '{folder}/tmp', 'metadatadir' => '{folder}/metadata', 'secretsalt' => 'only-for-this-run-of-the-tests',
    'auth.adminpassword' => 'only-for-this-run', 'technicalcontact_email' => 'na@example.lv', 'timezone' => 'UTC',
    'logging.handler' => 'errorlog', 'logging.level' => 3, 'enable.saml20-idp' => true, 'store.type' => 'phpsession',
    'session.phpsession.savepath' => '{folder}/tmp', 'session.cookie.secure' => false, 'session.cookie.samesite' => 'Lax',
    'session.phpsession.httponly' => true, 'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'metadata.sources' => [['type' => 'flatfile', 'directory' => '{folder}/metadata']],
    'trusted.url.domains' => [], 'language.default' => 'en', 'theme.use' => 'default', 'production' => true,
];
"""
    )
    attributes = ", ".join(
        f"'{name}' => [{', '.join(repr(value) for value in values)}]" for name, values in person.attributes.items()
    )
    (folder / "authsources.php").write_text(
        f"""<?php
$config = ['people' => ['exampleauth:UserPass',
    'cilveks:parole' => ['nameid' => ['{person.name_id}'], {attributes}]]];
"""
    )
    told = f"\\$state['saml:AuthnContextClassRef'] = '{person.means}'; unset(\\$attributes['nameid']);"
    (folder / "metadata" / "saml20-idp-hosted.php").write_text(
        f"""<?php
$metadata['{provider.entity_id}'] = ['host' => '__DEFAULT__', 'privatekey' => '{key_file}', 'certificate' => '{cert_file}',
    'auth' => 'people', 'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'authproc' => [
        10 => ['class' => 'saml:AttributeNameID', 'attribute' => 'nameid', 'Format' => 'urn:ivis:100001:name.id-viss'],
        20 => ['class' => 'core:PHP', 'code' => "{told}"],
    ]];
"""
    )
    certificate = "".join(portal.certificate.read_text().splitlines()[1:-1])
    redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
    post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
    (folder / "metadata" / "saml20-sp-remote.php").write_text(
        f"""<?php
$metadata['{portal.entity_id}'] = [
    'AssertionConsumerService' => [['Binding' => '{post}', 'Location' => '{portal.reply_to}', 'index' => 0]],
    'SingleLogoutService' => [['Binding' => '{redirect}', 'Location' => '{portal.signed_out_at}']],
    'NameIDFormat' => 'urn:ivis:100001:name.id-viss', 'validate.authnrequest' => true, 'validate.logout' => true,
    'sign.logout' => true, 'certData' => '{certificate}', 'simplesaml.nameidattribute' => 'nameid',
    'assertion.encryption' => {"true" if portal.wants_sealed else "false"},
];
"""
    )


class Browser:
    """Walks the provider's pages; what leads back to the portal is handed over, not followed."""

    def __init__(self, portal: str) -> None:
        self.portal = portal
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()), _Stays(portal)
        )

    def open(self, url: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        """The address that was reached and its page; an address of the portal comes with an empty one."""
        data = urlencode(fields).encode() if fields is not None else None
        try:
            with self._opener.open(url, data, timeout=20) as reply:
                return reply.url, reply.read().decode()
        except _Left as left:
            return left.url, ""
        except urllib.error.HTTPError as error:
            with error:
                return error.url, error.read().decode()

    def sign_in(self, address: str) -> dict[str, str]:
        """From our request to the form with the answer."""
        url, page = self.open(address)
        if 'name="password"' in page:
            fields = _hidden(page) | {"username": "cilveks", "password": "parole"}
            _, page = self.open(url.partition("?")[0], fields)
        assert 'name="SAMLResponse"' in page, page[:2000]
        return {name: value for name, value in _hidden(page).items() if name in {"SAMLResponse", "RelayState"}}


def _hidden(page: str) -> dict[str, str]:
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and 'type="hidden"' in tag:
            found[name[1]] = unescape(value[1]) if value else ""
    return found


class _Left(Exception):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class _Stays(urllib.request.HTTPRedirectHandler):
    def __init__(self, portal: str) -> None:
        self.portal = portal

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        if newurl.startswith(self.portal):
            raise _Left(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
