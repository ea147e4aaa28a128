"""Encrypted answers (SSO-16): opened by our key under RSA-OAEP and AES-GCM only, then judged like any other."""

import base64
import re
from collections.abc import Callable

import pytest
import xmlsec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.test import Client
from lxml import etree
from pytest_django import Settings

from accounts import services
from accounts.models import SignInHandle
from accounts.sso import Refused, encryption
from tests.accounts.answers import A, Answer, Bend, D, Keys, add, drop, find, post, put, say, twice
from tests.accounts.sealing import DATA, KEY, X11, X, sealing
from tests.accounts.tokens import Token

pytestmark = pytest.mark.django_db

METHOD = "x:EncryptionMethod"
KEY_METHOD = "d:KeyInfo/x:EncryptedKey/x:EncryptionMethod"
VALUE, KEY_VALUE = "x:CipherData/x:CipherValue", "d:KeyInfo/x:EncryptedKey/x:CipherData/x:CipherValue"


@pytest.fixture
def agreed(sign_on: Keys, settings: Settings) -> Keys:
    settings.STARS_IDP_ENCRYPTS = True
    return sign_on


@pytest.fixture
def agreed_wsfed(wsfed: Keys, settings: Settings, portal_keys: Keys) -> Keys:
    settings.STARS_IDP_ENCRYPTS = True
    settings.STARS_SP_KEY_FILE, settings.STARS_SP_CERT_FILE = str(portal_keys.key_file), str(portal_keys.cert_file)
    return wsfed


def reason(answer: Answer | Token, keys: Keys) -> str:
    with pytest.raises(Refused) as refused:
        services.receive_answer(form=answer.posted(keys))
    assert not SignInHandle.objects.exists()
    return refused.value.reason


# --- opened -----------------------------------------------------------------------------


@pytest.mark.parametrize("sign_response", [True, False])
@pytest.mark.parametrize(
    ("content", "bits"), [(xmlsec.constants.TransformAes128Gcm, 128), (xmlsec.constants.TransformAes256Gcm, 256)]
)
def test_sso_16_a_sealed_assertion_is_opened_and_read(
    agreed: Keys, portal_keys: Keys, sign_response: bool, content: object, bits: int
) -> None:
    answer = Answer(seal=sealing(portal_keys, content=content, bits=bits), sign_response=sign_response)
    assert services.receive_answer(form=answer.posted(agreed))


def test_sso_16_a_sealed_token_of_the_other_protocol(agreed_wsfed: Keys, portal_keys: Keys) -> None:
    assert services.receive_answer(form=Token(seal=sealing(portal_keys)).posted(agreed_wsfed))


def test_sso_16_what_is_not_sealed_is_still_welcome(agreed: Keys) -> None:
    assert services.receive_answer(form=Answer().posted(agreed))


def test_sso_16_the_provider_is_told_of_the_key_only_where_it_is_agreed(agreed: Keys, settings: Settings) -> None:
    assert 'use="encryption"' in Client().get("/sso/metadata").content.decode()
    settings.STARS_IDP_ENCRYPTS = False
    assert 'use="encryption"' not in Client().get("/sso/metadata").content.decode()


# --- not agreed ----------------------------------------------------------------------------


def test_sso_16_sealed_answers_nobody_agreed_on(sign_on: Keys, portal_keys: Keys) -> None:
    assert reason(Answer(seal=sealing(portal_keys)), sign_on) == "unexpected_part"


def test_sso_16_sealed_tokens_nobody_agreed_on(wsfed: Keys, portal_keys: Keys) -> None:
    assert reason(Token(seal=sealing(portal_keys)), wsfed) == "other_token_type"


def never(*_: object) -> None:
    raise AssertionError("our key was used")


def cbc(keys: Keys) -> Callable[[etree._Element], etree._Element]:
    return sealing(keys, content=xmlsec.constants.TransformAes256Cbc)


def des(keys: Keys) -> Callable[[etree._Element], etree._Element]:
    return sealing(keys, content=xmlsec.constants.TransformDes3Cbc, kind=xmlsec.constants.KeyDataDes, bits=192)


def rsa_1_5(keys: Keys) -> Callable[[etree._Element], etree._Element]:
    return sealing(keys, wrapping=xmlsec.constants.TransformRsaPkcs1)


