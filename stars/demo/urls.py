from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("komponentes", views.components, name="components"),
    path("komponentes/apstiprinat", views.confirm, name="confirm"),
]
