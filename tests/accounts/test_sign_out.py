"""Leaving: by the person's own button, or by the provider's signed word; nothing else ends a session (SSO-15, WSF-10)."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import Settings

from accounts import services, sso
from accounts.browsers import sessions, store
from accounts.models import Session, SignOnSession, UsedAssertion
from accounts.sso import Refused
from tests.accounts.answers import NS, PORTAL, Answer, Bend, Keys, drop, find, post, put, say, twice
from tests.accounts.farewells import RSA, SIGNED_OUT_AT, Goodbye, packed, signed, unpacked
from tests.accounts.tokens import Token
from tests.conftest import signed_in
from tests.factories.accounts import ProviderFactory, SignOnSessionFactory

pytestmark = pytest.mark.django_db

SLO = "https://idp.example.lv/saml/slo"


@pytest.fixture
def leaving(sign_on: Keys, settings: Settings) -> Keys:
    """Single logout is agreed on."""
    settings.STARS_IDP_SLO_URL = SLO
    return sign_on


SignInAs = Callable[..., Any]


def named(index: str) -> Bend:
    return put("a:AuthnStatement", SessionIndex=index)


def enter(answered: SignInAs, index: str = "_s1", **who: object) -> Client:
    """A browser signed in through the sign-on, in the provider's session of this name."""
    browser = Client()
    answered(browser, Answer(bend_assertion=named(index)).but(**who))
    assert is_in(browser)
    return browser


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def ask(query: str, browser: Client | None = None) -> Any:
    return (browser or Client()).get(f"/sso/slo?{query}")


# --- our own button -------------------------------------------------------------------


def test_sso_15_our_button_ends_the_session_and_leads_on_to_the_provider(
    leaving: Keys, answered: SignInAs, portal_keys: Keys
) -> None:
    browser = enter(answered)
    key = browser.session.session_key
    response = browser.post("/iziet")
    assert not Session.objects.filter(session_key=key).exists()
    assert not SignOnSession.objects.exists()
    assert response["Location"].startswith(f"{SLO}?SAMLRequest=")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    root = unpacked(response["Location"], "SAMLRequest")
    assert (etree.QName(root).localname, root.get("Destination")) == ("LogoutRequest", SLO)
    assert root.findtext("a:Issuer", namespaces=NS) == PORTAL
    assert root.findtext("p:SessionIndex", namespaces=NS) == "_s1"
    raw = urlsplit(response["Location"]).query
    assert is_signed(raw, portal_keys)


def is_signed(raw: str, keys: Keys) -> bool:
    public = x509.load_pem_x509_certificate(keys.cert_file.read_bytes()).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    signature = base64.b64decode(parse_qs(raw)["Signature"][0])
    public.verify(signature, raw.partition("&Signature=")[0].encode(), padding.PKCS1v15(), hashes.SHA256())
    return True


def test_cod_04_no_code_stands_in_the_address_we_send_the_browser_to(leaving: Keys, answered: SignInAs) -> None:
    """The name is for the provider alone: xmlsec opens it with the provider's key, and only with that."""
    browser = enter(answered)
    root = unpacked(browser.post("/iziet")["Location"], "SAMLRequest")
    assert b"01019012345" not in etree.tostring(root)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_file(str(leaving.key_file), xmlsec.constants.KeyDataFormatPem))
    opened = xmlsec.EncryptionContext(manager).decrypt(find(root, "a:EncryptedID")[0])
    assert opened.text == "PK:01019012345"


def test_sso_15_our_button_needs_a_post_with_a_token(leaving: Keys, answered: SignInAs) -> None:
    browser = Client(enforce_csrf_checks=True)
    answered(browser)
    assert browser.post("/iziet").status_code == 403
    assert browser.get("/iziet").status_code == 405
    assert is_in(browser)


def test_sso_15_who_came_by_password_is_not_sent_to_the_provider(leaving: Keys) -> None:
    browser = signed_in(Client(), ProviderFactory())
    assert browser.post("/iziet")["Location"] == "/"


def test_a_provider_without_an_address_for_it_is_not_visited(answered: SignInAs) -> None:
    assert enter(answered).post("/iziet")["Location"] == "/"


def test_sso_15_the_way_back_says_that_the_person_has_left(leaving: Keys, answered: SignInAs) -> None:
    browser = enter(answered)
    browser.post("/iziet")
    query = Goodbye(kind="LogoutResponse").query(leaving)
    page = browser.get(f"/sso/slo?{query}", follow=True)
    assert page.redirect_chain == [("/", 302)]
    assert "Darbs platformā ir beigts." in page.content.decode()


# --- the provider's word --------------------------------------------------------------------


def test_sso_15_a_signed_request_ends_the_session_it_names_and_no_other(leaving: Keys, answered: SignInAs) -> None:
    here, elsewhere = enter(answered, "_s1"), enter(answered, "_s2")
    other = enter(answered, "_s1", name_id="PK:32000000001", codes=(("320000-00001", False),))
    response = ask(Goodbye().query(leaving))
    assert [is_in(one) for one in (here, elsewhere, other)] == [False, True, True]
    assert response.status_code == 302


