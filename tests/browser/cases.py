"""Every page of the portal, by the role that owns it, and the states worth looking at twice."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Case:
    """One page in one state. `path` may hold names of facts in braces; `act` brings the page into its state."""

    name: str
    role: str
    path: str
    act: Callable[[Page], None] | None = None
    state: str = ""
    status: int = 200

    def __str__(self) -> str:
        return f"{self.name}{'-' + self.state if self.state else ''}"


def send(page: Page) -> None:
    """Send the page's form with nothing ticked: required answers are missing."""
    ticked = page.get_by_role("main").locator("form[method=post] input[type=checkbox]:checked")
    while ticked.count():
        ticked.first.uncheck()
    page.get_by_role("main").locator("form[method=post] button[type=submit]").first.click()
    page.wait_for_load_state()


CASES = [
    Case("pages:home", "anonymous", "/"),
    Case("catalog:list", "anonymous", "/programmas"),
    Case("catalog:list", "anonymous", "/programmas?q=qqqqqq", state="nothing-found"),
    Case("catalog:list", "anonymous", "/programmas?finansejums=imk&kartot=cena&q=dati", state="filtered"),
    Case("catalog:list", "client", "/programmas", state="own-sectors"),
    Case("catalog:compare", "anonymous", "/programmas/salidzinat?id=701&id=704&id=809"),
    Case("catalog:institutions", "anonymous", "/iestades"),
    Case("catalog:institution", "anonymous", "/iestade/{institution}"),
    Case("pages:programme", "anonymous", "/programma/{programme}"),
    Case("pages:programme", "client", "/programma/{programme}", state="client"),
    Case("pages:programme", "anonymous", "/programma/{fullest}", state="few-places"),
    Case("pages:programme", "anonymous", "/programma/99999", state="gone", status=404),
    Case("pages:news", "anonymous", "/jaunumi"),
    Case("pages:news_item", "anonymous", "/jaunumi/{news}"),
    Case("pages:questions", "anonymous", "/jautajumi"),
    Case("pages:terms", "anonymous", "/lietosanas-noteikumi"),
    Case("pages:terms_version", "anonymous", "/lietosanas-noteikumi/{terms}"),
    Case("pages:privacy", "anonymous", "/privatuma-politika"),
    Case("pages:privacy_version", "anonymous", "/privatuma-politika/{privacy}"),
    Case("pages:look", "anonymous", "/pieklustamibas-iestatijumi?next=/jaunumi"),
    Case("demo:components", "anonymous", "/komponentes"),
    Case("demo:components", "anonymous", "/komponentes?izskats=augsts kontrasts", state="high-contrast"),
    Case("demo:components", "anonymous", "/komponentes?izskats=augsts kontrasts, tumšs", state="high-contrast-dark"),
    Case("demo:confirm", "anonymous", "/komponentes/apstiprinat"),
    Case("pages:contacts", "anonymous", "/kontakti"),
    Case("pages:content", "anonymous", "/{content}"),
    Case("pages:content_under", "anonymous", "/{content_under}"),
    Case("pages:content", "anonymous", "/nav-tadas-lapas", state="gone", status=404),
    Case("accounts:sign_in", "anonymous", "/pieslegties"),
    Case("accounts:provider_sign_in", "anonymous", "/provider/login"),
    Case("accounts:provider_sign_in", "anonymous", "/provider/login", act=send, state="errors", status=422),
    Case("accounts:register_institution", "anonymous", "/provider/registracija"),
    Case("accounts:register_institution", "anonymous", "/provider/registracija", act=send, state="errors", status=422),
    Case("accounts:register_employee", "anonymous", "/provider/registracija/darbinieks"),
    Case("accounts:registration_waits", "anonymous", "/provider/gaida"),
    Case("accounts:confirm_registration", "anonymous", "/provider/apstiprinat-epastu/nav", state="spent", status=410),
    Case("accounts:accept_invitation", "anonymous", "/uzaicinajums/nav", state="spent", status=410),
    Case("accounts:confirm_coordinator", "anonymous", "/koordinators/apstiprinat-epastu/x", state="spent", status=410),
    Case("accounts:confirm_consultant", "anonymous", "/konsultants/apstiprinat-epastu/x", state="spent", status=410),
    Case("accounts:ask_coordinator", "client", "/koordinators/registracija"),
    Case("accounts:ask_consultant", "client", "/konsultants/registracija"),
    Case("accounts:consultant_home", "client", "/konsultants", state="asks"),
    Case("accounts:contexts", "client", "/darba-vietas"),
    Case("accounts:rights", "client", "/profils/tiesibas", state="empty"),
    Case("accounts:institution_profile", "provider", "/provider/profils"),
    Case("accounts:session_over", "anonymous", "/sesija-beigusies?next=/pieteikums/jauns/701/imk/2"),
    Case("accounts:ask_password", "anonymous", "/parole/aizmirsta"),
    Case("accounts:ask_password", "anonymous", "/parole/aizmirsta", act=send, state="errors", status=422),
    Case("accounts:password_asked", "anonymous", "/parole/aizmirsta/nosutita"),
    Case("accounts:choose_password", "anonymous", "/parole/jauna/nav-tadas-saites", state="spent", status=410),
    Case("accounts:confirm_address", "anonymous", "/epasts/pieslegsanas/nav-tadas-saites", state="spent", status=410),
    Case("accounts:second_step", "anonymous", "/pieslegties/kods", state="anew", status=403),
    Case("accounts:second_step", "half way", "/pieslegties/kods"),
    Case("accounts:second_step", "half way", "/pieslegties/kods", act=send, state="errors", status=422),
    Case("accounts:suspended", "anonymous", "/konts-apturets"),
    Case("accounts:security", "client", "/profils/drosiba"),
    Case("accounts:security", "provider", "/profils/drosiba", state="password"),
    Case("accounts:sessions", "client", "/profils/sesijas"),
    Case("pages:who_looked", "client", "/profils/kas-skatijis"),
    Case("pages:my_data", "client", "/profils/mani-dati"),
    Case("pages:my_data_in_full", "client", "/profils/mani-dati/viss"),
    Case("pages:export", "client", "/profils/mani-dati/fails"),
    Case("pages:erase", "client", "/profils/mani-dati/dzest"),
    Case("pages:erased", "anonymous", "/dati-dzesti"),
    Case("accounts:suspend", "provider", "/profils/apturet-kontu"),
    Case("accounts:change_password", "provider", "/profils/parole"),
    Case("accounts:change_password", "provider", "/profils/parole", act=send, state="errors", status=422),
    Case("accounts:change_address", "provider", "/profils/pieslegsanas-adrese"),
    Case("accounts:second_factor", "provider", "/profils/otrais-faktors"),
    Case("accounts:second_factor", "administrator", "/profils/otrais-faktors", state="on"),
    Case("accounts:set_up_factor", "provider", "/profils/otrais-faktors/iestatit"),
    Case("accounts:renew_codes", "administrator", "/profils/otrais-faktors/jauni-kodi"),
    Case("accounts:switch_off_factor", "administrator", "/profils/otrais-faktors/izslegt", state="obliged"),
    Case("accounts:prove", "provider", "/apstiprinat-sevi"),
    Case("accounts:prove", "client", "/apstiprinat-sevi", state="sign-on"),
    Case("accounts:consent", "newcomer", "/piekrisana"),
    Case("accounts:consent", "newcomer", "/piekrisana", act=send, state="errors", status=422),
    Case("accounts:register", "agreed", "/registreties"),
    Case("accounts:register", "agreed", "/registreties", act=send, state="errors", status=422),
    Case("accounts:registered", "client", "/registreties/paldies"),
    Case("accounts:profile", "client", "/profils/mans-profils"),
    Case("accounts:email_confirmed", "client", "/epasts/apstiprinats"),
    Case("accounts:confirm_email", "client", "/epasts/apstiprinat/nav-tadas-saites", state="spent", status=410),
    Case("pages:client_home", "client", "/profils"),
    Case("pages:client_home", "beginner", "/profils", state="empty"),
    Case("funding:account", "client", "/profils/finansejums"),
    Case("notices:list", "client", "/profils/pazinojumi"),
    Case("applications:history", "client", "/profils/vesture"),
    Case("applications:history", "beginner", "/profils/vesture", state="empty"),
    Case("applications:choose_source", "beginner", "/pieteikums/avots?programma={two_sources}"),
    Case("applications:form", "beginner", "/pieteikums/jauns/{programme}/imk/1"),
    Case("applications:form", "beginner", "/pieteikums/jauns/{programme}/imk/2", state="step-2"),
    Case("applications:form", "beginner", "/pieteikums/jauns/{programme}/imk/3", state="step-3"),
    Case("applications:form", "beginner", "/pieteikums/jauns/{programme}/imk/3", act=send, state="errors", status=422),
    Case("applications:check", "beginner", "/pieteikums/{draft}/parbaudit"),
    Case("applications:receipt", "client", "/pieteikums/{application}/apstiprinajums"),
    Case("applications:proof", "client", "/pieteikums/{application}/apliecinajums"),
    Case("documents:ask", "anonymous", "/parbaude"),
    Case("documents:ask", "anonymous", "/parbaude?kods=123", state="errors", status=422),
    Case("documents:verify", "anonymous", "/parbaude/{code}"),
    Case("documents:verify", "anonymous", "/parbaude/0000-0000-0000-0000", state="unknown", status=404),
    Case("applications:detail", "client", "/profils/pieteikumi/{application}"),
    Case("applications:withdraw", "client", "/profils/pieteikumi/{application}/atteikties"),
    Case("accounts:mandates", "client", "/profils/pilnvarojumi", state="empty"),
    Case("applications:provider_home", "provider", "/provider"),
    Case("applications:work_list", "provider", "/provider/pieteikumi"),
    Case("applications:work_list", "provider", "/provider/pieteikumi?statuss=expelled", state="nothing-found"),
    Case("applications:provider_detail", "provider", "/provider/pieteikumi/{provider_application}"),
    Case("applications:groups", "provider", "/provider/grupas"),
    Case("applications:groups", "provider", "/provider/grupas?statuss=cancelled", state="nothing-found"),
    Case("applications:choose_programme", "provider", "/provider/grupas/jauna"),
    Case("applications:create_group", "provider", "/provider/grupas/jauna/{programme}"),
    Case("applications:create_group", "provider", "/provider/grupas/jauna/{programme}", send, "errors", 422),
    Case("applications:group", "provider", "/provider/grupas/{group}"),
    Case("applications:change_group", "provider", "/provider/grupas/{group}/labot"),
    Case("applications:start_group", "provider", "/provider/grupas/{group}/sakt"),
    Case("applications:start_group", "provider", "/provider/grupas/{group}/sakt", send, "errors", 422),
    Case("applications:cancel_group", "provider", "/provider/grupas/{group}/atcelt"),
    Case("applications:cancel_group", "provider", "/provider/grupas/{group}/atcelt", send, "errors", 422),
    Case("applications:admit", "provider", "/provider/pieteikumi/{provider_application}/uznemt"),
    Case("applications:reject", "provider", "/provider/pieteikumi/{provider_application}/neuznemt"),
    Case(
        "applications:reject", "provider", "/provider/pieteikumi/{provider_application}/neuznemt", send, "errors", 422
    ),
]

