from django.urls import URLPattern, path

from . import views

app_name = "files"
urlpatterns: list[URLPattern] = [path("faili/<str:token>", views.download, name="download")]
