from django.urls import URLPattern, path, re_path

from .views import client, look, own_data, policies, programme, public

app_name = "pages"
urlpatterns: list[URLPattern] = [
    path("", public.home, name="home"),
    path("profils", client.home, name="client_home"),
    path("profils/kas-skatijis", own_data.who_looked, name="who_looked"),
    path("profils/kas-skatijis/fails.csv", own_data.looks_file, name="looks_file"),
    path("profils/kas-skatijis/<int:entry>", own_data.ask_about_look, name="ask_about_look"),
    path("profils/mani-dati", own_data.my_data, name="my_data"),
    path("profils/mani-dati/viss", own_data.my_data_in_full, name="my_data_in_full"),
    path("profils/mani-dati/fails", own_data.export, name="export"),
    path("profils/mani-dati/dzest", own_data.erase, name="erase"),
    path("dati-dzesti", own_data.erased, name="erased"),
    path("programma/<int:number>", programme.programme, name="programme"),
    path("jaunumi", public.news, name="news"),
    path("jaunumi/<slug:slug>", public.news_item, name="news_item"),
    path("jautajumi", public.questions, name="questions"),
    path("lietosanas-noteikumi", policies.terms, name="terms"),
    path("lietosanas-noteikumi/<str:version>", policies.terms, name="terms_version"),
    path("privatuma-politika.pdf", policies.privacy_pdf, name="privacy_pdf"),
    path("privatuma-politika", policies.privacy, name="privacy"),
    path("privatuma-politika/<str:version>", policies.privacy, name="privacy_version"),
    path("pieklustamibas-iestatijumi", look.look, name="look"),
    path("kontakti", public.content, {"slug": "kontakti"}, name="contacts"),
    # Last: the agency's own pages. "/admin" stays free, so that Django can still send it on to "/admin/".
    re_path(r"^(?!admin$)(?P<slug>[-a-zA-Z0-9_]+)$", public.content, name="content"),
    path("<slug:parent>/<slug:slug>", public.content, name="content_under"),
]
