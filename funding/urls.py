from django.urls import path

from . import views

app_name = "funding"
urlpatterns = [
    path("profils/finansejums", views.account, name="account"),
    path("profils/finansejums/vesture.csv", views.history_file, name="history_file"),
]
