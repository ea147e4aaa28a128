from django.urls import URLPattern, path

from . import views

app_name = "documents"
urlpatterns: list[URLPattern] = [
    path("parbaude", views.ask, name="ask"),
    path("parbaude/<str:code>", views.verify, name="verify"),
]
