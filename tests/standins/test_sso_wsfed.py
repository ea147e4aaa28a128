"""The sign-on in its other tongue: WS-Federation with a SAML 1.1 token, as the state's samples have it."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import xmlsec
from lxml import etree

from tests.standins.servers import Server, running
from tests.standins.signing_on import PORTAL, REPLY_TO, Page, get, post, redirect_of, walk

S = "{urn:oasis:names:tc:SAML:1.0:assertion}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
REALM = f"{PORTAL}/sso/metadata"


def request(server: Server, **changes: str) -> str:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked = {"wa": "wsignin1.0", "wtrealm": REALM, "wreply": REPLY_TO, "wctx": "state-1", "wct": moment} | changes
    return f"{server.extra['federation_url']}?{urlencode(asked)}"


def token(page: Page) -> etree._Element:
    found = etree.fromstring(page.hidden("wresult")).find(f".//{S}Assertion")
    assert found is not None
    return found


def verified(server: Server, node: etree._Element, certificate: str = "idp.cert.pem") -> bool:
    context = xmlsec.SignatureContext()
    path = server.extra["keys"] / certificate
    context.key = xmlsec.Key.from_file(str(path), xmlsec.constants.KeyDataFormatCertPem)
    context.register_id(node, "AssertionID")
    signature = node.find(f"{DS}Signature")
    assert signature is not None
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


def test_a_person_is_answered_with_a_signed_token(sso: Server) -> None:
    page = walk(sso, request(sso), persona="P041")
    node = token(page)
    assert verified(sso, node)
    assert (page.hidden("wa"), page.hidden("wctx")) == ("wsignin1.0", "state-1")
    assert f'action="{REPLY_TO}"' in page.text
    assert node.get("Issuer") == sso.extra["issuer"]
    assert {one.text for one in node.iter(f"{S}NameIdentifier")} == {"PK:35000000001"}
    assert [one.text for one in node.iter(f"{S}Audience")] == [REALM]
    told = {
        (one.get("AttributeName"), one[0].text, any("OriginalIssuer" in str(name) for name in one.attrib))
        for one in node.iter(f"{S}Attribute")
    }
    assert {("privatepersonalidentifier", "350000-00001", True), ("givenname", "DINA", False)} <= told
    assert ("privatepersonalidentifier", "300477-10008", False) in told
    statement = node.find(f"{S}AuthenticationStatement")
    assert statement.get("AuthenticationMethod") == "SMARTID"


def test_a_token_of_the_next_key(sso: Server) -> None:
    sso.turn("rolled")
    node = token(walk(sso, request(sso), persona="P001"))
    assert not verified(sso, node)
    assert verified(sso, node, "idp-next.cert.pem")


@pytest.mark.parametrize(
    "changes",
    [
        {"wa": "wsignin2.0"},
        {"wtrealm": "https://other.example"},
        {"wreply": "https://evil.example/"},
        {"wct": (datetime.now(UTC) - timedelta(hours=1)).isoformat()},
        {"wct": "yesterday"},
    ],
)
def test_a_request_of_somebody_else(sso: Server, changes: dict[str, str]) -> None:
    assert get(request(sso, **changes)).status == 400


def test_giving_up_leads_back_to_the_portal(sso: Server) -> None:
    handle = get(request(sso)).hidden("p")
    assert redirect_of(f"{sso.url}/atteikties", p=handle) == PORTAL


def test_signing_out_leads_back_to_the_registered_address_only(sso: Server) -> None:
    back = f"{PORTAL}/sso/slo"
    assert f'href="{back}"' in get(request(sso, wa="wsignout1.0", wreply=back)).text
    assert get(request(sso, wa="wsignout1.0", wreply="https://evil.example/")).status == 400


def test_leaving_from_this_side_tells_the_portal_to_forget_the_browser(sso: Server) -> None:
    walk(sso, request(sso), persona="P004")
    page = get(sso.url).text.partition("Mārtiņš Ogulejs</span> <small>Beigt")[0]
    key = page.rpartition('name="s" value="')[2].partition('"')[0]
    assert redirect_of(f"{sso.url}/beigt", s=key) == f"{PORTAL}/sso/slo?wa=wsignoutcleanup1.0"
    assert post(f"{sso.url}/beigt", s=key).status == 400


def test_one_protocol_alone() -> None:
    with running("sso", options=("--protocol", "wsfed")) as other:
        assert get(request(other)).status == 200
        assert get(other.extra["sso_url"]).status == 404
    with running("sso", options=("--protocol", "saml2")) as other:
        assert get(request(other)).status == 404


def test_a_sealed_token_is_for_the_portals_key() -> None:
    with running("sso", options=("--encrypt",)) as other:
        page = walk(other, request(other), persona="P001")
        keys = other.extra["keys"]
        root = etree.fromstring(page.hidden("wresult"))
        assert root.find(f".//{S}Assertion") is None
        manager = xmlsec.KeysManager()
        manager.add_key(xmlsec.Key.from_file(str(keys / "sp.key.pem"), xmlsec.constants.KeyDataFormatPem))
        data = root.find(".//{http://www.w3.org/2001/04/xmlenc#}EncryptedData")
        assert data is not None
        node = xmlsec.EncryptionContext(manager).decrypt(data)
        assert verified(other, etree.fromstring(etree.tostring(node)))
