"""Addresses of signing in, registration and the profile."""

from django.urls import path

from .views import client, coordinator, email_link, mandates, provider, session, sign_on

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
    path("profils/pilnvarojumi", mandates.mandates, name="mandates"),
    path("profils/pilnvarojumi/<uuid:reference>/apstridet", mandates.contest_mandate, name="contest_mandate"),
    path("profils/pilnvarojumi/<uuid:reference>/<slug:action>", mandates.decide_mandate, name="decide_mandate"),
    path("koordinators", coordinator.coordinator_home, name="coordinator_home"),
    path("koordinators/klienti/jauns", coordinator.find_client, name="find_client"),
    path("koordinators/klienti/pilnvarojums", coordinator.ask_mandate, name="ask_mandate"),
    path("koordinators/pabeigt", coordinator.stop_acting, name="stop_acting"),
    path("koordinators/klienti/<uuid:reference>/sakt", coordinator.begin_acting, name="begin_acting"),
    path("koordinators/klienti/<uuid:reference>/izbeigt", coordinator.end_own_mandate, name="end_own_mandate"),
    path("provider/login", provider.provider_sign_in, name="provider_sign_in"),
]
