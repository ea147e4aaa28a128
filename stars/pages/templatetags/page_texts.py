"""The agency's notation for templates that get only plain text, such as PDFs."""

from django import template

from stars.pages.texts import Piece, pieces

register = template.Library()


@register.filter
def policy_pieces(body: str) -> list[Piece]:
    """The pieces of terms or a policy, with numbered points."""
    return pieces(body, points=True)
