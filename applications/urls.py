from django.urls import path

from .views import applying, client, provider

app_name = "applications"
urlpatterns = [
    path("pieteikums/avots", applying.choose_source, name="choose_source"),
    path("pieteikums/jauns/<int:number>/<slug:source>", applying.start, name="form"),
    path("pieteikums/jauns/<int:number>/<slug:source>/<int:step>", applying.form, name="form"),
    path("pieteikums/<uuid:reference>/parbaudit", applying.check, name="check"),
    path("pieteikums/<uuid:reference>/apstiprinajums", client.receipt, name="receipt"),
    path("pieteikums/<uuid:reference>/dzest", client.discard, name="discard"),
    path("profils/pieteikumi/<uuid:reference>", client.detail, name="detail"),
    path("profils/pieteikumi/<uuid:reference>/atteikties", client.withdraw, name="withdraw"),
    path("profils/vesture", client.history, name="history"),
    path("provider", provider.home, name="provider_home"),
    path("provider/pieteikumi", provider.work_list, name="work_list"),
    path("provider/pieteikumi/<uuid:reference>", provider.detail, name="provider_detail"),
    path("provider/pieteikumi/<uuid:reference>/uznemt", provider.admit, name="admit"),
    path("provider/pieteikumi/<uuid:reference>/neuznemt", provider.reject, name="reject"),
]
