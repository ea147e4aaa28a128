from django.urls import URLPattern, path, register_converter

from . import views


class Moment:
    """Microseconds since 1970, of our own centuries."""

    regex = "[0-9]{16}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:016}"


register_converter(Moment, "moment")
app_name = "notices"
urlpatterns: list[URLPattern] = [
    path("profils/pazinojumi", views.notices, name="list"),
    path("profils/pazinojumi/izlasiti", views.mark_all_read, name="mark_all_read"),
    path("profils/pazinojumi/nelasiti/<moment:microseconds>", views.mark_unread, name="mark_unread"),
    path("profils/pazinojumi/<int:pk>/atvert", views.open_notice, name="open"),
]