@pytest.mark.parametrize("seal", [cbc, des, rsa_1_5])
def test_sso_16_no_rsa_1_5_and_no_cbc_not_even_to_fail(
    agreed: Keys, portal_keys: Keys, monkeypatch: pytest.MonkeyPatch, seal: Callable[[Keys], object]
) -> None:
    """Refused by name before our key is touched: how it fails would tell about the key."""
    monkeypatch.setattr(encryption, "_private_key", never)
    assert reason(Answer().but(seal=seal(portal_keys)), agreed) == "encryption_not_allowed"


@pytest.mark.parametrize(
    "after",
    [
        put(METHOD, Algorithm=f"{X}kw-aes256"),
        put(METHOD, Algorithm=None),
        put(KEY_METHOD, Algorithm=f"{X}rsa-1_5"),
        put(KEY_METHOD, Algorithm=""),
        lambda data: add(find(data, KEY_METHOD), D, "DigestMethod", Algorithm=f"{D}md5"),
        lambda data: add(find(data, KEY_METHOD), X11, "MGF", Algorithm=f"{X11}mgf1sha256"),
        lambda data: add(find(data, KEY_METHOD), X, "OAEPparams", "AAAA"),
        lambda data: add(find(data, "x:CipherData"), X, "CipherReference", URI="https://evil.example/"),
        twice("d:KeyInfo/x:EncryptedKey"),
        drop("d:KeyInfo/x:EncryptedKey"),
    ],
)
def test_sso_16_other_ways_to_name_a_key_or_a_cipher(
    agreed: Keys, portal_keys: Keys, monkeypatch: pytest.MonkeyPatch, after: Bend
) -> None:
    monkeypatch.setattr(encryption, "_private_key", never)
    assert reason(Answer(seal=sealing(portal_keys, after=after)), agreed) == "encryption_not_allowed"


# --- one answer for everything that depends on our key --------------------------------------


def flip(path: str, place: int) -> Bend:
    """One bit of a cipher value is another."""

    def bend(data: etree._Element) -> None:
        value = find(data, path)
        raw = bytearray(base64.b64decode(value.text or ""))
        raw[place] ^= 1
        value.text = base64.b64encode(raw).decode()

    return bend


def garbage(_: etree._Element) -> etree._Element:
    return etree.fromstring("<a>no assertion</a>")


FAILURES: dict[str, Bend] = {
    "key": flip(KEY_VALUE, 40),
    "key too short": say(KEY_VALUE, "AAAA"),
    "nonce": flip(VALUE, 0),
    "content": flip(VALUE, 200),
    "tag": flip(VALUE, -1),
    "content too short": say(VALUE, "AAAA"),
    "nothing": say(VALUE, ""),
}


@pytest.mark.parametrize("after", FAILURES.values(), ids=FAILURES.keys())
def test_sso_16_every_failure_has_one_reason(agreed: Keys, portal_keys: Keys, after: Bend) -> None:
    assert reason(Answer(seal=sealing(portal_keys, after=after), sign_response=False), agreed) == "not_decryptable"


def test_sso_16_sealed_for_somebody_else(agreed: Keys, stranger_keys: Keys) -> None:
    assert reason(Answer(seal=sealing(stranger_keys), sign_response=False), agreed) == "not_decryptable"


def test_sso_16_every_failure_has_one_page(agreed: Keys, portal_keys: Keys) -> None:
    pages = set()
    for after in FAILURES.values():
        fields = Answer(seal=sealing(portal_keys, after=after), sign_response=False).posted(agreed)
        response = post(Client(headers={"X-Request-ID": "same"}), fields)
        pages.add((response.status_code, re.sub(r"csrf\S+", "", response.content.decode())))
    assert len(pages) == 1


