"""What is accepted from the sign-on, and everything that is not (security.md 2 and 3)."""

import base64
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from lxml import etree
from pytest_django import Settings

from accounts import services
from accounts.models import (
    FailedSignIn,
    Person,
    PersonalCode,
    Session,
    SignInHandle,
    SignOnConflict,
    SignOnSession,
    UsedAssertion,
    User,
)
from accounts.services.signing_in import MOST_REFUSED
from accounts.sso import Refused, agreement, documents, library, signatures
from stars.kernel.models import AuditEntry
from tests.accounts.answers import (
    FORM,
    MARK,
    NS,
    PORTAL,
    A,
    Answer,
    Bend,
    D,
    Keys,
    P,
    add,
    attribute,
    drop,
    find,
    packed,
    post,
    put,
    say,
    stamp,
    twice,
)
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

CONFIRMATION = "a:Subject/a:SubjectConfirmation/a:SubjectConfirmationData"
REFERENCE = "d:SignedInfo/d:Reference"


def reason(answer: Answer, keys: Keys) -> str:
    with pytest.raises(Refused) as refused:
        services.receive_answer(form=answer.posted(keys))
    assert not SignInHandle.objects.exists()
    return refused.value.reason


def test_an_honest_answer_leaves_a_sealed_result_for_a_minute(sign_on: Keys) -> None:
    handle = services.receive_answer(form=Answer().posted(sign_on))
    row = SignInHandle.objects.get()
    assert len(handle) >= 40
    assert handle not in row.digest
    for secret in ("01019012345", "010190", "Anna", "Bērziņa"):
        assert secret not in row.sealed
    assert not User.objects.exists()


def test_sam_07_only_the_assertion_need_be_signed(sign_on: Keys) -> None:
    assert services.receive_answer(form=Answer(sign_response=False).posted(sign_on))


@pytest.mark.parametrize("method", ["RSA_SHA384", "RSA_SHA512"])
def test_sam_05_stronger_hashes_are_fine(sign_on: Keys, method: str) -> None:
    assert services.receive_answer(form=Answer(method=method, digest="SHA512").posted(sign_on))


def test_sso_02_two_certificates_during_a_roll_over(sign_on: Keys, stranger_keys: Keys, settings: Settings) -> None:
    settings.STARS_IDP_CERT_FILES = [str(stranger_keys.cert_file), str(sign_on.cert_file)]
    assert services.receive_answer(form=Answer().posted(sign_on))


# --- the signature ------------------------------------------------------------


def test_sam_07_an_unsigned_assertion(sign_on: Keys) -> None:
    assert reason(Answer(sign_assertion=False), sign_on) == "assertion_not_signed"


def test_sam_07_no_signature_at_all(sign_on: Keys) -> None:
    assert reason(Answer(sign_assertion=False, sign_response=False), sign_on) == "assertion_not_signed"


def test_sso_02_a_strangers_key_in_the_message_is_not_looked_at(sign_on: Keys, stranger_keys: Keys) -> None:
    assert reason(Answer(), stranger_keys) == "signature_invalid"


def test_sam_07_changed_after_signing(sign_on: Keys) -> None:
    changed = Answer(after=say("a:Assertion/a:Subject/a:NameID", "PK:32000000001"))
    assert reason(changed, sign_on) == "signature_invalid"


def test_sam_07_a_response_signature_that_does_not_hold(sign_on: Keys) -> None:
    assert reason(Answer(after=put(".", IssueInstant="2020-01-01T00:00:00Z")), sign_on) == "signature_invalid"


@pytest.mark.parametrize("changes", [{"method": "RSA_SHA1"}, {"digest": "SHA1"}])
def test_sam_05_sha_1(sign_on: Keys, changes: dict[str, str]) -> None:
    assert reason(Answer().but(**changes), sign_on) == "algorithm_not_allowed"


def test_sam_05_hmac(sign_on: Keys) -> None:
    bend = put("a:Assertion/d:Signature/d:SignedInfo/d:SignatureMethod", Algorithm=f"{D}hmac-sha256")
    assert reason(Answer(after=bend), sign_on) == "algorithm_not_allowed"


