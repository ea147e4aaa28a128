"""The sign-on keeps the contract a real provider would: what python3-saml demands, and the pages a person sees."""

import base64
import http.client
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from onelogin.saml2.auth import OneLogin_Saml2_Auth

from standins.people import everyone
from standins.sso.identity import MEANS
from standins.sso.pages import matches
from tests.standins.servers import Server, get_json, running
from tests.standins.signing_on import (
    REPLY_TO,
    answered_data,
    begin,
    get,
    judge,
    post,
    redirect_of,
    request_data,
    settings,
    walk,
)

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


def test_changed_code_is_told_with_its_history_and_the_current_one_marked(sso: Server) -> None:
    url, _ = begin(sso)
    root = etree.fromstring(base64.b64decode(walk(sso, url, persona="P041").hidden("SAMLResponse")))
    codes = root.findall(f".//a:Attribute[@Name='{CLAIMS}/privatepersonalidentifier']", NS)
    mark = "{http://schemas.xmlsoap.org/ws/2009/09/identity/claims}OriginalIssuer"
    assert [("".join(node.itertext()), mark in node.attrib) for node in codes] == [
        ("350000-00001", True),
        ("300477-10008", False),
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("au", "AU:100001-PK:12038410004"),
        ("ur", "PK:12038410004-UR:40003000000"),
        ("dp", "DP:32999999999-PK:12038410004"),
        ("system", "AU:100001"),
        ("email", "lietotajs@example.lv"),
    ],
)
def test_other_subjects_than_natural_persons(sso: Server, kind: str, name: str) -> None:
    url, request_id = begin(sso)
    assert judge(sso, walk(sso, url, persona="P001", veids=kind), request_id).get_nameid() == name


def test_low_assurance_an_identification_of_earlier_and_codes_without_a_mark(sso: Server) -> None:
    url, request_id = begin(sso)
    low = judge(sso, walk(sso, url, persona="P001", veids="low"), request_id)
    assert low.get_attributes()["http://ivis.eps.gov.lv/schema/identity/claims/citizenQAALevel"] == ["1"]
    url, request_id = begin(sso)
    earlier = walk(sso, url, persona="P001", veids="earlier")
    judge(sso, earlier, request_id)
    root = etree.fromstring(base64.b64decode(earlier.hidden("SAMLResponse")))
    statement = root.find(".//a:AuthnStatement", NS)
    assert datetime.fromisoformat(statement.get("AuthnInstant", "")) < datetime.now(UTC) - timedelta(minutes=59)
    url, _ = begin(sso)
    root = etree.fromstring(base64.b64decode(walk(sso, url, persona="P041", veids="unmarked").hidden("SAMLResponse")))
    assert b"OriginalIssuer" not in etree.tostring(root)
    url, _ = begin(sso)
    assert walk(sso, url, persona="P001", veids="none such").status == 400


def test_a_rolled_certificate_signs_with_the_next_key(sso: Server) -> None:
    sso.turn("rolled")
    url, request_id = begin(sso)
    page = walk(sso, url, persona="P001")
    with pytest.raises(AssertionError, match="Signature"):
        judge(sso, page, request_id)
    judge(sso, page, request_id, certificate="idp-next.cert.pem")


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


def sign_out_request(server: Server) -> str:
    return str(
        OneLogin_Saml2_Auth(request_data(), settings(server)).logout(name_id="PK:12038410004", session_index="x")
    )


def test_a_signed_sign_out_is_answered_at_the_registered_address(sso: Server) -> None:
    """The answer is signed for the portal, which need not run: the address is looked at."""
    url = sign_out_request(sso)
    answer = redirect_of(url)
    assert answer.startswith("http://127.0.0.1:8000/sso/slo?SAMLResponse=")
    auth = OneLogin_Saml2_Auth(answered_data(answer), settings(sso))
    auth.process_slo(keep_local_session=True, request_id=None)
    assert auth.get_errors() == []
    assert get(_without(url, "Signature")).status == 400


def test_a_sign_out_ends_here_where_no_address_is_registered() -> None:
    with running("sso", options=("--signed-out-at", "")) as other:
        assert "Jūs esat izrakstījies" in get(sign_out_request(other)).text


def test_a_person_may_leave_from_this_side_and_the_portal_is_told(sso: Server) -> None:
    url, _ = begin(sso)
    walk(sso, url, persona="P003")
    page = get(sso.url)
    assert "Anna Krastmale" in page.text
    found = re.search(r'name="s" value="([^"]+)"><span>Anna Krastmale', page.text)
    assert found
    told = redirect_of(f"{sso.url}/beigt", s=found[1])
    assert told.startswith("http://127.0.0.1:8000/sso/slo?SAMLRequest=")
    assert "Anna Krastmale" not in get(sso.url).text.partition("Atvērtās sesijas")[2]


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
    assert get_json(f"{sso.url}/api/knobs") == {"fault": "slow", "seconds": 0.2, "faults": ["dead", "slow", "rolled"]}
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
