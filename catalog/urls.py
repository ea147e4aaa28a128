from django.urls import path

from . import views

app_name = "catalog"
urlpatterns = [
    path("programmas", views.catalogue, name="list"),
    path("programmas/skaits", views.count, name="count"),
    path("programmas/ieteikumi", views.suggestions, name="suggestions"),
    path("programmas/salidzinat", views.compare, name="compare"),
    path("profils/saglabatie", views.saved, name="saved"),
    path("profils/saglabatie/meklejums", views.save_search, name="save_search"),
    path("profils/saglabatie/meklejums/<uuid:search>", views.change_search, name="change_search"),
    path("iestades", views.institutions, name="institutions"),
    path("iestade/<uuid:institution>", views.institution, name="institution"),
]
