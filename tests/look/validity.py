"""What HTML itself asks of a page: the parser's own complaints, and the rules of content and names it cannot see.

`faults(source)` reads what the server sent, before any script; an empty list is a valid page (design.md 9.1 and 9.6).
"""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

# Only words and what stands among words may be inside these.
WORDS_ONLY = {"p", "span", "h1", "h2", "h3", "h4", "button", "label", "strong", "em", "b", "small", "q", "abbr", "time"}
BLOCKS = {
    *("address", "article", "aside", "blockquote", "details", "dialog", "div", "dl", "fieldset", "figure", "footer"),
    *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table"),
    *("ul",),
}
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "tr": {"td", "th"},
    "select": {"option", "optgroup", "hr"},
}
INTERACTIVE = {"a", "button", "select", "textarea", "details", "iframe", "label"}
CONTROLS = {"input", "select", "textarea", "button", "meter", "output", "progress"}
# Elements that have no role of their own: a name given to them is read by nobody.
NAMELESS = {
    "span",
    "div",
    "p",
    "strong",
    "em",
    "b",
    "i",
    "small",
    "code",
    "del",
    "ins",
    "sub",
    "sup",
    "q",
    "time",
    "dt",
    "dd",
}
GONE = {"acronym", "big", "center", "dir", "font", "frame", "frameset", "marquee", "nobr", "strike", "tt"}


def faults(source: str) -> list[str]:
    """Everything wrong with the page, as sentences a developer understands."""
    parser = HTMLParser(namespace_html_elements=False)
    root = parser.parse(source)
    found = [f"parser, line {position[0]}: {code} {details or ''}".strip() for position, code, details in parser.errors]
    parents = {child: parent for parent in root.iter() for child in parent}
    elements = [one for one in root.iter() if isinstance(one.tag, str) and not one.tag.startswith("{")]
    found += _page(root, elements)
    for element in elements:
        found += _element(element, parents)
    return found


def _page(root: Element, elements: list[Element]) -> Iterator[str]:
    if not root.get("lang"):
        yield "html has no lang"
    headings = sum(one.tag == "h1" for one in elements)
    if headings != 1:
        yield f"{headings} h1"
    if sum(one.tag == "title" for one in elements) != 1:
        yield "not one title"
    if sum(one.tag == "main" for one in elements) != 1:
        yield "not one main"
    ids = Counter(one.get("id") for one in root.iter() if one.get("id") is not None)
    yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    yield from (f"id {name!r} is empty or has a space" for name in ids if not name or " " in name)
    for one in elements:
        for attribute in (
            "for",
            "aria-describedby",
            "aria-labelledby",
            "aria-controls",
            "aria-details",
            "form",
            "list",
        ):
            for name in (one.get(attribute) or "").split():
                if name not in ids and one.tag != "output":
                    yield f"{_shown(one)} points with {attribute} at {name!r}, which is not there"


def _element(element: Element, parents: dict[Element, Element]) -> Iterator[str]:
    tag = str(element.tag)
    if tag in GONE:
        yield f"{tag} is an element of the past"
    if tag == "button" and element.get("type") not in {"submit", "button", "reset"}:
        yield f"{_shown(element)} has no type"
    if tag == "img" and element.get("alt") is None:
        yield f"{_shown(element)} has no alt"
    if (
        tag in NAMELESS
        and element.get("role") is None
        and (element.get("aria-label") or element.get("aria-labelledby"))
    ):
        yield f"{_shown(element)} has an aria-label nobody reads"
    if element.get("style") is not None or any(name.startswith("on") for name in element.keys()):  # noqa: SIM118
        yield f"{_shown(element)} carries a style or script of its own"
    yield from _children(element, tag)
    yield from _ancestors(element, tag, parents)
    if tag == "label":
        yield from _label(element)
    if tag in CONTROLS - {"button", "output", "progress", "meter"}:
        yield from _named(element, parents)


def _children(element: Element, tag: str) -> Iterator[str]:
    allowed = CHILDREN.get(tag)
    for child in element if allowed is not None else ():
        if isinstance(child.tag, str) and child.tag not in allowed:  # type: ignore[operator]
            yield f"{child.tag} stands right inside {tag}"
    if allowed is not None and tag not in {"select"} and (element.text or "").strip():
        yield f"bare words right inside {tag}"


def _ancestors(element: Element, tag: str, parents: dict[Element, Element]) -> Iterator[str]:
    above = parents.get(element)
    while above is not None:
        if above.tag in WORDS_ONLY and tag in BLOCKS:
            yield f"{_shown(element)} stands inside {above.tag}, where only words may be"
            return
        if _is_interactive(element) and above.tag in {"a", "button"}:
            yield f"{_shown(element)} can be pressed and stands inside {above.tag}"
            return
        if tag == "form" and above.tag == "form":
            yield "a form inside a form"
        above = parents.get(above)


def _is_interactive(element: Element) -> bool:
    tag = str(element.tag)
    if tag == "a":
        return element.get("href") is not None
    if tag == "input":
        return element.get("type") != "hidden"
    return tag in INTERACTIVE or element.get("tabindex") is not None


def _label(element: Element) -> Iterator[str]:
    inside = [one for one in element.iter() if one.tag in CONTROLS and one.get("type") != "hidden"]
    if not element.get("for") and len(inside) != 1:
        yield f"{_shown(element)} belongs to no control"
    if element.get("for") and inside and inside[0].get("id") != element.get("for"):
        yield f"{_shown(element)} holds one control and points at another"


def _named(element: Element, parents: dict[Element, Element]) -> Iterator[str]:
    """Every control has a name: a label, or an aria-label on the control itself."""
    if element.get("type") in {"hidden", "submit", "button", "reset", "image"}:
        return
    if element.get("aria-label") or element.get("aria-labelledby") or element.get("title"):
        return
    top, above = element, parents.get(element)
    while above is not None:
        if above.tag == "label":
            return
        top, above = above, parents.get(above)
    name = element.get("id")
    if not name or not any(one.tag == "label" and one.get("for") == name for one in top.iter()):
        yield f"{_shown(element)} has no label"


def _shown(element: Element) -> str:
    marks = [f'{name}="{element.get(name)}"' for name in ("id", "name", "class", "href") if element.get(name)]
    return f"<{' '.join([str(element.tag), *marks[:2]])}>"
