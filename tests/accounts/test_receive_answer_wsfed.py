"""What is accepted from a sign-on that speaks WS-Federation, and everything that is not (security.md 2 and 4)."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import Settings

from accounts import services, sso
from accounts.models import SignInHandle
from accounts.sso import Refused, documents
from tests.accounts.answers import (
    MARK,
    PORTAL,
    PROVIDER,
    REPLY_TO,
    Bend,
    D,
    Keys,
    add,
    drop,
    find,
    new_id,
    post,
    say,
    sign,
    stamp,
    twice,
)
from tests.accounts.answers import put as put_at
from tests.accounts.tokens import ASSERTION, IVIS, OLD_T, WSA, WSP, S, T, Token, claim, packed

pytestmark = pytest.mark.django_db

RESPONSE = "t:RequestSecurityTokenResponse"
ATTRIBUTES, AUTHENTICATION = "s:AttributeStatement", "s:AuthenticationStatement"
SIGNATURE = f"{ASSERTION}/d:Signature"
REFERENCE = f"{SIGNATURE}/d:SignedInfo/d:Reference"


def reason(token: Token, keys: Keys) -> str:
    with pytest.raises(Refused) as refused:
        services.receive_answer(form=token.posted(keys))
    assert not SignInHandle.objects.exists()
    return refused.value.reason


def both(*bends: Bend) -> Bend:
    def bend(root: etree._Element) -> None:
        for one in bends:
            one(root)

    return bend


# --- the request --------------------------------------------------------------------


def asked(again: bool = False) -> dict[str, str]:
    address = sso.adapter().address_for("_" + "a" * 40, again=again)
    assert address.startswith("https://idp.example.lv/sts/?")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_wsf_01_the_request_is_fixed_but_for_the_one_time_state(wsfed: Keys) -> None:
    given = asked()
    moment = given.pop("wct")
    assert timezone.now() - timedelta(seconds=30) < datetime.fromisoformat(moment) <= timezone.now()
    assert moment.endswith("Z")
    assert given == {"wa": "wsignin1.0", "wtrealm": PORTAL, "wreply": REPLY_TO, "wctx": "_" + "a" * 40}


def test_wsf_01_identification_anew_is_asked_for_with_wfresh(wsfed: Keys) -> None:
    assert asked(again=True)["wfresh"] == "0"


def test_wsf_01_the_browsers_own_state_is_sent_and_its_target_is_not(wsfed: Keys) -> None:
    address = Client().get("/pieslegties/iedzivotajs", {"next": "/programma/817"})["Location"]
    assert "817" not in address
    assert len(parse_qs(urlsplit(address).query)["wctx"][0]) == 41


def test_wsf_01_the_answer_is_a_post_and_says_that_it_is_one(wsfed: Keys) -> None:
    fields = Token().posted(wsfed)
    assert Client().get("/sso/acs", fields).status_code == 405
    for wa in ("wsignout1.0", "wsignin1.1", ""):
        assert post(Client(), fields | {"wa": wa}).status_code == 400
    assert not SignInHandle.objects.exists()
    assert post(Client(), fields).status_code == 303


# --- honest answers ------------------------------------------------------------------


@pytest.mark.parametrize("trust", [T, OLD_T])
@pytest.mark.parametrize("in_collection", [True, False])
def test_wsf_03_one_response_alone_or_in_a_collection(wsfed: Keys, trust: str, in_collection: bool) -> None:
    token = Token(trust=trust, in_collection=in_collection)
    assert services.receive_answer(form=token.posted(wsfed))


def test_an_honest_token_is_kept_sealed_for_a_minute(wsfed: Keys) -> None:
    services.receive_answer(form=Token().posted(wsfed))
    row = SignInHandle.objects.get()
    for secret in ("01019012345", "010190", "ANNA", "Anna", "BĒRZIŅA"):
        assert secret not in row.sealed


@pytest.mark.parametrize("method", ["RSA_SHA384", "RSA_SHA512"])
def test_wsf_05_stronger_hashes_are_fine(wsfed: Keys, method: str) -> None:
    assert services.receive_answer(form=Token(method=method, digest="SHA512").posted(wsfed))


def test_sso_02_both_certificates_hold_during_a_roll_over(wsfed: Keys, stranger_keys: Keys, settings: Settings) -> None:
    settings.STARS_IDP_CERT_FILES = [str(stranger_keys.cert_file), str(wsfed.cert_file)]
    assert services.receive_answer(form=Token().posted(wsfed))
    assert services.receive_answer(form=Token(state="_other").posted(stranger_keys))


# --- the envelope ---------------------------------------------------------------------


def second_token(root: etree._Element) -> None:
    token = find(root, f"{RESPONSE}/t:RequestedSecurityToken")
    token.addnext(etree.fromstring(etree.tostring(token)))


def second_assertion(root: etree._Element) -> None:
    forged = etree.fromstring(etree.tostring(find(root, ASSERTION)))
    forged.remove(find(forged, "d:Signature"))
    forged.set("AssertionID", new_id())
    find(root, ASSERTION).addprevious(forged)


def not_saml_1(root: etree._Element) -> None:
    token = find(root, f"{RESPONSE}/t:RequestedSecurityToken")
    token.remove(token[0])
    add(
        token,
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
        "BinarySecurityToken",
    )


def empty_token(root: etree._Element) -> None:
    token = find(root, f"{RESPONSE}/t:RequestedSecurityToken")
    token.remove(token[0])


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (twice(RESPONSE), "nested_response"),
        (second_token, "not_one_requestedsecuritytoken"),
        (second_assertion, "several_assertions"),
        (not_saml_1, "other_token_type"),
        (empty_token, "no_assertion"),
        (drop(f"{RESPONSE}/t:RequestedSecurityToken"), "not_one_requestedsecuritytoken"),
        (say(f"{RESPONSE}/t:TokenType", "urn:oasis:names:tc:SAML:2.0:assertion"), "other_token_type"),
        (lambda root: add(find(root, RESPONSE), "urn:x", "Y"), "foreign_vocabulary"),
        (lambda root: add(find(root, RESPONSE), T, "RequestSecurityTokenResponse"), "nested_response"),
        (lambda root: add(root, T, "Status"), "nested_response"),
    ],
)
def test_wsf_03_one_response_one_token_one_assertion(wsfed: Keys, bend: Bend, expected: str) -> None:
    assert reason(Token(after=bend), wsfed) == expected


@pytest.mark.parametrize("versions", [("1", "0"), ("2", "0"), ("1", "2"), ("", "1")])
def test_wsf_03_saml_1_1_and_no_other_version(wsfed: Keys, versions: tuple[str, str]) -> None:
    bend = put_at(".", MajorVersion=versions[0], MinorVersion=versions[1])
    assert reason(Token(bend_assertion=bend), wsfed) == "not_an_assertion"


def test_wsf_03_a_saml_2_assertion_in_the_envelope(wsfed: Keys) -> None:
    def bend(root: etree._Element) -> None:
        token = find(root, f"{RESPONSE}/t:RequestedSecurityToken")
        token.remove(token[0])
        add(token, "urn:oasis:names:tc:SAML:2.0:assertion", "Assertion")

    assert reason(Token(after=bend), wsfed) == "other_token_type"


def test_wsf_03_an_id_given_twice(wsfed: Keys) -> None:
    def bend(root: etree._Element) -> None:
        find(root, RESPONSE).set("Id", str(find(root, ASSERTION).get("AssertionID")))

    assert reason(Token(after=bend), wsfed) == "ids_not_unique"


@pytest.mark.parametrize("wresult", ["", "<a/>", "no xml", "<a xmlns='urn:x'/>"])
def test_wsf_03_something_else(wsfed: Keys, wresult: str) -> None:
    with pytest.raises(Refused, match=r"not_a_response|not_xml"):
        services.receive_answer(form={"wa": "wsignin1.0", "wresult": wresult, "wctx": "_x"})


def test_wsf_06_the_envelope_is_for_another_realm(wsfed: Keys) -> None:
    address = f"{RESPONSE}/wsp:AppliesTo/wsa:EndpointReference/wsa:Address"
    assert reason(Token(after=say(address, f"{PORTAL}/")), wsfed) == "wrong_realm"
    assert reason(Token(after=twice(f"{RESPONSE}/wsp:AppliesTo")), wsfed) == "wrong_realm"
    unsaid = Token(after=drop(f"{RESPONSE}/wsp:AppliesTo/wsa:EndpointReference"))
    assert reason(unsaid, wsfed) == "wrong_realm"


def test_wsf_06_the_realm_in_the_addressing_of_2004(wsfed: Keys) -> None:
    def bend(root: etree._Element, realm: str = PORTAL) -> None:
        applies = find(root, f"{RESPONSE}/wsp:AppliesTo")
        applies.remove(applies[0])
        old = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
        add(add(applies, old, "EndpointReference"), old, "Address", realm)

    assert services.receive_answer(form=Token(after=bend).posted(wsfed))
    assert reason_after(Token(after=lambda root: bend(root, "https://other.example")), wsfed) == "wrong_realm"


def test_wsf_06_the_envelope_need_not_say_for_whom(wsfed: Keys) -> None:
    assert services.receive_answer(form=Token(after=drop(f"{RESPONSE}/wsp:AppliesTo")).posted(wsfed))


# --- the document ------------------------------------------------------------------------


def refused_text(wresult: str) -> str:
    with pytest.raises(Refused) as refused:
        services.receive_answer(form=packed(wresult.encode()))
    return refused.value.reason


def raw(keys: Keys) -> str:
    return etree.tostring(Token().tree(keys)).decode()


def test_wsf_04_the_same_pre_filter(wsfed: Keys) -> None:
    honest = raw(wsfed)
    assert refused_text('<!DOCTYPE a [<!ENTITY b "c">]>' + honest) == "markup_declaration"
    assert refused_text(honest.replace("PK:01019012345", "PK:01019012345<!-- -->x")) == "markup_declaration"
    assert refused_text(honest.replace("</t:TokenType>", "<?a b?></t:TokenType>")) == "processing_instruction"
    assert refused_text(honest.replace("</t:TokenType>", "x" * documents.LARGEST_XML + "</t:TokenType>")) == "too_large"
    assert refused_text("x" * (documents.LARGEST_FORM + 1)) == "too_large"
    deep = "<t:a>" * documents.DEEPEST + "</t:a>" * documents.DEEPEST
    assert refused_text(honest.replace("</t:TokenType>", f"</t:TokenType>{deep}")) == "too_complex"
    many = "<t:a/>" * documents.MOST_ELEMENTS
    assert refused_text(honest.replace("</t:TokenType>", f"</t:TokenType>{many}")) == "too_complex"


# --- the signature -------------------------------------------------------------------------


def test_wsf_05_an_unsigned_token(wsfed: Keys) -> None:
    assert reason(Token(is_signed=False), wsfed) == "assertion_not_signed"


def test_wsf_05_a_strangers_key(wsfed: Keys, stranger_keys: Keys) -> None:
    assert reason(Token(), stranger_keys) == "signature_invalid"


def test_wsf_05_changed_after_signing(wsfed: Keys) -> None:
    bend = say(f"{ASSERTION}/{AUTHENTICATION}/s:Subject/s:NameIdentifier", "PK:32000000001")
    assert reason(Token(after=bend), wsfed) == "signature_invalid"


def test_wsf_05_a_signature_on_the_envelope_does_not_count(wsfed: Keys) -> None:
    def bend(root: etree._Element) -> None:
        response = find(root, RESPONSE)
        response.set("Id", new_id())
        sign(response, wsfed, id_name="Id")

    assert reason(Token(is_signed=False, after=bend), wsfed) == "signature_out_of_place"
    assert reason(Token(after=bend), wsfed) == "too_many_signatures"


@pytest.mark.parametrize("changes", [{"method": "RSA_SHA1"}, {"digest": "SHA1"}])
def test_wsf_05_sha_1(wsfed: Keys, changes: dict[str, str]) -> None:
    assert reason(Token().but(**changes), wsfed) == "algorithm_not_allowed"


@pytest.mark.parametrize("uri", ["", "#_other", "https://evil.example/"])
def test_wsf_04_a_reference_elsewhere(wsfed: Keys, uri: str) -> None:
    assert reason(Token(after=put_at(REFERENCE, URI=uri)), wsfed) == "reference_elsewhere"


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (twice(REFERENCE), "malformed_signature"),
        (twice(SIGNATURE), "too_many_signatures"),
        (lambda root: add(find(root, SIGNATURE), D, "Object"), "unexpected_signature_part"),
        (drop(f"{REFERENCE}/d:Transforms/d:Transform[2]"), "transform_not_allowed"),
        (put_at(f"{REFERENCE}/d:Transforms/d:Transform[2]", Algorithm=f"{D}base64"), "transform_not_allowed"),
        (
            put_at(
                f"{SIGNATURE}/d:SignedInfo/d:CanonicalizationMethod",
                Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            ),
            "canonicalization_not_allowed",
        ),
        (put_at(f"{SIGNATURE}/d:SignedInfo/d:SignatureMethod", Algorithm=f"{D}hmac-sha1"), "algorithm_not_allowed"),
    ],
)
def test_wsf_04_the_signature_in_the_one_form_we_accept(wsfed: Keys, bend: Bend, expected: str) -> None:
    assert reason(Token(after=bend), wsfed) == expected


def test_wsf_04_a_signature_deeper_down(wsfed: Keys) -> None:
    def bend(root: etree._Element) -> None:
        find(root, f"{ASSERTION}/s:Conditions").append(find(root, SIGNATURE))

    assert reason(Token(after=bend), wsfed) == "signature_out_of_place"


# --- for whom, from whom, until when ---------------------------------------------------------


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (put_at(".", Issuer=f"{PROVIDER}/"), "wrong_issuer"),
        (put_at(".", Issuer=None), "wrong_issuer"),
        (drop("s:Conditions/s:AudienceRestrictionCondition"), "no_audience"),
        (say("s:Conditions/s:AudienceRestrictionCondition/s:Audience", f"{PORTAL}/"), "wrong_audience"),
        (say("s:Conditions/s:AudienceRestrictionCondition/s:Audience", PORTAL.upper()), "wrong_audience"),
    ],
)
def test_wsf_06_issuer_and_audience(wsfed: Keys, bend: Bend, expected: str) -> None:
    assert reason(Token(bend_assertion=bend), wsfed) == expected


def test_wsf_06_our_realm_stands_in_every_restriction(wsfed: Keys) -> None:
    def bend(root: etree._Element) -> None:
        add(add(find(root, "s:Conditions"), S, "AudienceRestrictionCondition"), S, "Audience", "https://other.example")

    assert reason(Token(bend_assertion=bend), wsfed) == "wrong_audience"


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (drop("s:Conditions"), "not_one_conditions"),
        (put_at("s:Conditions", NotBefore=None), "no_time"),
        (put_at("s:Conditions", NotOnOrAfter=None), "no_time"),
        (put_at("s:Conditions", NotOnOrAfter="2020-01-01T00:00:00Z"), "stale"),
        (put_at("s:Conditions", NotBefore="2120-01-01T00:00:00Z"), "stale"),
        (put_at(".", IssueInstant=None), "no_time"),
        (put_at(".", IssueInstant="2026-01-01T00:00:00+02:00"), "no_time"),
        (lambda root: add(find(root, "s:Conditions"), "urn:x", "OnlyOnSundays"), "foreign_vocabulary"),
        (lambda root: add(find(root, "s:Conditions"), S, "Condition"), "unknown_condition"),
        (lambda root: add(root, S, "Advice"), "unexpected_part"),
        (lambda root: add(root, S, "AuthorizationDecisionStatement"), "unexpected_part"),
    ],
)
def test_wsf_07_both_limits_and_no_condition_we_do_not_know(wsfed: Keys, bend: Bend, expected: str) -> None:
    assert reason(Token(bend_assertion=bend), wsfed) == expected


@pytest.mark.parametrize(
    ("age", "is_fine"),
    [(-50, True), (290, True), (-70, False), (-180, False), (300 + 70, False), (480, False)],
    ids=["50 s ahead", "290 s old", "70 s ahead", "3 min ahead", "6 min and 10 s old", "8 min old"],
)
def test_wsf_07_a_token_valid_for_hours_is_taken_for_five_minutes(wsfed: Keys, age: int, is_fine: bool) -> None:
    token = Token(moment=timezone.now() - timedelta(seconds=age))
    if is_fine:
        assert services.receive_answer(form=token.posted(wsfed))
    else:
        assert reason(token, wsfed) == "stale"


# --- whom it names ------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", [ATTRIBUTES, AUTHENTICATION])
def test_wsf_08_bearer_in_every_statement(wsfed: Keys, statement: str) -> None:
    method = f"{statement}/s:Subject/s:SubjectConfirmation/s:ConfirmationMethod"
    other = say(method, "urn:oasis:names:tc:SAML:1.0:cm:holder-of-key")
    assert reason(Token(bend_assertion=other), wsfed) == "not_bearer"
    assert reason(Token(bend_assertion=twice(method)), wsfed) == "not_bearer"
    missing = drop(f"{statement}/s:Subject/s:SubjectConfirmation")
    assert reason(Token(bend_assertion=missing), wsfed) == "not_one_subjectconfirmation"


@pytest.mark.parametrize("statement", [ATTRIBUTES, AUTHENTICATION])
def test_wsf_08_all_statements_speak_of_one_subject(wsfed: Keys, statement: str) -> None:
    other = say(f"{statement}/s:Subject/s:NameIdentifier", "PK:32000000001")
    assert reason(Token(bend_assertion=other), wsfed) == "several_subjects"
    assert reason(Token(bend_assertion=drop(f"{statement}/s:Subject")), wsfed) == "not_one_subject"


def test_wsf_08_one_statement_of_how_the_person_was_identified(wsfed: Keys) -> None:
    assert reason(Token(bend_assertion=twice(AUTHENTICATION)), wsfed) == "not_one_authenticationstatement"
    assert reason(Token(bend_assertion=drop(AUTHENTICATION)), wsfed) == "not_one_authenticationstatement"
    without = put_at(AUTHENTICATION, AuthenticationInstant=None)
    assert reason(Token(bend_assertion=without), wsfed) == "no_time"


@pytest.mark.parametrize("means", ["TEST", "eid", ""])
def test_wsf_08_means_not_in_the_list(wsfed: Keys, means: str) -> None:
    assert reason(Token(means=means), wsfed) == "means_not_allowed"


@pytest.mark.parametrize("level", ["2", "", "four", "-4", "٤", "4.0", "0x4", "9999"])
def test_wsf_08_the_level_is_an_integer_and_reaches_the_lowest(wsfed: Keys, level: str) -> None:
    assert reason(Token(level=level), wsfed) == "level_too_low"


def test_wsf_08_a_level_is_stated(wsfed: Keys) -> None:
    missing = drop(f"{ATTRIBUTES}/s:Attribute[4]")
    assert reason(Token(bend_assertion=missing), wsfed) == "level_too_low"


def test_wsf_09_names_in_any_case_and_namespaces_as_they_are(wsfed: Keys) -> None:
    def shout(root: etree._Element) -> None:
        for node in find(root, ATTRIBUTES).findall(f"{{{S}}}Attribute"):
            node.set("AttributeName", str(node.get("AttributeName")).upper())

    assert services.receive_answer(form=Token(bend_assertion=shout).posted(wsfed))
    moved = put_at(f"{ATTRIBUTES}/s:Attribute[4]", AttributeNamespace=IVIS.upper())
    assert reason_after(Token(bend_assertion=moved), wsfed) == "level_too_low"
    joined = put_at(
        f"{ATTRIBUTES}/s:Attribute[4]",
        AttributeNamespace=IVIS.rpartition("/")[0],
        AttributeName="claims/citizenQAALevel",
    )
    assert reason_after(Token(bend_assertion=joined), wsfed) == "level_too_low"


def reason_after(token: Token, keys: Keys) -> str:
    SignInHandle.objects.all().delete()
    return reason(token, keys)


def test_wsf_09_the_code_of_the_name_and_of_the_attribute_agree(wsfed: Keys) -> None:
    assert reason(Token(codes=(("121212-10000", False),)), wsfed) == "current_code_unclear"
    assert reason(Token(codes=()), wsfed) == "current_code_missing"
    two = (("121212-10000", True), ("010190-12345", False))
    assert reason(Token(codes=two), wsfed) == "current_code_unclear"


def test_wsf_09_an_attribute_in_another_statement_is_given_twice_too(wsfed: Keys) -> None:
    def bend(root: etree._Element) -> None:
        statement = find(root, ATTRIBUTES)
        other = etree.fromstring(etree.tostring(statement))
        for node in other.findall(f"{{{S}}}Attribute"):
            other.remove(node)
        claim(other, "http://schemas.xmlsoap.org/ws/2005/05/identity/claims", "Surname", "Cita")
        statement.addnext(other)

    assert reason(Token(bend_assertion=bend), wsfed) == "attribute_repeated"


@pytest.mark.parametrize(
    ("name", "name_format"),
    [
        ("AU:100001-PK:01019012345", "urn:ivis:100001:name.id-viss"),
        ("PK:01019012345-UR:40003000000", "urn:ivis:100001:name.id-viss"),
        ("DP:01019012345-PK:32000000001", "urn:ivis:100001:name.id-viss"),
        ("AU:100001", "urn:ivis:100001:name.id-viss"),
        ("01019012345", "urn:ivis:100001:name.id-viss"),
        ("anna@example.lv", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
        ("PK:01019012345", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
    ],
)
def test_sso_09_only_a_natural_person_by_name_and_format(wsfed: Keys, name: str, name_format: str) -> None:
    assert reason(Token(name=name, name_format=name_format), wsfed) == "not_a_natural_person"


def test_sso_10_one_of_several_codes_is_marked(wsfed: Keys) -> None:
    codes = (("121212-10000", False), ("010190-12345", True))
    assert services.receive_answer(form=Token(codes=codes).posted(wsfed))
    unmarked = (("121212-10000", False), ("010190-12345", False))
    assert reason_after(Token(codes=unmarked), wsfed) == "current_code_unclear"
    moved = Token(
        codes=codes, bend_assertion=lambda root: find(root, f"{ATTRIBUTES}/s:Attribute[3]").set(MARK, PROVIDER)
    )
    assert reason_after(moved, wsfed) == "current_code_unclear"


# --- wrapping -------------------------------------------------------------------------------------


def forged(original: etree._Element) -> etree._Element:
    copy = etree.fromstring(etree.tostring(original))
    for name in copy.iter(f"{{{S}}}NameIdentifier"):
        name.text = "PK:32000000001"
    copy.remove(find(copy, "d:Signature"))
    copy.set("AssertionID", new_id())
    return copy


def wrap_beside(root: etree._Element) -> None:
    find(root, ASSERTION).addprevious(forged(find(root, ASSERTION)))


def wrap_in_the_envelope(root: etree._Element) -> None:
    signed = find(root, ASSERTION)
    signed.addprevious(forged(signed))
    add(find(root, RESPONSE), WSP, "AppliesTo").append(signed)


def wrap_under_an_object(root: etree._Element) -> None:
    signed = find(root, ASSERTION)
    evil, signature = forged(signed), find(signed, "d:Signature")
    signed.addprevious(evil)
    evil.append(signature)
    add(signature, D, "Object").append(signed)


def wrap_same_id(root: etree._Element) -> None:
    signed = find(root, ASSERTION)
    evil = forged(signed)
    evil.set("AssertionID", str(signed.get("AssertionID")))
    signed.addprevious(evil)


def wrap_in_a_value(root: etree._Element) -> None:
    signed = find(root, ASSERTION)
    evil = forged(signed)
    signed.addprevious(evil)
    find(evil, f"{ATTRIBUTES}/s:Attribute/s:AttributeValue").append(signed)


def wrap_as_saml_2(root: etree._Element) -> None:
    signed = find(root, ASSERTION)
    evil = etree.fromstring(
        etree.tostring(forged(signed)).replace(S.encode(), b"urn:oasis:names:tc:SAML:2.0:assertion")
    )
    signed.addprevious(evil)


@pytest.mark.parametrize(
    "bend",
    [wrap_beside, wrap_in_the_envelope, wrap_under_an_object, wrap_same_id, wrap_in_a_value, wrap_as_saml_2],
)
def test_wsf_04_a_signed_token_wrapped_beside_a_forged_one(wsfed: Keys, bend: Bend) -> None:
    assert reason(Token(after=bend), wsfed) == "several_assertions"


# --- the protocols do not meet ----------------------------------------------------------------------


def test_a_portal_that_speaks_one_protocol_takes_no_answer_of_the_other(sign_on: Keys, settings: Settings) -> None:
    fields = Token().posted(sign_on)
    assert post(Client(), fields).status_code == 400
    settings.STARS_IDP_PROTOCOL = "wsfed"
    assert post(Client(), fields).status_code == 303


def test_the_provider_can_register_us(wsfed: Keys) -> None:
    page = etree.fromstring(Client().get("/sso/metadata").content)
    texts = [node.text for node in page.iter(f"{{{WSA}}}Address")]
    assert (page.get("entityID"), texts) == (PORTAL, [PORTAL, REPLY_TO])


def test_a_token_answers_no_odd_request(wsfed: Keys) -> None:
    for state in ("", "a b", "_" + "x" * 300):
        with pytest.raises(Refused, match="odd_id"):
            services.receive_answer(form=Token(state=state).posted(wsfed))


def test_moments_with_parts_of_a_second(wsfed: Keys) -> None:
    instant = stamp(timezone.now()).replace("Z", ".1234567Z")
    bent = both(put_at(".", IssueInstant=instant), put_at(AUTHENTICATION, AuthenticationInstant=instant))
    assert services.receive_answer(form=Token(bend_assertion=bent).posted(wsfed))
