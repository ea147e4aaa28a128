"""Signature wrapping and its kin, tried against our own reading (SAM-17); each has a twin that fools a naive reader (H1).

The eight variants are those of Somorovsky et al., "On Breaking SAML" (2012); the later ones are what broke other
libraries in 2024 and 2025: digests from elsewhere, names of other vocabularies, two spellings of one id.
"""

from collections.abc import Callable

import pytest
import xmlsec
from lxml import etree

from accounts import services
from accounts.models import SignInHandle
from accounts.sso import Refused
from tests.accounts.answers import NS, A, Answer, Bend, D, Keys, P, add, find, new_id, packed

pytestmark = pytest.mark.django_db

HONEST, FORGED = "PK:01019012345", "PK:32000000001"
SHAPE = {
    "several_assertions",
    "unexpected_part",
    "nested_response",
    "ids_not_unique",
    "signature_out_of_place",
    "unexpected_signature_part",
    "reference_elsewhere",
    "too_many_signatures",
    "foreign_vocabulary",
}


def refused(document: bytes) -> str:
    with pytest.raises(Refused) as caught:
        services.receive_answer(form=packed(document))
    assert not SignInHandle.objects.exists()
    return caught.value.reason


def copy(node: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(node))


def forge(node: etree._Element) -> etree._Element:
    """A copy that names somebody else, under an id of its own and without a signature."""
    forged = copy(node)
    for name in forged.iter(f"{{{A}}}NameID"):
        name.text = FORGED
    for signature in forged.findall(f"{{{D}}}Signature"):
        forged.remove(signature)
    forged.set("ID", new_id())
    return forged


def bare(node: etree._Element) -> etree._Element:
    """The node without its own signature: what the signature is over."""
    stripped = copy(node)
    stripped.remove(find(stripped, "d:Signature"))
    return stripped


# --- the eight ---------------------------------------------------------------------------


def xsw_1(root: etree._Element) -> etree._Element:
    """The signed Response inside the signature of the forged one."""
    forged, signature = forge_response(root), copy(find(root, "d:Signature"))
    forged.insert(1, signature)
    signature.append(bare(root))
    return forged


def xsw_2(root: etree._Element) -> etree._Element:
    """The signed Response beside its signature in the forged one."""
    forged, signature = forge_response(root), copy(find(root, "d:Signature"))
    forged.insert(1, signature)
    signature.addprevious(bare(root))
    return forged


def forge_response(root: etree._Element) -> etree._Element:
    forged = forge(root)
    find(forged, "a:Assertion").set("ID", new_id())
    for signature in find(forged, "a:Assertion").findall(f"{{{D}}}Signature"):
        find(forged, "a:Assertion").remove(signature)
    return forged


def xsw_3(root: etree._Element) -> etree._Element:
    """The forged assertion before the signed one."""
    find(root, "a:Assertion").addprevious(forge(find(root, "a:Assertion")))
    return root


def xsw_4(root: etree._Element) -> etree._Element:
    """The signed assertion inside the forged one."""
    signed = find(root, "a:Assertion")
    forged = forge(signed)
    root.replace(signed, forged)
    forged.append(signed)
    return root


def xsw_5(root: etree._Element) -> etree._Element:
    """The signature moved into the forged assertion, the signed one after it."""
    signed = find(root, "a:Assertion")
    forged, signature = forge(signed), copy(find(signed, "d:Signature"))
    root.replace(signed, forged)
    forged.insert(1, signature)
    root.append(bare(signed))
    return root


def xsw_6(root: etree._Element) -> etree._Element:
    """The signed assertion inside the signature of the forged one."""
    signed = find(root, "a:Assertion")
    forged, signature = forge(signed), copy(find(signed, "d:Signature"))
    root.replace(signed, forged)
    forged.insert(1, signature)
    signature.append(bare(signed))
    return root


def xsw_7(root: etree._Element) -> etree._Element:
    """The forged assertion in Extensions, where anything may stand."""
    extensions = etree.Element(f"{{{P}}}Extensions")
    extensions.append(forge(find(root, "a:Assertion")))
    find(root, "a:Issuer").addnext(extensions)
    return root


def xsw_8(root: etree._Element) -> etree._Element:
    """The signed assertion in an Object of the forged one's signature."""
    signed = find(root, "a:Assertion")
    forged, signature = forge(signed), copy(find(signed, "d:Signature"))
    root.replace(signed, forged)
    forged.insert(1, signature)
    add(signature, D, "Object").append(bare(signed))
    return root


Wrap = Callable[[etree._Element], etree._Element]
EIGHT = [xsw_1, xsw_2, xsw_3, xsw_4, xsw_5, xsw_6, xsw_7, xsw_8]


def wrapped(keys: Keys, wrap: Wrap) -> bytes:
    """The first two need a signed Response around an unsigned assertion, the others a signed assertion alone."""
    over_response = wrap in {xsw_1, xsw_2}
    answer = Answer(sign_response=over_response, sign_assertion=not over_response)
    return etree.tostring(wrap(answer.tree(keys)))


@pytest.mark.parametrize("wrap", EIGHT)
def test_sam_17_signature_wrapping(sign_on: Keys, wrap: Wrap) -> None:
    assert refused(wrapped(sign_on, wrap)) in SHAPE


