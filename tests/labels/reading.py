"""Reads a rendered form the way a person does: labels in order, kind of answer, duty, choices."""

from dataclasses import dataclass
from typing import Any

from lxml import html
from lxml.html import HtmlElement

OPTIONAL = "(nav obligāts)"


@dataclass(frozen=True)
class Field:
    """One thing on the form. `kind`: text, select, tick, ticks, one (of several), read-only, heading."""

    label: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()

    @classmethod
    def wanted(cls, row: dict[str, Any]) -> "Field":
        return cls(row["label"], row["kind"], row.get("required", False), tuple(row.get("choices", ())))


def fields_of(page: bytes) -> list[Field]:
    """Everything of the form in the order of the document."""
    main = html.fromstring(page.decode()).xpath("//main")[0]
    found: list[Field] = []
    for element in main.iter("label", "fieldset", "dt", "h2", "h3", "legend"):
        field = _field(main, element)
        if field is not None:
            found.append(field)
    return found


def _field(main: HtmlElement, element: HtmlElement) -> Field | None:
    if element.tag == "fieldset":
        return _group(element)
    if element.tag == "label":
        return None if _inside_group(element) else _single(main, element)
    if element.tag == "legend" and _is_group(element.getparent()):
        return None
    return Field(_words(element), "read-only" if element.tag == "dt" else "heading")


def _is_group(fieldset: HtmlElement | None) -> bool:
    return fieldset is not None and fieldset.tag == "fieldset" and bool(_group_controls(fieldset))


def _group_controls(fieldset: HtmlElement) -> list[HtmlElement]:
    """Radios and ticks that share this fieldset's own name; a fieldset around other fields is no group."""
    controls = fieldset.xpath(".//input[@type='radio' or @type='checkbox']")
    others = fieldset.xpath(".//select|.//textarea|.//input[@type='text' or @type='email' or @type='tel']")
    is_one_field = len({control.get("name") for control in controls}) == 1 and not fieldset.xpath(".//fieldset")
    return controls if is_one_field and (len(controls) > 1 or not others) and len(controls) > len(others) else []


def _inside_group(label: HtmlElement) -> bool:
    return any(_is_group(parent) and label in _choice_labels(parent) for parent in label.iterancestors("fieldset"))


def _choice_labels(fieldset: HtmlElement) -> list[HtmlElement]:
    ids = {control.get("id") for control in _group_controls(fieldset)}
    return [label for label in fieldset.iter("label") if label.get("for") in ids]


def _group(fieldset: HtmlElement) -> Field | None:
    controls = _group_controls(fieldset)
    legend = fieldset.find("legend")
    if not controls or legend is None:
        return None
    kind = "one" if controls[0].get("type") == "radio" else "ticks"
    choices = tuple(_words(label) for label in _choice_labels(fieldset))
    return Field(_words(legend), kind, OPTIONAL not in legend.text_content(), choices)


def _single(main: HtmlElement, label: HtmlElement) -> Field | None:
    found = main.xpath(".//*[@id=$id]", id=label.get("for", ""))
    if not found:
        return None
    control = found[0]
    required = OPTIONAL not in label.text_content()
    if control.tag == "select":
        choices = tuple(_words(option) for option in control.iter("option") if option.get("value"))
        return Field(_words(label), "select", required, choices)
    kind = "tick" if control.get("type") == "checkbox" else "text"
    return Field(_words(label), kind, required)


def _words(element: HtmlElement) -> str:
    """The label alone: without its hint, its mark of being optional and words for screen readers only."""
    copy = html.fromstring(html.tostring(element, encoding="unicode", with_tail=False))
    for extra in copy.xpath(
        ".//*[contains(concat(' ', @class, ' '), ' hint ') or contains(concat(' ', @class, ' '), ' opt ')]"
    ):
        extra.drop_tree()
    return " ".join(copy.text_content().replace("\u00a0", " ").split())
