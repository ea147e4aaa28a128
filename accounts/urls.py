"""Addresses of signing in, registration and the profile."""

from django.urls import path

from .views import client, email_link, provider, session, sign_on

app_name = "accounts"
urlpatterns = [
    path("pieslegties", sign_on.sign_in, name="sign_in"),
    path("pieslegties/iedzivotajs", sign_on.sso_start, name="sso_start"),
    path("pieslegties/pabeigt/<str:handle>", sign_on.sso_finish, name="sso_finish"),
    path("sso/acs", sign_on.sso_answer, name="sso_answer"),
    path("sso/slo", sign_on.sso_sign_out, name="sso_sign_out"),
    path("sso/metadata", sign_on.sso_metadata, name="sso_metadata"),
    path("iziet", sign_on.sign_out, name="sign_out"),
    path("sesija/turpinat", session.extend, name="extend_session"),
    path("sesija-beigusies", session.over, name="session_over"),
    path("piekrisana", client.consent, name="consent"),
    path("registreties", client.register, name="register"),
    path("registreties/paldies", client.registered, name="registered"),
    path("profils/mans-profils", client.profile, name="profile"),
    path("profils/mans-profils/epasts", client.resend_confirmation, name="resend_confirmation"),
    path("epasts/apstiprinat/<str:token>", email_link.confirm_email, name="confirm_email"),
    path("epasts/apstiprinats", email_link.email_confirmed, name="email_confirmed"),
    path("provider/login", provider.provider_sign_in, name="provider_sign_in"),
]
