"""Context processor: menus and the signed-in person's box (filled by the pages app)."""

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, object]:
    return {"top_menu": [], "util_links": [], "footer_links": [], "user_menu": None, "client_menu": []}
