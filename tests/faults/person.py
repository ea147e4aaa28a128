"""A person at a plain HTTP client: signs on, fills the real forms, presses again with the same form when no answer comes."""

import http.client
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.cookiejar import Cookie, CookieJar
from threading import Event
from typing import Any

from bs4 import BeautifulSoup, Tag

Fields = list[tuple[str, str]]
PATIENCE = 60.0
NOT_NOW = {502, 503, 504}
UNANSWERED = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)
_nobody_comes = Event()


class NoAnswerError(Exception):
    """The connection ended before an answer came, or the answer was "not now"."""


def _named(headers: Message) -> dict[str, str]:
    """By the names the portal gave them; a proxy writes them small."""
    return {name.title(): value for name, value in headers.items()}


@dataclass(frozen=True)
class Page:
    """What came back, after the redirects a browser follows."""

    status: int
    url: str
    text: str
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.url).path

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "html.parser")

    @property
    def words(self) -> str:
        main = self.soup.select_one("main")
        return " ".join((main or self.soup).get_text(" ").split())

    def form(self, *, containing: str = "csrfmiddlewaretoken", action: str = "") -> "Form":
        """The form of the main part that has this field, and an action that ends so."""
        for form in self.soup.select("main form[method=post]"):
            here = str(form.get("action") or self.url)
            if form.select_one(f"[name='{containing}']") and here.endswith(action):
                return Form(urllib.parse.urljoin(self.url, here), fields_of(form), form)
        raise AssertionError(f"no form with {containing} at {self.url} ({self.status}): {self.words[:300]}")


@dataclass
class Form:
    """What a browser would post: values as they stand, ready to be changed."""

    action: str
    fields: Fields
    tag: Tag

    def value(self, name: str) -> str:
        return next(value for known, value in self.fields if known == name)

    def set(self, name: str, *values: str) -> None:
        self.fields = [(known, value) for known, value in self.fields if known != name]
        self.fields += [(name, value) for value in values]

    def is_open(self, name: str) -> bool:
        """Whether the question stands here and has no answer yet."""
        return bool(self.tag.select(f"[name='{name}']")) and not any(v for known, v in self.fields if known == name)

    def first_choice(self, name: str) -> str:
        found = self.tag.select(f"input[name='{name}'], select[name='{name}'] option[value]:not([value=''])")
        return str(found[0].get("value") or "on")


def fields_of(form: Tag) -> Fields:
    """Names and values of everything that would be sent, buttons left out."""
    found: Fields = []
    for one in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(one["name"]), str(one.get("type", ""))
        if one.name == "textarea":
            found.append((name, one.get_text()))
        elif one.name == "select":
            found += [(name, str(option.get("value", ""))) for option in one.select("option[selected]")]
        elif kind in {"checkbox", "radio"}:
            found += [(name, str(one.get("value", "on")))] if one.has_attr("checked") else []
        elif kind not in {"submit", "button", "file"}:
            found.append((name, str(one.get("value", ""))))
    return found


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass
class Browser:
    """Cookies of one person. `stay=True` gives the redirect itself instead of where it leads."""

    portal: str
    patience: float = 20.0
    headers: dict[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    jar: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str, *, stay: bool = False) -> Page:
        return self._open(urllib.request.Request(self._address(path), headers=self.headers), stay=stay)

    def post(self, path: str, fields: Sequence[tuple[str, str]], *, stay: bool = False) -> Page:
        body = urllib.parse.urlencode(list(fields)).encode()
        headers = {"Referer": self._address(path), **self.headers}
        return self._open(urllib.request.Request(self._address(path), body, headers), stay=stay)

    def send(self, form: Form, *, stay: bool = False) -> Page:
        return self.post(form.action, form.fields, stay=stay)

    def keep(self, name: str, value: str) -> None:
        """A cookie as if the portal had set it."""
        host = urllib.parse.urlsplit(self.portal).hostname or ""
        plain: dict[str, Any] = {"port": None, "port_specified": False, "domain_initial_dot": False, "comment": None}
        plain |= {"expires": None, "discard": True, "comment_url": None, "rest": {}, "secure": False}
        self.jar.set_cookie(
            Cookie(0, name, value, domain=host, domain_specified=False, path="/", path_specified=True, **plain)
        )

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else self.portal + path

    def _open(self, wish: urllib.request.Request, *, stay: bool) -> Page:
        handlers: list[Any] = [urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)]
        if self.context is not None:
            handlers.append(urllib.request.HTTPSHandler(context=self.context))
        opener = urllib.request.build_opener(*handlers, *([_NoRedirect] if stay else []))
        try:
            with opener.open(wish, timeout=self.patience) as reply:
                return Page(reply.status, reply.url, reply.read().decode("utf-8", "replace"), _named(reply.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.code, error.url, error.read().decode("utf-8", "replace"), _named(error.headers))

    # --- what people do when nothing comes back ---------------------------------------------------

    def surely(self, ask: Callable[[], Page], *, seen: list[int] | None = None) -> Page:
        """The same request again until there is an answer; `seen` collects the statuses on the way."""
        for _attempt in range(int(PATIENCE / 0.2)):
            try:
                page = ask()
            except UNANSWERED:
                (seen if seen is not None else []).append(0)
            else:
                (seen if seen is not None else []).append(page.status)
                if page.status not in NOT_NOW:
                    return page
            _nobody_comes.wait(0.2)
        raise NoAnswerError

    def sign_on(self, name: str, code: str) -> Page:
        """From the portal through the state's sign-on and back, the whole way again where a step gave no answer."""
        for _attempt in range(30):
            try:
                page = self._sign_on(name, code)
            except UNANSWERED:
                page = None
            if page is not None and page.status == 200 and "sessionid" in {cookie.name for cookie in self.jar}:
                return page
            _nobody_comes.wait(0.2)
        raise NoAnswerError

    def _sign_on(self, name: str, code: str) -> Page:
        first, _, last = name.partition(" ")
        begun = self.get("/pieslegties/iedzivotajs")
        if begun.path.startswith("/profils"):
            return begun  # let in already, by the answer that was lost
        handle = [("p", _hidden(begun, "p"))]
        base = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(begun.url))
        self.post(f"{base}/lidzeklis", [*handle, ("piekritu", "1"), ("lidzeklis", "SMARTID")])
        typed = [("vards", first), ("uzvards", last), ("kods", code), ("cits", "1")]
        answered = self.post(f"{base}/persona", [*handle, *typed])
        form = answered.soup.select_one("form[method=post]")
        if form is None:
            return answered
        return self.post(str(form["action"]), fields_of(form))