# Addresses that show no page of their own.
NO_PAGE = {
    **dict.fromkeys(
        (
            *("accounts:members", "accounts:invite", "accounts:decide_member", "accounts:change_role"),
            *("accounts:name_assessor", "accounts:hand_over", "accounts:leave", "accounts:withdraw_invitation"),
        ),
        "asked of an institution's administrator; tests/accounts/test_members.py and test_invite.py",
    ),
    "applications:finish_group": "of a group that is running; tests/applications/test_groups.py",
    "accounts:assessor_home": "of an assessor by password; tests/accounts/test_choose_context.py",
    "accounts:commission_home": "of a member of the commission; tests/accounts/test_choose_context.py",
    "accounts:coordinator_sign_in": "sends the browser to the state's sign-on",
    "accounts:consultant_sign_in": "sends the browser to the state's sign-on",
    "accounts:resend_registration": "a button's post",
    "accounts:resend_invitation": "a button's post",
    "accounts:resend_right": "a button's post",
    "accounts:coordinator_home": "of a coordinator; tests/accounts/test_mandates.py, not walked in a browser yet",
    "accounts:find_client": "of a coordinator; tests/accounts/test_mandates.py, not walked in a browser yet",
    "accounts:ask_mandate": "of a coordinator; tests/accounts/test_mandates.py, not walked in a browser yet",
    "accounts:contest_mandate": "of a coordinator; tests/accounts/test_mandates.py, not walked in a browser yet",
    "accounts:decide_mandate": "a button's post",
    "accounts:begin_acting": "a button's post",
    "accounts:end_own_mandate": "a button's post",
    "accounts:stop_acting": "a button's post",
    "accounts:dispute": "walked by the registers' journey",
    "accounts:registry_facts": "a part of a page, fetched by its script",
    "accounts:education_field": "a part of a page, fetched by its script",
    "healthz": "one word for machines",
    "readyz": "JSON for machines",
    "catalog:count": "a number for the filter's button",
    "catalog:suggestions": "lines for the list under the search",
    "accounts:sso_start": "sends the browser to the state's sign-on; walked by the journeys",
    "accounts:sso_answer": "takes the sign-on's post; walked by the journeys",
    "accounts:sso_finish": "sends the person on; walked by the journeys",
    "accounts:sso_sign_out": "takes the sign-on's word about signing out; walked by the journeys",
    "accounts:sso_metadata": "XML for the state's sign-on",
    "accounts:sign_out": "a button's post",
    "accounts:set_up_at_door": "needs an administrator without a factor; not walked in a browser yet",
    "accounts:recovery_codes": "shown once; not walked in a browser yet",
    "accounts:recovery_codes_file": "a file",
    "accounts:resend_confirmation": "a button's post",
    "accounts:extend_session": "a button's post",
    "applications:discard": "a button's post",
    "notices:open": "marks a notice read and sends the person to its page",
    "notices:mark_all_read": "a button's post",
    "notices:mark_unread": "a button's post",
    "applications:proof_pdf": "a file, or the page that waits for it; walked by tests/browser/test_papers.py",
    "applications:withdrawal_proof": "the same page as applications:proof; walked by tests/browser/test_papers.py",
    "applications:withdrawal_proof_pdf": "a file",
    "applications:application_pdf": "a file",
    "files:download": "a file",
    "pages:privacy_pdf": "a file",
}
