"""Every address of the portal; the apps own theirs."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

from stars.kernel import views

urlpatterns = [
    path("", include("catalog.urls")),  # asked for most, so looked at first
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("documents.urls")),
    path("", include("applications.urls")),
    path("", include("calls.urls")),
    path("", include("funding.urls")),
    path("", include("stars.notices.urls")),
    path("", include("stars.files.urls")),
    *([path("", include("stars.demo.urls"))] if apps.is_installed("stars.demo") else []),
    path("", include("stars.pages.urls")),
]

handler400 = "stars.kernel.views.bad_request"
handler403 = "stars.kernel.views.permission_denied"
handler404 = "stars.kernel.views.not_found"
handler500 = "stars.kernel.views.server_error"