def _hidden(page: Page, name: str) -> str:
    found = page.soup.select_one(f"input[type=hidden][name='{name}']")
    if found is None:
        raise http.client.HTTPException(f"no field {name} at {page.url} ({page.status})")
    return str(found["value"])


NUMBER = re.compile(r"\b\d{4}-\d{6}\b")


@dataclass(frozen=True)
class Acknowledged:
    """What the person was shown as accepted."""

    reference: str
    number: str


@dataclass
class Applicant:
    """One client with a browser who applies for one programme, by the real forms."""

    browser: Browser
    name: str
    code: str
    programme: int
    source: str = "imk"
    statuses: list[int] = field(default_factory=list)
    accepted: list[Acknowledged] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def surely(self, ask: Callable[[], Page]) -> Page:
        return self.browser.surely(ask, seen=self.statuses)

    def fill(self) -> Page:
        """Through the steps to the check page; gives the page it ends on."""
        begun = f"/pieteikums/jauns/{self.programme}/{self.source}"
        page = self.surely(lambda: self.browser.get(begun))
        for _step in range(6):
            if not page.path.startswith(f"{begun}/"):
                return page
            form = page.form()
            answer(form)
            page = self.surely(lambda form=form: self.browser.send(form))  # type: ignore[misc]
        return page

    def send(self, check: Page) -> Acknowledged | None:
        """The one press, repeated with the same form until there is a definite answer."""
        form = check.form(containing="fingerprint")
        receipt = self.surely(lambda: self.browser.send(form))
        if not receipt.path.endswith("/apstiprinajums"):
            self.refused.append(f"{receipt.status} {receipt.words[:200]}")
            return None
        number = NUMBER.search(receipt.words)
        assert receipt.status == 200, receipt.words
        assert number, receipt.words
        found = Acknowledged(receipt.path.split("/")[2], number[0])
        self.accepted.append(found)
        return found

    def withdraw(self, reference: str) -> Page:
        address = f"/profils/pieteikumi/{reference}/atteikties"
        form = self.surely(lambda: self.browser.get(address)).form(containing="reason")
        page = self.surely(lambda: self.browser.send(form))
        if page.status == 200:
            self.withdrawn.append(reference)
        return page


def answer(form: Form) -> None:
    """Whatever is asked on this step and still open, with the first choice there is."""
    for name in ("region", "venue", "group", "reasons", "economic_status", "education", "low_income"):
        if form.is_open(name):
            form.set(name, form.first_choice(name))
    for name in ("knows_content", "not_done_before", "employed_now"):
        if form.tag.select(f"input[type=checkbox][name='{name}']"):
            form.set(name, "on")
        elif form.is_open(name):
            form.set(name, form.first_choice(name))
    for name, words in (("profession", "Grāmatvede"), ("workplace", "Rīga")):
        if form.is_open(name):
            form.set(name, words)
