from django.urls import path

from . import views

app_name = "catalog"
urlpatterns = [
    path("programmas", views.catalogue, name="list"),
    path("programmas/skaits", views.count, name="count"),
]