def test_sso_15_the_answer_is_signed_and_goes_to_the_agreed_address_only(
    leaving: Keys, answered: SignInAs, portal_keys: Keys
) -> None:
    enter(answered)
    goodbye = Goodbye(relay_state="https://evil.example/?a=b")
    address = ask(goodbye.query(leaving))["Location"]
    assert address.startswith(f"{SLO}?SAMLResponse=")
    assert is_signed(urlsplit(address).query, portal_keys)
    root = unpacked(address, "SAMLResponse")
    assert (root.get("Destination"), etree.QName(root).localname) == (SLO, "LogoutResponse")
    assert str(root.get("InResponseTo")).startswith("_id")
    assert find(root, "p:Status/p:StatusCode").get("Value", "").endswith(":Success")
    assert parse_qs(urlsplit(address).query)["RelayState"] == ["https://evil.example/?a=b"]


def test_sso_15_the_browser_that_brings_the_request_may_be_the_one_that_is_ended(
    leaving: Keys, answered: SignInAs
) -> None:
    """Also a minute later, when its session would have been written again."""
    browser = enter(answered)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert ask(Goodbye().query(leaving), browser).status_code == 302
        assert not is_in(browser)
        assert browser.get("/pieslegties").status_code == 200


def test_sso_15_a_session_is_found_under_its_new_key(leaving: Keys, answered: SignInAs) -> None:
    """Choosing another role gives the session a new id (SES-01)."""
    browser = enter(answered)
    session = browser.session
    sessions.choose_context(session, "client")
    session.save()
    browser.cookies["sessionid"] = str(session.session_key)
    assert is_in(browser)
    ask(Goodbye().query(leaving))
    assert not is_in(browser)


def test_sso_15_several_sessions_of_one_person(leaving: Keys, answered: SignInAs) -> None:
    browsers = [enter(answered, index) for index in ("_s1", "_s2", "_s3")]
    ask(Goodbye(sessions=("_s1", "_s3")).query(leaving))
    assert [is_in(one) for one in browsers] == [False, True, False]


def test_sso_15_a_request_shown_twice_changes_nothing_the_second_time(leaving: Keys, answered: SignInAs) -> None:
    """The provider's session outlives ours: the person comes back into it, and an old request must not end that."""
    enter(answered)
    query = Goodbye().query(leaving)
    assert ask(query).status_code == 302
    again = enter(answered)
    assert ask(query).status_code == 400
    assert is_in(again)


def unsigned(query: str) -> str:
    return query.partition("&SigAlg=")[0]


def test_sso_15_an_unsigned_request_changes_nothing(leaving: Keys, answered: SignInAs, stranger_keys: Keys) -> None:
    browser = enter(answered)
    honest = Goodbye().query(leaving)
    other = Goodbye(name_id="PK:32000000001").query(leaving)
    spoiled = [
        unsigned(honest),
        honest.partition("&Signature=")[0],
        honest.partition("&Signature=")[0] + "&Signature=" + other.partition("&Signature=")[2],
        honest.replace("SigAlg=", "RelayState=x&SigAlg="),
        Goodbye().query(stranger_keys),
        Goodbye(algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1").query(leaving),
        f"{honest}&SAMLRequest=x",
        f"SAMLRequest=x&{honest}",
        f"{honest}&SAMLResponse=x",
        "wa=wsignoutcleanup1.0",
        "a=b",
    ]
    for query in spoiled:
        assert ask(query, browser).status_code in {400, 429}, query
    assert is_in(browser)
    assert UsedAssertion.objects.count() == 1


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (say("a:Issuer", "https://other.example"), "wrong_issuer"),
        (put(".", Destination="https://stars.example.lv/sso/slo/"), "wrong_destination"),
        (put(".", Destination=None), "wrong_destination"),
        (put(".", IssueInstant="2020-01-01T00:00:00Z"), "stale"),
        (put(".", NotOnOrAfter="2020-01-01T00:00:00Z"), "stale"),
        (put(".", Version="1.1"), "not_a_sign_out"),
        (put(".", ID="a b"), "odd_id"),
        (drop("a:NameID"), "not_one_nameid"),
        (twice("a:NameID"), "not_one_nameid"),
        (say("a:NameID", ""), "no_session_named"),
        (drop("p:SessionIndex"), "no_session_named"),
        (say("p:SessionIndex", ""), "no_session_named"),
    ],
)
def test_sso_15_a_signed_request_that_is_not_to_be_followed(leaving: Keys, bend: Bend, expected: str) -> None:
    SignOnSessionFactory.create()
    with pytest.raises(Refused, match=expected):
        services.end_named_sessions(farewell=sso.adapter().read_farewell(Goodbye(bend=bend).query(leaving)))
    assert SignOnSession.objects.count() == 1


def test_sso_15_an_answer_to_a_sign_in_is_no_request_to_sign_out(leaving: Keys) -> None:
    """Signed by the provider for another purpose: nothing but the two words of this binding is read here."""
    document = etree.tostring(Answer().tree(leaving))
    with pytest.raises(Refused, match="not_a_sign_out"):
        sso.adapter().read_farewell(signed({"SAMLRequest": packed(document), "SigAlg": RSA}, leaving))


