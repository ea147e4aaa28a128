from django.urls import path

from documents.states import ReceiptKind

from .views import applying, client, groups, papers, provider

SENT = {"kind": ReceiptKind.APPLICATION_SENT}
WITHDRAWN = {"kind": ReceiptKind.APPLICATION_WITHDRAWN}

app_name = "applications"
urlpatterns = [
    path("pieteikums/avots", applying.choose_source, name="choose_source"),
    path("pieteikums/jauns/<int:number>/<slug:source>", applying.start, name="form"),
    path("pieteikums/jauns/<int:number>/<slug:source>/<int:step>", applying.form, name="form"),
    path("pieteikums/<uuid:reference>/parbaudit", applying.check, name="check"),
    path("pieteikums/<uuid:reference>/apstiprinajums", client.receipt, name="receipt"),
    path("pieteikums/<uuid:reference>/apliecinajums", papers.proof, SENT, name="proof"),
    path("pieteikums/<uuid:reference>/apliecinajums.pdf", papers.proof_pdf, SENT, name="proof_pdf"),
    path("pieteikums/<uuid:reference>/apliecinajums-par-atteiksanos", papers.proof, WITHDRAWN, name="withdrawal_proof"),
    path(
        "pieteikums/<uuid:reference>/apliecinajums-par-atteiksanos.pdf",
        papers.proof_pdf,
        WITHDRAWN,
        name="withdrawal_proof_pdf",
    ),
    path("pieteikums/<uuid:reference>/dzest", client.discard, name="discard"),
    path("profils/pieteikumi/<uuid:reference>", client.detail, name="detail"),
    path("profils/pieteikumi/<uuid:reference>/pieteikums.pdf", papers.application_pdf, name="application_pdf"),
    path("profils/pieteikumi/<uuid:reference>/atteikties", client.withdraw, name="withdraw"),
    path("profils/vesture", client.history, name="history"),
    path("provider", provider.home, name="provider_home"),
    path("provider/pieteikumi", provider.work_list, name="work_list"),
    path("provider/pieteikumi/<uuid:reference>", provider.detail, name="provider_detail"),
    path("provider/pieteikumi/<uuid:reference>/uznemt", provider.admit, name="admit"),
    path("provider/pieteikumi/<uuid:reference>/neuznemt", provider.reject, name="reject"),
    path("provider/grupas", groups.groups, name="groups"),
    path("provider/grupas/jauna", groups.choose_programme, name="choose_programme"),
    path("provider/grupas/jauna/<int:number>", groups.create_group, name="create_group"),
    path("provider/grupas/<uuid:reference>", groups.group, name="group"),
    path("provider/grupas/<uuid:reference>/labot", groups.change_group, name="change_group"),
    path("provider/grupas/<uuid:reference>/sakt", groups.start_group, name="start_group"),
    path("provider/grupas/<uuid:reference>/beigt", groups.finish_group, name="finish_group"),
    path("provider/grupas/<uuid:reference>/atcelt", groups.cancel_group, name="cancel_group"),
]