def test_sso_16_a_key_that_does_not_open_costs_the_same_work(
    agreed: Keys, portal_keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content is decrypted under a key of chance all the same, so the time tells nothing of the key."""
    opened: list[int] = []
    decrypt = AESGCM.decrypt

    class Watched:
        def __init__(self, key: bytes) -> None:
            opened.append(len(key))
            self.inner = AESGCM(key)

        def decrypt(self, nonce: bytes, data: bytes, more: bytes | None) -> bytes:
            return decrypt(self.inner, nonce, data, more)

    monkeypatch.setattr(encryption, "AESGCM", Watched)
    for name in ("key", "key too short", "content", "tag"):
        answer = Answer(seal=sealing(portal_keys, after=FAILURES[name]), sign_response=False)
        assert reason(answer, agreed) == "not_decryptable"
    assert opened == [32, 32, 32, 32]


# --- and then judged like any other -----------------------------------------------------------


def test_sso_16_the_inner_signature_is_still_asked_for(agreed: Keys, portal_keys: Keys, stranger_keys: Keys) -> None:
    sealed = Answer(seal=sealing(portal_keys))
    assert reason(sealed.but(sign_assertion=False), agreed) == "assertion_not_signed"
    assert reason(sealed.but(sign_assertion=False, sign_response=False), agreed) == "assertion_not_signed"
    assert reason(sealed.but(sign_response=False), stranger_keys) == "signature_invalid"


def test_sso_16_the_outer_signature_is_over_the_sealed_form(agreed: Keys, portal_keys: Keys) -> None:
    answer = Answer(seal=sealing(portal_keys), after=put(".", IssueInstant="2020-01-01T00:00:00Z"))
    assert reason(answer, agreed) == "signature_invalid"


def other(content: str) -> Callable[[Keys], Callable[[etree._Element], etree._Element]]:
    """Seals something else than the assertion."""
    return lambda keys: lambda _: sealing(keys)(etree.fromstring(content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<a/>", "not_one_assertion"),
        (f'<s:EncryptedAssertion xmlns:s="{A}"/>', "not_one_assertion"),
        (f'<s:Assertion xmlns:s="{A}" ID="_a"><s:Assertion ID="_b"/></s:Assertion>', "several_assertions"),
        (f'<s:Assertion xmlns:s="{A}" ID="_a"><s:Subject ID="_a"/></s:Assertion>', "ids_not_unique"),
        (f'<s:Assertion xmlns:s="{A}" ID="_a"><x:Y xmlns:x="urn:x"/></s:Assertion>', "foreign_vocabulary"),
        (f'<s:Assertion xmlns:s="{A}" ID="_a"><e:EncryptedData xmlns:e="{X}"/></s:Assertion>', "foreign_vocabulary"),
        (f'<s:Assertion xmlns:s="{A}" ID="_a">{"<s:a>" * 40}{"</s:a>" * 40}</s:Assertion>', "not_decryptable"),
        (f'<s:Assertion xmlns:s="{A}" ID="_a"><!-- x --></s:Assertion>', "not_decryptable"),
        (f'<s:Assertion xmlns:s="{A}" ID="_a"><?x y?></s:Assertion>', "not_decryptable"),
    ],
)
def test_sso_16_all_rules_of_shape_run_again_on_what_was_sealed(
    agreed: Keys, portal_keys: Keys, content: str, expected: str
) -> None:
    answer = Answer(seal=other(content)(portal_keys), sign_response=False)
    assert reason(answer, agreed) == expected


@pytest.mark.parametrize("content", ["<a/>", f'<s:Assertion xmlns:s="{A}" ID="_a"/>'])
def test_sso_16_all_rules_of_shape_run_again_in_the_other_protocol(
    agreed_wsfed: Keys, portal_keys: Keys, content: str
) -> None:
    assert reason(Token(seal=other(content)(portal_keys)), agreed_wsfed) == "other_token_type"


def test_sso_16_a_sealed_assertion_beside_one_in_clear(agreed: Keys, portal_keys: Keys) -> None:
    def bend(root: etree._Element) -> None:
        root.append(find(Answer().tree(agreed), "a:Assertion"))

    answer = Answer(seal=sealing(portal_keys), sign_response=False, after=bend)
    assert reason(answer, agreed) == "unexpected_part"


def test_sso_16_sealed_data_where_it_does_not_belong(agreed: Keys, portal_keys: Keys) -> None:
    def bend(root: etree._Element) -> None:
        find(root, "a:Assertion/a:Subject").append(sealing(portal_keys)(etree.Element("a")))

    assert reason(Answer(sign_response=False, after=bend), agreed) == "foreign_vocabulary"
    assert {DATA, KEY} == {f"{{{X}}}EncryptedData", f"{{{X}}}EncryptedKey"}
