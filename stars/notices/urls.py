from django.urls import URLPattern, path

from . import views

app_name = "notices"
urlpatterns: list[URLPattern] = [
    path("profils/pazinojumi", views.notices, name="list"),
    path("profils/pazinojumi/izlasiti", views.mark_all_read, name="mark_all_read"),
    path("profils/pazinojumi/<int:pk>/atvert", views.open_notice, name="open"),
]