# The others put the signed part into its own signature, where libxmlsec1 digests nothing of it: it refuses them too.
@pytest.mark.parametrize("wrap", [xsw_2, xsw_3, xsw_4, xsw_5, xsw_7])
def test_control_naive_readers_are_fooled(sign_on: Keys, wrap: Wrap) -> None:
    """The signature holds for the id it names, looked up in the whole document; the name is read from somewhere else."""
    assert FORGED in naive(wrapped(sign_on, wrap), sign_on)


def naive(document: bytes, keys: Keys) -> set[str | None]:
    """What readers find that take the first assertion of the document, or the first under the root."""
    root = etree.fromstring(document)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(keys.cert_file), xmlsec.constants.KeyDataFormatCertPem)
    xmlsec.tree.add_ids(root, ["ID"])
    context.verify(find(root, ".//d:Signature"))
    return {find(root, f"{path}/a:Subject/a:NameID").text for path in (".//a:Assertion", "a:Assertion")}


# --- one document, two readings ------------------------------------------------------------


def rename(space: str) -> Wrap:
    """The forged assertion in another vocabulary, for readers that go by local names."""

    def wrap(root: etree._Element) -> etree._Element:
        text = etree.tostring(forge(find(root, "a:Assertion"))).replace(A.encode(), space.encode())
        find(root, "a:Assertion").addprevious(etree.fromstring(text))
        return root

    return wrap


@pytest.mark.parametrize("space", ["urn:oasis:names:tc:SAML:1.0:assertion", "urn:x", f"{A}/", A.upper()])
def test_sam_17_an_assertion_of_another_vocabulary(sign_on: Keys, space: str) -> None:
    assert refused(wrapped(sign_on, rename(space))) in SHAPE


def second_id(name: str) -> Bend:
    """The forged id in one spelling, the signed one in another."""

    def bend(root: etree._Element) -> None:
        node = find(root, "a:Assertion")
        node.set(name, str(root.get("ID")))

    return bend


@pytest.mark.parametrize("name", ["id", "Id", f"{{{A}}}ID", "{http://www.w3.org/XML/1998/namespace}id"])
def test_sam_17_one_id_in_two_spellings(sign_on: Keys, name: str) -> None:
    document = etree.tostring(Answer(after=second_id(name)).tree(sign_on))
    assert refused(document) == "ids_not_unique"


def digest_elsewhere(root: etree._Element) -> None:
    """ruby-saml, CVE-2024-45409: a DigestValue that is found first, outside every signature."""
    detail = add(find(root, "p:Status"), P, "StatusDetail")
    add(detail, D, "DigestValue", "AAAA")


def signature_elsewhere(root: etree._Element) -> None:
    """A second SignedInfo under the same signature, for readers that take the first or the last."""
    info = find(root, "a:Assertion/d:Signature/d:SignedInfo")
    info.addprevious(copy(info))


def other_signature(root: etree._Element) -> None:
    """An element called Signature that is none of XML-DSig's."""
    find(root, "a:Assertion/a:Subject").append(etree.Element("{urn:oasis:names:tc:SAML:2.0:assertion}Signature"))


@pytest.mark.parametrize(
    ("bend", "expected"),
    [
        (digest_elsewhere, "signature_out_of_place"),
        (signature_elsewhere, "malformed_signature"),
        (other_signature, "signature_out_of_place"),
    ],
)
def test_sam_17_parts_of_signatures_where_they_do_not_belong(sign_on: Keys, bend: Bend, expected: str) -> None:
    assert refused(etree.tostring(Answer(sign_response=False, after=bend).tree(sign_on))) == expected


def test_sam_17_a_namespace_no_canonical_form_exists_for(sign_on: Keys) -> None:
    """A relative namespace makes canonicalisation fail; elsewhere the digest of nothing was then compared."""

    def bend(root: etree._Element) -> None:
        node = find(root, "a:Assertion/a:Subject/a:NameID")
        parent = node.getparent()
        assert parent is not None
        other = etree.SubElement(parent, node.tag, nsmap={"x": "relative"})
        other.set("{relative}a", "b")
        other.text = FORGED
        parent.replace(node, other)

    assert refused(etree.tostring(Answer(sign_response=False, after=bend).tree(sign_on))) == "signature_invalid"


def test_sam_17_prefixes_may_be_told_apart_and_change_nothing(sign_on: Keys) -> None:
    """InclusiveNamespaces is the only thing a transform may hold: other prefixes, the same person."""

    def bend(signature: etree._Element) -> None:
        for transform in signature.findall(".//d:Transform[2]", NS):
            etree.SubElement(
                transform, "{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces", PrefixList="saml xs"
            )

    assert services.receive_answer(form=Answer(bend_signature=bend).posted(sign_on))


# --- text in pieces ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"PK:32000000001<!-- -->PK:01019012345", "markup_declaration"),
        (b"PK:01019012345<!---->.evil", "markup_declaration"),
        (b"<![CDATA[PK:01019012345]]>", "markup_declaration"),
        (b"PK:01019012345<?x y?>", "processing_instruction"),
        (b"PK:0101901&e;", "not_xml"),
    ],
)
def test_sam_17_comments_instructions_and_sections_inside_the_name(
    sign_on: Keys, written: bytes, expected: str
) -> None:
    """Comments are no part of what a signature covers; a text read only up to one would be another name."""
    document = etree.tostring(Answer().tree(sign_on)).replace(HONEST.encode(), written)
    assert refused(document) == expected


def test_sam_17_a_name_written_with_character_references_is_the_same_name(sign_on: Keys) -> None:
    document = etree.tostring(Answer().tree(sign_on)).replace(HONEST.encode(), b"PK:0101901234&#53;")
    assert services.receive_answer(form=packed(document))
