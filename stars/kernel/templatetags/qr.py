"""The QR tag: an address as squares, drawn as plain SVG with words for those who cannot see it."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from segno import make

SIDE = 148  # px on the page; a telephone reads it from a hand's length
QUIET_ZONE = 4


def qr(address: str, label: str) -> SafeString:
    """Draw `address` dark on its own light ground, in every theme; `label` is what a screen reader says."""
    code = make(address, error="m", micro=False)
    drawn = code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff")
    inner = drawn[drawn.index(">") + 1 :]  # squares only, no user text
    side = code.symbol_size(border=QUIET_ZONE)[0]
    return format_html(
        '<svg viewBox="0 0 {0} {0}" width="{1}" height="{1}" role="img"><title>{2}</title>{3}',
        side,
        SIDE,
        label,
        mark_safe(inner),
    )