@pytest.mark.parametrize(
    "algorithm",
    ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"],
)
def test_sam_05_other_canonicalization(sign_on: Keys, algorithm: str) -> None:
    bend = put("a:Assertion/d:Signature/d:SignedInfo/d:CanonicalizationMethod", Algorithm=algorithm)
    assert reason(Answer(after=bend), sign_on) == "canonicalization_not_allowed"


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        f"{D}base64",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    ],
)
def test_sam_04_other_transforms(sign_on: Keys, algorithm: str) -> None:
    def bend(root: etree._Element) -> None:
        transforms = find(root, f"a:Assertion/d:Signature/{REFERENCE}/d:Transforms")
        transforms[1].set("Algorithm", algorithm)

    assert reason(Answer(after=bend), sign_on) == "transform_not_allowed"


def test_sam_04_a_transform_with_a_stylesheet_inside(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        transform = find(root, f"a:Assertion/d:Signature/{REFERENCE}/d:Transforms/d:Transform")
        etree.SubElement(transform, "{http://www.w3.org/1999/XSL/Transform}stylesheet")

    assert reason(Answer(after=bend), sign_on) == "foreign_vocabulary"


def test_sam_04_many_transforms_never_reach_the_verifier(sign_on: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack of python3-saml#447: canonicalisations without end before the signature is judged."""

    def verify(*_: object) -> None:
        raise AssertionError("libxmlsec1 was asked")

    monkeypatch.setattr(signatures, "verify", verify)

    def bend(root: etree._Element) -> None:
        transforms = find(root, f"a:Assertion/d:Signature/{REFERENCE}/d:Transforms")
        for _ in range(400):
            add(transforms, D, "Transform", Algorithm=signatures.EXCLUSIVE_C14N)

    assert reason(Answer(after=bend), sign_on) == "transform_not_allowed"


@pytest.mark.parametrize("name", ["Object", "Manifest"])
def test_sam_05_objects_in_the_signature(sign_on: Keys, name: str) -> None:
    def bend(root: etree._Element) -> None:
        add(find(root, "a:Assertion/d:Signature"), D, name)

    assert reason(Answer(after=bend), sign_on) == "unexpected_signature_part"


def test_sam_05_a_retrieval_method(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        add(find(root, "a:Assertion/d:Signature/d:KeyInfo"), D, "RetrievalMethod", URI="https://evil.example/")

    assert reason(Answer(after=bend), sign_on) == "unexpected_signature_part"


@pytest.mark.parametrize("uri", ["", "#_other", "https://evil.example/"])
def test_sam_03_a_reference_elsewhere(sign_on: Keys, uri: str) -> None:
    bend = put(f"a:Assertion/d:Signature/{REFERENCE}", URI=uri)
    assert reason(Answer(after=bend), sign_on) == "reference_elsewhere"


def test_sam_03_two_references(sign_on: Keys) -> None:
    assert reason(Answer(after=twice(f"a:Assertion/d:Signature/{REFERENCE}")), sign_on) == "malformed_signature"


def test_sam_03_two_signatures_of_one_parent(sign_on: Keys) -> None:
    bent = Answer(sign_response=False, after=twice("a:Assertion/d:Signature"))
    assert reason(bent, sign_on) == "too_many_signatures"


def test_sam_03_a_signature_deeper_down(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        find(root, "a:Assertion/a:Subject").append(find(root, "a:Assertion/d:Signature"))

    assert reason(Answer(sign_response=False, after=bend), sign_on) == "signature_out_of_place"


def test_sam_02_an_id_given_twice(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        find(root, "a:Assertion/a:AttributeStatement/a:Attribute").set("Id", str(root.get("ID")))

    assert reason(Answer(after=bend), sign_on) == "ids_not_unique"


def test_sam_02_something_else_as_root(sign_on: Keys) -> None:
    with pytest.raises(Refused, match="not_a_response"):
        services.receive_answer(form=packed(etree.tostring(find(Answer().tree(sign_on), "a:Assertion"))))


def test_sam_02_an_encrypted_assertion_nobody_agreed_on(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        root.remove(find(root, "a:Assertion"))
        add(root, A, "EncryptedAssertion")

    assert reason(Answer(after=bend), sign_on) == "unexpected_part"


# --- the document -----------------------------------------------------------------


def raw(keys: Keys) -> bytes:
    return etree.tostring(Answer().tree(keys))


def refused_bytes(document: bytes) -> str:
    with pytest.raises(Refused) as refused:
        services.receive_answer(form=packed(document))
    return refused.value.reason


def test_sam_01_a_document_type(sign_on: Keys) -> None:
    document = b'<!DOCTYPE a [<!ENTITY b "c">]>' + raw(sign_on)
    assert refused_bytes(document) == "markup_declaration"


def test_sam_01_a_document_type_in_another_encoding(sign_on: Keys) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]>' + raw(sign_on).decode()
    assert refused_bytes(text.encode("utf-16")) == "not_utf8"


def test_sso_17_a_comment_inside_the_name(sign_on: Keys) -> None:
    document = raw(sign_on).replace(b"PK:01019012345", b"PK:01019012345<!-- -->.evil")
    assert refused_bytes(document) == "markup_declaration"


def test_sso_17_a_processing_instruction(sign_on: Keys) -> None:
    assert refused_bytes(raw(sign_on).replace(b"</samlp:Response>", b"<?a b?></samlp:Response>")) == (
        "processing_instruction"
    )


def test_sso_17_a_value_in_pieces(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        add(find(root, "a:Subject/a:NameID"), A, "Issuer", "x")

    assert reason(Answer(bend_assertion=bend), sign_on) == "text_in_pieces"


def test_sam_01_too_deep(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        node = find(root, "p:Status")
        for _ in range(documents.DEEPEST):
            node = add(node, P, "StatusCode")

    assert reason(Answer(after=bend), sign_on) == "too_complex"


def test_sam_01_too_many_elements(sign_on: Keys) -> None:
    document = raw(sign_on).replace(b"</samlp:Status>", b"<a/>" * documents.MOST_ELEMENTS + b"</samlp:Status>")
    assert refused_bytes(document) == "too_complex"


@pytest.mark.parametrize("kind", [b'a%d="b"', b'xmlns:n%d="urn:x"'])
def test_sam_01_too_many_attributes_or_namespaces_of_one_element(sign_on: Keys, kind: bytes) -> None:
    """Canonicalisation sorts them: thousands on one element cost more than half a second."""
    many = b" ".join(kind.replace(b"%d", str(one).encode()) for one in range(documents.MOST_ATTRIBUTES + 1))
    document = raw(sign_on).replace(b"<samlp:Status>", b"<samlp:Status " + many + b">")
    assert refused_bytes(document) == "too_complex"


def test_sso_12_too_large_a_document(sign_on: Keys) -> None:
    assert refused_bytes(b"<a>" + b"x" * documents.LARGEST_XML + b"</a>") == "too_large"


@pytest.mark.parametrize("encoded", ["", "%%%", "PGE+", "ā", "PGEvPg==="])
def test_sam_01_not_even_xml(sign_on: Keys, encoded: str) -> None:
    with pytest.raises(Refused, match=r"not_base64|not_xml|not_a_response"):
        services.receive_answer(form={"SAMLResponse": encoded})


def test_sso_12_deflated_content(sign_on: Keys) -> None:
    packed_up = base64.b64encode(b"\x78\x9c\xff\xfe" + raw(sign_on)[:20]).decode()
    with pytest.raises(Refused, match="not_utf8"):
        services.receive_answer(form={"SAMLResponse": packed_up})


# --- for whom, from whom, until when ------------------------------------------------


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (say("a:Issuer", "https://other.example"), "wrong_issuer"),
        (put(".", Version="1.1"), "not_an_assertion"),
        (drop("a:AttributeStatement"), "not_one_attributestatement"),
    ],
)
def test_sam_08_who_says_it(sign_on: Keys, bend: Bend, expected: str) -> None:
    assert reason(Answer(bend_assertion=bend), sign_on) == expected


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (drop("a:Conditions/a:AudienceRestriction"), "no_audience"),
        (say("a:Conditions/a:AudienceRestriction/a:Audience", f"{PORTAL}/"), "wrong_audience"),
        (say("a:Conditions/a:AudienceRestriction/a:Audience", PORTAL.upper()), "wrong_audience"),
        (drop("a:Conditions/a:AudienceRestriction/a:Audience"), "wrong_audience"),
        (lambda root: add(find(root, "a:Conditions"), A, "AudienceRestriction"), "wrong_audience"),
        (lambda root: add(find(root, "a:Conditions"), A, "Condition"), "unknown_condition"),
    ],
)
def test_sam_09_for_whom_it_is(sign_on: Keys, bend: Bend, expected: str) -> None:
    """Present, and our name in each restriction; python3-saml lets an answer without any pass."""
    assert reason(Answer(bend_assertion=bend), sign_on) == expected


@pytest.mark.parametrize(
    "recipient",
    [
        "https://stars.example.lv/sso/acs/",
        "https://stars.example.lv/sso/acs?x=1",
        "https://evil.example/?https://stars.example.lv/sso/acs",
        "http://stars.example.lv/sso/acs",
        None,
    ],
)
def test_sam_10_where_it_was_sent(sign_on: Keys, recipient: str | None) -> None:
    """The whole string; python3-saml is content with one that contains ours."""
    bend = put(CONFIRMATION, Recipient=recipient)
    assert reason(Answer(bend_assertion=bend), sign_on) == "wrong_recipient"


def test_sam_11_which_request_it_answers_stands_in_the_signed_part(sign_on: Keys) -> None:
    assert reason(Answer(bend_assertion=put(CONFIRMATION, InResponseTo=None)), sign_on) == "odd_id"
    assert reason(Answer(bend_assertion=put(CONFIRMATION, InResponseTo="_other")), sign_on) == "other_request"


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (put(CONFIRMATION, NotOnOrAfter=None), "no_time"),
        (put(CONFIRMATION, NotBefore="2020-01-01T00:00:00Z"), "confirmation_not_yet"),
        (put("a:Subject/a:SubjectConfirmation", Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"), "not_bearer"),
        (twice("a:Subject/a:SubjectConfirmation"), "not_one_subjectconfirmation"),
        (drop("a:Conditions"), "not_one_conditions"),
        (put("a:Conditions", NotBefore=None), "no_time"),
        (put("a:Conditions", NotOnOrAfter=None), "no_time"),
        (put("a:Conditions", NotBefore="2120-01-01T00:00:00Z"), "stale"),
        (put(".", IssueInstant="2020-01-01T00:00:00Z"), "stale"),
        (put(".", IssueInstant=None), "no_time"),
    ],
)
def test_sam_12_until_when(sign_on: Keys, bend: Bend, expected: str) -> None:
    assert reason(Answer(bend_assertion=bend), sign_on) == expected


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (drop("a:Subject/a:NameID"), "not_one_nameid"),
        (twice("a:Subject/a:NameID"), "not_one_nameid"),
        (drop("a:AuthnStatement"), "not_one_authnstatement"),
        (twice("a:AuthnStatement"), "not_one_authnstatement"),
        (drop("a:AuthnStatement/a:AuthnContext/a:AuthnContextClassRef"), "not_one_authncontextclassref"),
        (put("a:AuthnStatement", SessionNotOnOrAfter="2020-01-01T00:00:00Z"), "stale"),
        (put("a:AuthnStatement", AuthnInstant=None), "no_time"),
    ],
)
def test_sam_13_one_name_and_one_statement_of_how(sign_on: Keys, bend: Bend, expected: str) -> None:
    assert reason(Answer(bend_assertion=bend), sign_on) == expected


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (put(".", Destination=None), "wrong_destination"),
        (put(".", Destination="https://stars.example.lv/sso/acs?x=1"), "wrong_destination"),
        (put(".", InResponseTo=None), "other_request"),
        (put(".", InResponseTo="_other"), "other_request"),
        (say("a:Issuer", "https://other.example"), "wrong_issuer"),
        (put("p:Status/p:StatusCode", Value="urn:oasis:names:tc:SAML:2.0:status:Responder"), "status_not_success"),
        (put(".", IssueInstant="2020-01-01T00:00:00Z"), "stale"),
        (put(".", Version="1.1"), "status_not_success"),
    ],
)
def test_sam_08_10_11_conditions_of_the_response(sign_on: Keys, bend: object, expected: str) -> None:
    assert reason(Answer().but(bend_response=bend), sign_on) == expected


