"""The chart tag: bars, stacks, lines and funnels as plain SVG with the numbers in a table beside them, no script."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Point = tuple[str, float, str]
"""A label, a number and the words that show the number (``427,43 €``)."""
Stack = tuple[str, tuple[float, ...]]
"""A label and one number for each part."""
Scale = Sequence[str]
"""The greatest number, its half and nought in words, beside the axis of a line; empty for an axis without words."""

WIDE, NARROW = 860, 336
BAR_STEP = 34
LINE_TOP, LINE_BOTTOM, LINE_HEIGHT = 30, 160, 194
LABEL_ROOM = 96
NUMBER_ROOM = 14  # what a digit inside a stack needs on both sides of it
MOST_PARTS = 5  # as many colours as design.md 2 has


def _points(data: Sequence[Sequence[object]]) -> list[Point]:
    points = []
    for row in data:
        number = float(str(row[1]))
        words = str(row[2]) if len(row) > 2 else _words(number)
        points.append((str(row[0]), number, words))
    return points


def _n(value: float) -> str:
    """Write a coordinate without the decimal comma of the page's language."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _words(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def _lying(label: str, place: int, width: int) -> tuple[dict[str, object], float, float]:
    """A lying bar's place, the same for every kind: on the wide drawing the label stands beside it, on the narrow one above."""
    wide = width == WIDE
    left = 300.0 if wide else 0.0
    y = place * (BAR_STEP if wide else BAR_STEP + 20) + (8 if wide else 28)
    room = width - left - LABEL_ROOM
    shown: dict[str, object] = {
        "label": label,
        "y": _n(y),
        "room": _n(room),
        "left": _n(left),
        "base": _n(y + 14),
        "label_x": _n(left - 16 if wide else 0),
        "label_y": _n(y + 14 if wide else y - 8),
        "anchor": "end" if wide else "start",
    }
    return shown, left, room


def _tall(rows: int, width: int) -> int:
    return rows * (BAR_STEP if width == WIDE else BAR_STEP + 20) + 8


def _bars(points: list[Point], width: int, top: float, _scale: Scale) -> dict[str, object]:
    """Place lying bars from the left."""
    bars = []
    for place, (label, number, words) in enumerate(points):
        shown, left, room = _lying(label, place, width)
        length = room * max(number, 0) / top if top else 0
        bars.append(shown | {"words": words, "start": _n(left), "length": _n(length), "end": _n(left + length + 10)})
    return {"width": width, "height": _tall(len(points), width), "bars": bars}


def _funnel(points: list[Point], width: int, top: float, _scale: Scale) -> dict[str, object]:
    """Place bars around one middle, so that what is lost from step to step is seen on both sides."""
    bars = []
    for place, (label, number, words) in enumerate(points):
        shown, left, room = _lying(label, place, width)
        length = room * max(number, 0) / top if top else 0
        start = left + (room - length) / 2
        bars.append(shown | {"words": words, "start": _n(start), "length": _n(length), "end": _n(left + room + 10)})
    return {"width": width, "height": _tall(len(points), width), "bars": bars}


def _stacks(rows: list[Stack], width: int) -> dict[str, object]:
    """Place each label's parts one after another in the order of the legend; a part that has room says its number."""
    top = max((sum(numbers) for _, numbers in rows), default=0.0)
    bars = []
    for place, (label, numbers) in enumerate(rows):
        shown, left, room = _lying(label, place, width)
        parts, x = [], left
        for colour, number in enumerate(numbers, start=1):
            length = room * number / top if top else 0.0
            words = _words(number)
            parts.append(
                {
                    "x": _n(x),
                    "length": _n(max(length - 1.5, 0)),
                    "middle": _n(x + length / 2),
                    "words": words if length > NUMBER_ROOM + 9 * len(words) else "",
                    "colour": colour,
                }
            )
            x += length
        bars.append(shown | {"parts": parts, "words": _words(sum(numbers)), "end": _n(x + 10)})
    return {"width": width, "height": _tall(len(rows), width), "bars": bars}


