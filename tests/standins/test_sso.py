"""The sign-on keeps the contract a real provider would: what python3-saml demands, and the pages a person sees."""

import base64
import http.client
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth

from standins.people import everyone
from standins.sso.identity import MEANS
from standins.sso.pages import matches
from tests.standins.servers import Server, get_json, running
from tests.standins.signing_on import REPLY_TO, begin, get, judge, post, request_data, settings, walk

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
NS = {
    "p": "urn:oasis:names:tc:SAML:2.0:protocol",
    "a": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


def test_ready_made_person_is_answered_as_python3_saml_demands(sso: Server) -> None:
    url, request_id = begin(sso)
    page = walk(sso, url, persona="P001")
    response = judge(sso, page, request_id)
    assert response.get_nameid() == "PK:12038410004"
    assert response.get_attributes()[f"{CLAIMS}/givenname"] == ["Ilze"]
    assert response.get_attributes()[f"{CLAIMS}/surname"] == ["Sūnkalne"]
    assert response.get_attributes()[f"{CLAIMS}/privatepersonalidentifier"] == ["120384-10004"]
    assert response.get_authn_contexts() == ["SMARTID"]
    assert page.hidden("RelayState") == "relay-1"
    assert f'action="{REPLY_TO}"' in page.text


def test_anyone_typed_is_answered(sso: Server) -> None:
    url, request_id = begin(sso)
    page = walk(sso, url, means="TEST", vards="Žanete", uzvards="Ķirse <b>", kods="010190-12345", cits="1")
    response = judge(sso, page, request_id)
    assert response.get_nameid() == "PK:01019012345"
    assert response.get_attributes()[f"{CLAIMS}/surname"] == ["Ķirse <b>"]
    assert response.get_authn_contexts() == ["TEST"]


def test_answer_is_short_lived_and_bound_to_the_request(sso: Server) -> None:
    url, request_id = begin(sso)
    root = etree.fromstring(base64.b64decode(walk(sso, url, persona="P002").hidden("SAMLResponse")))
    data = root.find(".//a:SubjectConfirmationData", NS)
    assert data is not None
    assert (data.get("Recipient"), data.get("InResponseTo")) == (REPLY_TO, request_id)
    assert (root.get("Destination"), root.get("InResponseTo")) == (REPLY_TO, request_id)
    until = datetime.fromisoformat(data.get("NotOnOrAfter", ""))
    assert datetime.now(UTC) < until <= datetime.now(UTC) + timedelta(minutes=5)
    assert len(root.findall(".//a:Audience", NS)) == 1
    assert len(root.findall(".//ds:Signature", NS)) == 2
    assert root.find("ds:Signature", NS) is not None
    assert root.find("a:Assertion/ds:Signature", NS) is not None


def test_changed_code_is_told_only_where_asked_for(sso: Server) -> None:
    url, request_id = begin(sso)
    assert judge(sso, walk(sso, url, persona="P041"), request_id).get_nameid() == "PK:35000000001"
    with running("sso", options=("--with-history",)) as other:
        url, _ = begin(other)
        root = etree.fromstring(base64.b64decode(walk(other, url, persona="P041").hidden("SAMLResponse")))
    codes = root.findall(f".//a:Attribute[@Name='{CLAIMS}/privatepersonalidentifier']", NS)
    mark = "{http://schemas.xmlsoap.org/ws/2009/09/identity/claims}OriginalIssuer"
    assert [("".join(node.itertext()), mark in node.attrib) for node in codes] == [
        ("350000-00001", True),
        ("300477-10008", False),
    ]


def test_refusing_gives_a_signed_answer_without_an_assertion(sso: Server) -> None:
    url, _ = begin(sso)
    page = post(f"{sso.url}/atteikties", p=get(url).hidden("p"))
    root = etree.fromstring(base64.b64decode(page.hidden("SAMLResponse")))
    values = [node.get("Value", "").rpartition(":")[2] for node in root.iterfind(".//p:StatusCode", NS)]
    assert values == ["Responder", "AuthnFailed"]
    assert root.find(".//a:Assertion", NS) is None
    assert root.find("{http://www.w3.org/2000/09/xmldsig#}Signature") is not None


def test_only_the_means_asked_for_are_offered(sso: Server) -> None:
    url, _ = begin(sso, means=["EID", "SMARTID"])
    page = get(url)
    assert {means.name for means in MEANS if f'value="{means.name}"' in page.text} == {"EID", "SMARTID"}
    assert post(f"{sso.url}/lidzeklis", p=page.hidden("p"), piekritu="1", lidzeklis="TEST").status == 400


def test_without_consent_nothing_goes_on(sso: Server) -> None:
    url, _ = begin(sso)
    handle = get(url).hidden("p")
    page = post(f"{sso.url}/lidzeklis", p=handle, lidzeklis="SMARTID")
    assert page.status == 422
    assert "<title>Kļūda: " in page.text
    assert "Atzīmējiet, ka piekrītat datu nodošanai" in page.text
    assert post(f"{sso.url}/persona", p=handle, persona="P001").status == 400


def test_empty_field_is_named_and_the_others_are_kept(sso: Server) -> None:
    url, _ = begin(sso)
    page = walk(sso, url, vards="Žanete", uzvards=" ", kods="010190-12345", cits="1")
    assert page.status == 422
    assert 'href="#uzvards">Ievadiet uzvārdu' in page.text
    assert 'value="Žanete"' in page.text


def test_a_sign_in_is_finished_once(sso: Server) -> None:
    url, _ = begin(sso)
    handle = get(url).hidden("p")
    post(f"{sso.url}/lidzeklis", p=handle, piekritu="1", lidzeklis="SMARTID")
    assert post(f"{sso.url}/persona", p=handle, persona="P001").status == 200
    again = post(f"{sso.url}/persona", p=handle, persona="P001")
    assert (again.status, "SAMLResponse" in again.text) == (400, False)


def _without(url: str, name: str) -> str:
    return "&".join(part for part in url.split("&") if not part.startswith(f"{name}="))


def _with_other_request(url: str, server: Server) -> str:
    other = parse_qs(urlsplit(begin(server)[0]).query, keep_blank_values=True)
    signature = parse_qs(urlsplit(url).query)["Signature"][0]
    return url.replace(_quoted(signature), _quoted(other["Signature"][0]))


def _quoted(text: str) -> str:
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def test_unsigned_or_altered_requests_are_refused(sso: Server) -> None:
    url, _ = begin(sso)
    spoiled = [
        _without(url, "Signature"),
        _without(url, "SigAlg"),
        url.replace("relay-1", "relay-2"),
        _with_other_request(url, sso),
        url.replace("rsa-sha256", "rsa-sha1"),
        f"{sso.url}/saml/sso",
        f"{sso.url}/saml/sso?SAMLRequest=%00&SigAlg=x&Signature=y",
    ]
    assert [get(one).status for one in spoiled] == [400] * len(spoiled)
    assert get(url).status == 200


def test_a_request_for_another_address_is_refused() -> None:
    with running("sso", portal="http://127.0.0.1:9") as other:
        url, _ = begin(other)
        page = get(url)
    assert page.status == 400
    assert "Pieteikšanās nav iespējama" in page.text


def test_signed_sign_out_ends_here(sso: Server) -> None:
    url = OneLogin_Saml2_Auth(request_data(), settings(sso)).logout(name_id="PK:12038410004")
    assert "Jūs esat izrakstījies" in get(url).text
    assert get(_without(url, "Signature")).status == 400


def test_dead_knob_drops_the_connection_and_health_stays(sso: Server) -> None:
    url, _ = begin(sso)
    sso.turn("dead")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        get(url)
    assert get(f"{sso.url}/healthz").text == "ok\n"
    sso.turn("")
    assert get(url).status == 200


def test_knob_is_turned_on_its_page_too(sso: Server) -> None:
    assert post(f"{sso.url}/knobs", fault="slow", seconds="0,2").status == 200
    assert get_json(f"{sso.url}/api/knobs") == {"fault": "slow", "seconds": 0.2, "faults": ["dead", "slow"]}
    assert post(f"{sso.url}/knobs", fault="none such", seconds="1").status == 400


@pytest.mark.parametrize("wanted", ["sunkalne", "SŪNKALNE", "12038410004", "ilze rīga", "gramatvede"])
def test_people_are_found_without_diacritics(wanted: str) -> None:
    assert [person.key for person in everyone() if matches(person, wanted)] == ["P001"]


def test_every_page_is_strict(sso: Server) -> None:
    url, _ = begin(sso)
    pages = [get(url), walk(sso, url, persona="P001"), get(sso.url)]
    for page in pages:
        assert page.status == 200
        assert page.text.count("<h1") == 1
        assert not {"style=", "onclick=", "<style", "data:"} & set(page.text.split('"'))
    address = urlsplit(sso.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    connection.request("GET", "/")
    policy = connection.getresponse().getheader("Content-Security-Policy", "")
    connection.close()
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8000" in policy
