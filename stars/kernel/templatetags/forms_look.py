"""What the form, pager and error-summary components ask about Django's forms; page templates do not need it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import template
from django.core.paginator import Page
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.http import HttpRequest
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


class Entry(NamedTuple):
    """One line of the error summary: the words beside the field and where the field stands."""

    text: str
    anchor: str


class PageLink(NamedTuple):
    """One entry of the pager; a number of nought stands for the gap."""

    number: int
    href: str
    current: bool


@register.simple_tag
def kind_of(field: BoundField) -> str:
    """Name the look a bound field needs: hidden, group, tick, file or control."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, CheckboxInput):
        return "tick"
    if isinstance(widget, FileInput):
        return "file"
    return "control"


def _css_class(field: BoundField, *, small: bool, width: str) -> str:
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | FileInput):
        return ""
    name = "select" if isinstance(widget, Select) else "textarea" if isinstance(widget, Textarea) else "input"
    classes = [name]
    if small and name != "textarea":
        classes.append(f"{name}-s")
    if width:
        classes.append(f"w-{width}")
    return " ".join(classes)


@register.simple_tag
def described(field: BoundField, hint: str = "") -> str:
    """Give the ids of the hint and the error of a field, for ``aria-describedby``."""
    ids = []
    if hint or field.help_text:
        ids.append(f"{field.auto_id}-hint")
    if field.errors:
        ids.append(f"{field.auto_id}-error")
    return " ".join(ids)


@register.simple_tag
def control(field: BoundField, *, hint: str = "", small: bool = False, width: str = "") -> SafeString:
    """Draw the control of a bound field with our class and its hint and error announced."""
    attrs: dict[str, Any] = {}
    own = str(field.field.widget.attrs.get("class", ""))
    classes = f"{_css_class(field, small=small, width=width)} {own}".strip()
    if classes:
        attrs["class"] = classes
    if ids := described(field, hint):
        attrs["aria-describedby"] = ids
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


def _anchor(field: BoundField) -> str:
    return f"{field.auto_id}_0" if kind_of(field) == "group" else str(field.id_for_label or field.auto_id)


def _entries(form: BaseForm) -> Iterable[Entry]:
    for text in form.non_field_errors():
        yield Entry(str(text), "")
    for field in form:
        anchor = "" if field.is_hidden else _anchor(field)
        for text in field.errors:
            yield Entry(str(text), anchor)


@register.simple_tag
def error_list(form: BaseForm | None, forms: Iterable[BaseForm] | None = None) -> list[Entry]:
    """List every error of one or several forms in the order of the page, with the same words as beside the fields."""
    chosen = [*([form] if form else []), *(forms or [])]
    return [entry for one in chosen if one.is_bound for entry in _entries(one)]


@register.simple_tag(takes_context=True)
def page_links(context: Context, page: Page[Any], param: str = "lapa") -> list[PageLink]:
    """List the pager's links with gaps, keeping the rest of the address."""
    request: HttpRequest = context["request"]
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if not isinstance(number, int):
            links.append(PageLink(0, "", current=False))
            continue
        params = request.GET.copy()
        params[param] = str(number)
        links.append(PageLink(number, f"?{params.urlencode()}", current=number == page.number))
    return links


@register.simple_tag(takes_context=True)
def kept_fields(context: Context, *dropped: str) -> SafeString:
    """Carry the query string of the page through a small GET form as hidden fields, except the dropped names."""
    request: HttpRequest = context["request"]
    kept = [(name, value) for name, values in request.GET.lists() if name not in dropped for value in values]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)
