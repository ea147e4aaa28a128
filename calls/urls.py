from django.urls import path

from .views import commission, offers, papers, programmes, public, venues

app_name = "calls"
urlpatterns = [
    path("izglitibas-iestadem/uzaicinajumi/<slug:slug>", public.call, name="call"),
    path("izglitibas-iestadem/uzaicinajumi/<slug:slug>/dokumenti/<int:pk>", public.document, name="document"),
    path("provider/vietas", venues.venues, name="venues"),
    path("provider/vietas/<int:pk>/parbaudit", venues.ask_again, name="ask_again"),
    path("provider/vietas/<int:pk>/dzest", venues.drop, name="drop_venue"),
    path("provider/programmas", programmes.programmes, name="programmes"),
    path("provider/programmas/jauna", programmes.begin, name="begin_programme"),
    path("provider/programmas/<uuid:reference>", programmes.programme, name="programme"),
    path("provider/programmas/<uuid:reference>/prieksskatijums", programmes.preview, name="preview"),
    path("provider/programmas/<uuid:reference>/dzest", programmes.discard, name="discard_programme"),
    path("provider/piedavajumi", offers.offers, name="offers"),
    path("provider/piedavajumi/jauns", offers.begin, name="begin_offer"),
    path("provider/piedavajumi/<uuid:reference>", offers.offer, name="offer"),
    path("provider/piedavajumi/<uuid:reference>/parbaudit", offers.check, name="check"),
    path("provider/piedavajumi/<uuid:reference>/dzest", offers.discard, name="discard_offer"),
    path("provider/piedavajumi/<uuid:reference>/atsaukt", offers.withdraw, name="withdraw"),
    path("provider/piedavajumi/<uuid:reference>/apstiprinajums", papers.receipt, name="receipt"),
    path("provider/piedavajumi/<uuid:reference>/versijas/<int:number>", papers.version, name="version"),
    path("provider/piedavajumi/<uuid:reference>/lemums", papers.letter, name="letter"),
    path("provider/pielikumi/<int:pk>", papers.download, name="download"),
    path("provider/pielikumi/<int:pk>/nonemt", papers.remove, name="remove_paper"),
    path("komisija", commission.home, name="commission"),
    path("komisija/uzaicinajumi/<slug:slug>", commission.call, name="commission_call"),
    path("komisija/piedavajumi/<slug:number>", commission.offer, name="opened_offer"),
    path("komisija/programmas/<int:pk>", commission.score, name="score"),
    path("komisija/programmas/<int:pk>/nodot", commission.give, name="give"),
    path("komisija/programmas/<int:pk>/vienosanas", commission.agree, name="agree"),
    path("komisija/pielikumi/<int:pk>", commission.sealed_file, name="sealed_file"),
]
