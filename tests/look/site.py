"""A site made of templates and static files that answers a real browser without a server."""

import mimetypes
import shutil
from typing import Any

from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Playwright, Request, Route

from tests.look.rendering import compiled
from tests.look.tokens import ROOT

SITE = "http://stars.test"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
FRAME: dict[str, Any] = {
    "top_menu": [],
    "util_links": [],
    "footer_links": [],
    "user_menu": None,
    "sign_in_links": [],
    "banners": [],
    "help_link": None,
}


def document(content: str, scripts: str = "", layout: str = "base.html", **context: Any) -> str:
    source = (
        f'{{% extends "{layout}" %}}{{% load static %}}{{% block title %}}Lapa{{% endblock %}}'
        f"{{% block scripts %}}{scripts}{{% endblock %}}{{% block content %}}{content}{{% endblock %}}"
    )
    request = RequestFactory().get("/lapa")
    return str(compiled(source).render(FRAME | context, request))


def launch(playwright: Playwright) -> Browser:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(found for name in names if (found := shutil.which(name)))
    return playwright.chromium.launch(executable_path=path, args=ARGUMENTS)


class Site:
    """Answers the browser; remembers what was asked and what the console said."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages: dict[str, str] = {}
        self.status: dict[str, int] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.asked: list[Request] = []
        self.complaints: list[str] = []
        page.route("**/*", self.answer)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE).partition("?")[0]
        file = ROOT / path.lstrip("/")
        if path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "font/woff2")
            return
        self.asked.append(route.request)
        route.fulfill(
            status=self.status.get(path, 200),
            body=self.pages.get(path, ""),
            headers={
                "Content-Type": "text/html; charset=utf-8",
                "Content-Security-Policy": POLICY,
                **self.headers.get(path, {}),
            },
        )

    def posted(self, path: str) -> list[Request]:
        return [one for one in self.asked if one.method == "POST" and one.url == SITE + path]


def open_page(site: Site, content: str, scripts: str = "", **context: Any) -> Page:
    site.pages["/lapa"] = document(content, scripts, **context)
    site.page.goto(f"{SITE}/lapa")
    return site.page