def _line(points: list[Point], width: int, top: float, scale: Scale) -> dict[str, object]:
    """Place a stepped line: a balance stays as it is until it changes. The wide drawing has room for the scale's words."""
    says = scale if scale and width == WIDE and top else ("", "", "")
    left = 20.0 + (LABEL_ROOM if any(says) else 0)
    step = (width - left - LABEL_ROOM) / max(len(points) - 1, 1)

    def height(number: float) -> float:
        return LINE_BOTTOM - (LINE_BOTTOM - LINE_TOP) * (number / top if top else 0)

    marks = [(left + place * step, height(number)) for place, (_, number, _) in enumerate(points)]
    path = "".join(f"H{_n(after[0])}V{_n(after[1])}" for _, after in pairwise(marks))
    start = f"M{_n(marks[0][0])} {_n(marks[0][1])}" if marks else ""
    last = _n(width - 4)
    shown_most = 7 if width == WIDE else 3
    every = max(1, -(-len(points) // shown_most))
    return {
        "width": width,
        "height": LINE_HEIGHT,
        "path": f"{start}{path}H{last}" if marks else "",
        "area": f"{start}{path}H{last}V{LINE_BOTTOM}H{_n(left)}Z" if marks else "",
        "levels": [
            {"y": _n(height(top * share)), "base": _n(height(top * share) + 5), "words": words}
            for share, words in zip((1, 0.5, 0), says, strict=True)
        ],
        "from": _n(left - 20),
        "right": last,
        "marks": [{"x": _n(x), "y": _n(y)} for x, y in marks],
        "shown": [
            {"x": _n(x), "words_x": _n(x + 8), "words_y": _n(y - 12), "label": point[0], "words": point[2]}
            for place, ((x, y), point) in enumerate(zip(marks, points, strict=True))
            if place % every == 0
        ],
    }


DRAWINGS: dict[str, Callable[[list[Point], int, float, Scale], dict[str, object]]] = {
    "bar": _bars,
    "line": _line,
    "funnel": _funnel,
}


def chart(
    kind: str,
    data: Sequence[Sequence[object]],
    *,
    title: str,
    label_head: str,
    value_head: str,
    csv: str = "",
    scale: Scale = (),
    parts: Sequence[str] = (),
) -> SafeString:
    """Draw ``data`` for wide and narrow screens, with its table.

    Its rows are label, number and optional words; of a "stacked" chart label and one number for each of ``parts``.
    """
    context: dict[str, object] = {
        "kind": kind,
        "title": title,
        "label_head": label_head,
        "value_heads": parts or (value_head,),
        "parts": parts,
        "csv": csv,
    }
    if kind == "stacked":
        assert len(parts) <= MOST_PARTS
        rows = [(str(label), tuple(float(str(number)) for number in numbers)) for label, *numbers in data]
        context["table"] = [(label, [_words(number) for number in numbers]) for label, numbers in rows]
        context["drawings"] = [("only-wide", _stacks(rows, WIDE)), ("only-narrow", _stacks(rows, NARROW))]
    else:
        points = _points(data)
        top = max((number for _, number, _ in points), default=0.0)
        context["table"] = [(label, [words]) for label, _, words in points]
        context["drawings"] = [
            (css_class, DRAWINGS[kind](points, width, top, scale))
            for css_class, width in (("only-wide", WIDE), ("only-narrow", NARROW))
        ]
    return render_to_string("components/_chart.html", context)


# --- two small drawings of one look each ------------------------------------

LEVELS = 8
LEVEL_STEP, LEVEL_WIDTH, LEVEL_BASE = 50.5, 45, 112
DAYS_WIDTH, MOST_DAYS = 336, 60


def digcomp_steps(lowest: int, highest: int, own: int, label: str) -> SafeString:
    """Draw the eight DigComp levels as stairs: the programme's filled, the person's own level under a star."""
    steps = [
        {
            "n": n,
            "x": _n((n - 1) * LEVEL_STEP),
            "y": LEVEL_BASE - 7 - 9 * n,
            "height": 7 + 9 * n,
            "middle": _n((n - 1) * LEVEL_STEP + LEVEL_WIDTH / 2),
            "filled": lowest <= n <= highest,
        }
        for n in range(1, LEVELS + 1)
    ]
    star = _n((own - 1) * LEVEL_STEP + LEVEL_WIDTH / 2) if own else ""
    return render_to_string("components/_digcomp.html", {"steps": steps, "star": star, "own": own, "label": label})


def round_days(opens: date, closes: date, today: date, label: str) -> SafeString:
    """Draw the days of an application round as boxes: gone ones filled, today taller; long rounds as one bar."""
    total = (closes - opens).days + 1
    gone = min(max((today - opens).days, -1), total - 1)
    count = total if total <= MOST_DAYS else MOST_DAYS
    now = gone if total <= MOST_DAYS else gone * (MOST_DAYS - 1) // max(total - 1, 1)
    step = DAYS_WIDTH / count
    boxes = [
        {
            "x": _n(place * step),
            "width": _n(step * 0.78),
            "y": 4 if place == now else 10,
            "height": 28 if place == now else 16,
            "filled": place <= now,
        }
        for place in range(count)
    ]
    middle = (now + 0.4) * step
    context = {
        "boxes": boxes,
        "label": label,
        "opens": f"{opens:%d.%m.}",
        "closes": f"{closes:%d.%m.}",
        "today_x": _n(middle) if now >= 0 else "",
        "first": now < 0 or middle > DAYS_WIDTH * 0.3,
        "last": middle < DAYS_WIDTH * 0.7,
    }
    return render_to_string("components/_days.html", context)