def test_sam_08_the_person_did_not_want_to(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        root.remove(find(root, "a:Assertion"))
        find(root, "p:Status/p:StatusCode").set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")

    assert reason(Answer(bend_response=bend), sign_on) == "provider_said_no"


@pytest.mark.parametrize(
    ("off", "is_fine"),
    [(-50, True), (50, True), (-70, False), (-180, False), (240 + 70, False), (180 + 300, False)],
    ids=[
        *("50 s ahead", "50 s late"),
        *("70 s ahead", "3 min ahead", "70 s past its time", "3 min past its time"),
    ],
)
def test_sso_07_clocks_may_differ_by_a_minute(sign_on: Keys, off: int, is_fine: bool) -> None:
    honest = Answer()
    answer = honest.but(moment=honest.moment - timedelta(seconds=off))
    if is_fine:
        assert services.receive_answer(form=answer.posted(sign_on))
    else:
        assert reason(answer, sign_on) == "stale"


def test_sam_12_a_confirmation_that_lives_for_hours(sign_on: Keys) -> None:
    assert reason(Answer(life=timedelta(hours=4)), sign_on) == "lives_too_long"


def test_sam_12_conditions_that_are_over(sign_on: Keys) -> None:
    past = stamp(Answer().moment - timedelta(minutes=2))
    assert reason(Answer(bend_assertion=put("a:Conditions", NotOnOrAfter=past)), sign_on) == "stale"


@pytest.mark.parametrize("means", ["TEST", "eid", ""])
def test_sso_08_means_not_in_the_list(sign_on: Keys, means: str) -> None:
    assert reason(Answer(means=means), sign_on) == "means_not_allowed"


@pytest.mark.parametrize("level", ["2", "", "four", "-4", "٤"])
def test_sso_08_a_stated_level_too_low(sign_on: Keys, level: str) -> None:
    assert reason(Answer(level=level), sign_on) == "level_too_low"


def test_sam_13_without_a_level_the_means_vouch(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        statement = find(root, "a:AttributeStatement")
        statement.remove(statement[-1])

    assert services.receive_answer(form=Answer(bend_assertion=bend).posted(sign_on))


# --- whom it names -----------------------------------------------------------------


@pytest.mark.parametrize(
    "name_id",
    [
        "AU:100001-PK:01019012345",
        "PK:01019012345-UR:40003000000",
        "DP:01019012345-PK:32000000001",
        "AU:100001",
        "anna@example.lv",
        "PK:31029012345",
        "PK:00139012345",
        "PK:0101901234",
        "PK:01019092345",
        "PK:٠١٠١٩٠١٢٣٤٥",
        "",
    ],
)
def test_sso_09_not_a_natural_person(sign_on: Keys, name_id: str) -> None:
    assert reason(Answer(name_id=name_id, codes=()), sign_on) == "not_a_natural_person"


def test_sso_10_one_of_several_codes_is_marked(sign_on: Keys) -> None:
    codes = (("121212-10000", False), ("010190-12345", True))
    assert services.receive_answer(form=Answer(codes=codes).posted(sign_on))


@pytest.mark.parametrize(
    "codes",
    [
        (("121212-10000", False), ("010190-12345", False)),
        (("121212-10000", True), ("010190-12345", True)),
        (("121212-10000", True), ("010190-12345", False)),
        (("121212-10000", False),),
    ],
    ids=["no mark", "two marks", "mark on another than the subject", "another than the subject"],
)
def test_sso_10_unclear_which_code_is_current(sign_on: Keys, codes: tuple[tuple[str, bool], ...]) -> None:
    assert reason(Answer(codes=codes), sign_on) == "current_code_unclear"


def test_sso_10_an_attribute_given_twice(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        attribute(
            find(root, "a:AttributeStatement"), "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "X"
        )

    assert reason(Answer(bend_assertion=bend), sign_on) == "attribute_repeated"


def test_sso_10_an_attribute_with_two_values(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        add(find(root, "a:AttributeStatement/a:Attribute"), A, "AttributeValue", "Other")

    assert reason(Answer(bend_assertion=bend), sign_on) == "attribute_repeated"


def test_sso_10_a_mark_over_two_values_marks_neither(sign_on: Keys) -> None:
    def bend(root: etree._Element) -> None:
        one = next(node for node in root.iterfind(".//a:Attribute", NS) if node.get(MARK))
        add(one, A, "AttributeValue", "121212-10000")

    assert reason(Answer(codes=(("010190-12345", True),), bend_assertion=bend), sign_on) == "current_code_unclear"


@pytest.mark.parametrize("name", ["", " ", "A" * 101, "An\u202ena"])
def test_a_name_that_cannot_be_kept(sign_on: Keys, name: str) -> None:
    assert reason(Answer(surname=name), sign_on) == "name_not_usable"


# --- the page ------------------------------------------------------------------------


def test_sso_14_one_plain_page_and_a_reason_code_in_the_log(sign_on: Keys, caplog: pytest.LogCaptureFixture) -> None:
    fields = Answer(means="TEST").posted(sign_on)
    response = Client(headers={"X-Request-ID": "abc-123"}).post("/sso/acs", urlencode(fields), content_type=FORM)
    assert response.status_code == 400
    page = response.content.decode()
    assert "Pieslēgties neizdevās" in page
    assert "abc-123" in page
    assert "means_not_allowed" not in page
    assert "reason=means_not_allowed" in caplog.text
    for secret in ("01019012345", "010190-12345", "Anna", "SAMLResponse", "<"):
        assert secret not in caplog.text


FLOOD = 1000


def test_sso_13_a_flood_of_posts_leaves_one_counter_an_address_and_minute(sign_on: Keys, stranger_keys: Keys) -> None:
    """No session, person or request, and one row an address that counts; `benchmarks.sign_on` posts 5,000."""
    UserFactory()
    watched = (
        Session,
        Person,
        PersonalCode,
        User,
        SignInHandle,
        UsedAssertion,
        SignOnSession,
        SignOnConflict,
        AuditEntry,
    )
    before = {model: model._base_manager.count() for model in watched}
    bodies = [
        {"SAMLResponse": "bm90IHhtbA=="},
        Answer().posted(stranger_keys),
        Answer(means="TEST").posted(sign_on),
        {"wa": "wsignin1.0", "wresult": "<a/>", "wctx": "_x"},
        {},
    ]
    encoded = [urlencode(body) for body in bodies]
    browser, seen = Client(), set()
    with time_machine.travel(timezone.now().replace(second=1), tick=False):
        for number in range(FLOOD):
            response = browser.post(
                "/sso/acs",
                encoded[number % len(encoded)],
                content_type=FORM,
                REMOTE_ADDR=f"192.0.2.{number % 2}",
            )
            seen.add(response.status_code)
    assert seen == {400, 429}
    assert {model: model._base_manager.count() for model in watched} == before
    assert dict(FailedSignIn.objects.values_list("key", "count")) == {
        "answer:192.0.2.0": MOST_REFUSED,
        "answer:192.0.2.1": MOST_REFUSED,
    }
    assert "sessionid" not in browser.cookies


def test_sso_12_honest_answers_pass_where_a_neighbour_floods(sign_on: Keys) -> None:
    """PWD-10: a school behind one address."""
    with time_machine.travel(timezone.now().replace(second=1), tick=False):  # all in one minute
        for _ in range(MOST_REFUSED):
            assert post(Client(), {"SAMLResponse": "x"}).status_code == 400
        refused = post(Client(), {"SAMLResponse": "x"})
    assert (refused.status_code, refused["Retry-After"], refused.content) == (429, "60", b"")
    for number in range(50):
        assert post(Client(), Answer(request_id=f"_r{number}").posted(sign_on)).status_code == 303


def test_sso_12_another_address_and_the_next_minute_are_looked_into_again(sign_on: Keys) -> None:
    now = timezone.now().replace(second=1)
    with time_machine.travel(now, tick=False):
        for _ in range(MOST_REFUSED):
            services.count_refused_answer(address="192.0.2.1")
        assert services.count_refused_answer(address="192.0.2.1")
        assert not services.count_refused_answer(address="192.0.2.2")
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        assert not services.count_refused_answer(address="192.0.2.1")


def test_log_03_a_limit_that_is_reached_is_one_line_in_the_log(sign_on: Keys, caplog: pytest.LogCaptureFixture) -> None:
    with time_machine.travel(timezone.now().replace(second=1), tick=False):
        for _ in range(MOST_REFUSED + 10):
            post(Client(), {"SAMLResponse": "x"})
    assert caplog.text.count("sign_in_limited scope=answer") == 1
    assert caplog.text.count("sign_in_refused") == MOST_REFUSED


def test_sso_13_the_same_answer_again_keeps_one_row(sign_on: Keys) -> None:
    fields = Answer().posted(sign_on)
    for _ in range(3):
        assert post(Client(), fields).status_code == 303
    assert SignInHandle.objects.count() == 1


def test_sso_12_size_is_refused_before_reading(sign_on: Keys) -> None:
    response = Client().post(
        "/sso/acs",
        b"SAMLResponse=" + b"A" * documents.LARGEST_FORM,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 400


def test_web_07_repeated_parameter_and_other_content(sign_on: Keys) -> None:
    fields = Answer().posted(sign_on)
    assert post(Client(), {"SAMLResponse": [fields["SAMLResponse"]] * 2}).status_code == 400
    assert Client().post("/sso/acs", fields, content_type="application/json").status_code == 400
    assert Client().post("/sso/acs", fields).status_code == 400
    assert Client().get("/sso/acs").status_code == 405


def test_web_01_the_answer_needs_no_csrf_token_and_the_others_do(sign_on: Keys) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, Answer().posted(sign_on)).status_code == 303
    assert strict.post("/iziet").status_code == 403


def test_no_sign_on_is_no_way_in() -> None:
    assert post(Client(), {"SAMLResponse": "PGEvPg=="}).status_code == 400
    assert Client().get("/pieslegties/iedzivotajs").status_code == 503
    assert Client().get("/sso/metadata").status_code == 404


def test_sam_14_the_library_is_set_as_hard_as_it_goes(sign_on: Keys) -> None:
    built = library.configuration(agreement.current_agreement())
    assert (built["strict"], built["debug"]) == (True, False)
    assert built["security"] == {
        "wantAssertionsSigned": True,
        "wantMessagesSigned": False,
        "wantNameId": True,
        "wantAttributeStatement": True,
        "allowRepeatAttributeName": False,
        "rejectDeprecatedAlgorithm": True,
        "allowSingleLabelDomains": False,
        "authnRequestsSigned": True,
        "logoutRequestSigned": True,
        "logoutResponseSigned": True,
        "failOnAuthnContextMismatch": True,
        "signatureAlgorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "digestAlgorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
        "requestedAuthnContext": ["EID", "SMARTID"],
        "requestedAuthnContextComparison": "exact",
    }
    assert "x509certMulti" in built["idp"]
    assert "certFingerprint" not in built["idp"]
