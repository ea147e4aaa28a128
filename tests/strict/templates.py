"""An undefined template variable fails the test instead of rendering as nothing (H3)."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from django.conf import settings
from django.template import Engine, engines
from django.template.base import UNKNOWN_SOURCE, FilterExpression, Node
from django.template.context import Context
from django_cotton.templatetags import UnprocessableDynamicAttr
from django_cotton.templatetags._component import PreparedValue

# Frames and components ask `{% if x %}` about what a page may leave out; printing it undefined fails there too.
SHARED = ("base", "components/", "admin/", "400", "403", "404", "409", "413", "429", "500", "503")
FORGIVING_FILTERS = {"default", "default_if_none"}
_rendering: list[str] = []


class Undefined(str):
    """Stands in `string_if_invalid`: Django asks it for its words whenever a printed name means nothing."""

    __slots__ = ()

    def __new__(cls) -> "Undefined":
        return super().__new__(cls, "undefined %s")

    def __mod__(self, name: object) -> str:
        return fail(str(name)) if _own_template() else ""


def fail(name: str) -> NoReturn:
    pytest.fail(f"{_own_template()}: the template variable {name!r} is not defined")


def _own_template() -> str:
    """The path under templates/ of what is being rendered; empty for templates of Django and other packages."""
    folder = f"{settings.BASE_DIR}/templates/"
    here = _rendering[-1] if _rendering else ""
    return here.removeprefix(folder) if here.startswith(folder) else ""


def _is_page() -> bool:
    own = _own_template()
    return bool(own) and not own.startswith(SHARED)


def install() -> None:
    patches: list[tuple[Any, str, Callable[..., Any]]] = [
        (Node, "render_annotated", _tracked),
        (FilterExpression, "resolve", _strict),
        (PreparedValue, "resolve", _strict_attribute),
        (Engine, "__init__", _strict_engine),
    ]
    for owner, name, wrap in patches:
        setattr(owner, name, wrap(getattr(owner, name)))
    templates: Any = engines["django"]  # made before, perhaps
    templates.engine.string_if_invalid = Undefined()


def _strict_engine(original: Callable[..., None]) -> Callable[..., None]:
    """A test that changes INSTALLED_APPS makes Django build its engines anew; those are strict too."""

    def make(self: Engine, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        self.string_if_invalid = Undefined()

    return make


def _tracked(original: Callable[[Node, Context], str]) -> Callable[[Node, Context], str]:
    def render_annotated(self: Node, context: Context) -> str:
        origin = getattr(self, "origin", None)
        name = str(origin.name) if origin is not None else UNKNOWN_SOURCE
        _rendering.append(name if name.startswith("/") else (_rendering[-1] if _rendering else ""))
        try:
            return original(self, context)
        finally:
            _rendering.pop()

    return render_annotated


def _strict(original: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(self: FilterExpression, context: Context, ignore_failures: bool = False) -> Any:
        filters = [func.__name__ for func, _ in self.filters]
        if filters and filters[0] in FORGIVING_FILTERS:
            return original(self, context, ignore_failures=True)
        lookups = getattr(self.var, "lookups", None)
        if ignore_failures and lookups and lookups[0] not in context and _is_page():
            fail(str(self.var))
        return original(self, context, ignore_failures)

    return resolve


def _strict_attribute(original: Callable[[PreparedValue, Context], Any]) -> Callable[[PreparedValue, Context], Any]:
    """`<c-x :form="form" />` with no `form` fails; cotton would fall back to the component's default."""

    def resolve(self: PreparedValue, context: Context) -> Any:
        try:
            return original(self, context)
        except UnprocessableDynamicAttr:
            return fail(str(self.raw)) if _own_template() else original(self, context)

    return resolve