@pytest.mark.parametrize(
    "message", ["%%%", "PGE+", packed(b"<a>" + b" " * 70_000 + b"</a>"), packed(b"<!DOCTYPE a><a/>")]
)
def test_sam_01_a_message_in_an_address_is_read_as_strictly(leaving: Keys, message: str) -> None:
    with pytest.raises(Refused, match=r"not_base64|not_deflated|too_large|markup_declaration"):
        sso.adapter().read_farewell(signed({"SAMLRequest": message, "SigAlg": RSA}, leaving))


def test_sso_13_words_nobody_signed_leave_one_counter(leaving: Keys) -> None:
    browser = Client()
    for _ in range(3):
        ask("SAMLRequest=x", browser)
    assert Session.objects.count() == 0
    assert "sessionid" not in browser.cookies


def test_without_a_sign_on_there_is_no_such_page() -> None:
    assert ask("wa=wsignoutcleanup1.0").status_code == 404


def test_the_provider_is_told_where_to_speak_of_it(leaving: Keys) -> None:
    page = etree.fromstring(Client().get("/sso/metadata").content)
    service = page.find(".//{urn:oasis:names:tc:SAML:2.0:metadata}SingleLogoutService")
    assert service is not None
    assert service.get("Location") == SIGNED_OUT_AT


# --- WS-Federation --------------------------------------------------------------------------------


def enter_by_token(keys: Keys, begin: Callable[..., str]) -> Client:
    browser = Client()
    fields = Token(state=begin(browser)).posted(keys)
    browser.get(post(Client(), fields)["Location"])
    assert is_in(browser)
    return browser


def test_wsf_10_our_button_leads_on_to_the_provider_with_fixed_words(
    wsfed: Keys, settings: Settings, begin: Callable[..., str]
) -> None:
    settings.STARS_IDP_SLO_URL = "https://idp.example.lv/sts/"
    browser = enter_by_token(wsfed, begin)
    assert browser.get("/iziet").status_code == 405
    address = browser.post("/iziet")["Location"]
    assert address.startswith("https://idp.example.lv/sts/?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked == {"wa": "wsignout1.0", "wtrealm": PORTAL, "wreply": SIGNED_OUT_AT}
    assert not is_in(browser)
    assert browser.get("/sso/slo")["Location"] == "/"


def test_wsf_10_a_clean_up_ends_at_most_the_session_of_the_browser_that_shows_it(
    wsfed: Keys, begin: Callable[..., str]
) -> None:
    here, elsewhere = enter_by_token(wsfed, begin), enter_by_token(wsfed, begin)
    forged = "wa=wsignoutcleanup1.0&wreply=https://evil.example/&user=1"
    response = ask(forged, here)
    assert (response.status_code, response.content) == (200, b"")
    assert "Location" not in response
    assert (is_in(here), is_in(elsewhere)) == (False, True)
    assert ask(forged).content == b""
    assert is_in(elsewhere)


def test_wsf_10_a_clean_up_leaves_sessions_of_another_way_in_alone(wsfed: Keys) -> None:
    browser = signed_in(Client(), ProviderFactory())
    ask("wa=wsignoutcleanup1.0", browser)
    assert is_in(browser)


@pytest.mark.parametrize("query", ["wa=wsignout1.0", "wa=wsignin1.0", "wa=", "wa=wsignoutcleanup1.0&wa=wsignout1.0"])
def test_wsf_10_no_other_word_by_get_ends_anything(wsfed: Keys, begin: Callable[..., str], query: str) -> None:
    browser = enter_by_token(wsfed, begin)
    ask(query, browser)
    assert browser.head("/sso/slo?wa=wsignoutcleanup1.0").status_code == 405
    assert is_in(browser)


# --- what is kept ------------------------------------------------------------------------------------


def test_cod_04_the_names_of_a_session_are_sealed(leaving: Keys, answered: SignInAs) -> None:
    enter(answered)
    row = SignOnSession.objects.get()
    for secret in ("01019012345", "PK:", "_s1"):
        assert secret not in f"{row.sealed} {row.named}"


def test_names_are_taken_once_and_only_by_the_session_they_belong_to(leaving: Keys, answered: SignInAs) -> None:
    key = enter(answered).session.session_key
    assert services.forget_session(session_key=None) is None
    assert services.forget_session(session_key="another") is None
    names = services.forget_session(session_key=key)
    assert names is not None
    assert (names.name_id, names.session_index) == ("PK:01019012345", "_s1")
    assert services.forget_session(session_key=key) is None


def test_sweep_sign_in_forgets_the_names_of_sessions_that_have_ended(leaving: Keys, answered: SignInAs) -> None:
    browser = enter(answered)
    live = SignOnSession.objects.get()
    SignOnSessionFactory.create()
    services.sweep_sign_in()
    assert SignOnSession.objects.get() == live
    store.end(str(browser.session.session_key))
    services.sweep_sign_in()
    assert not SignOnSession.objects.exists()
