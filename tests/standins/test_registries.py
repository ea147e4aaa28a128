"""The registries answer for the ready-made people, each by the codes it knows, and fail as told."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.standins.servers import Server, post_json


def ask(server: Server, registry: str, code: str) -> tuple[int, Any]:
    try:
        return 200, post_json(f"{server.url}/{registry}/person", {"personal_code": code})
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"null")


def test_each_registry_tells_its_facts(registries: Server) -> None:
    assert ask(registries, "fpr", "120384-10004")[1]["birth_date"] == "1984-03-12"
    assert ask(registries, "vid", "12038410004")[1]["employed"] is True
    assert ask(registries, "viis", "12038410004")[1]["highest_education"] == "bachelor"


def test_an_old_code_finds_the_person_and_vid_may_know_only_that_one(registries: Server) -> None:
    assert ask(registries, "fpr", "300477-10008")[1]["current_code"] == "350000-00001"
    assert ask(registries, "vid", "390000-00002")[0] == 404
    assert ask(registries, "vid", "210191-10000")[0] == 200


def test_death_is_a_date(registries: Server) -> None:
    assert ask(registries, "fpr", "241246-10000")[1]["deceased_on"] == "2025-04-23"
    assert ask(registries, "fpr", "120384-10004")[1]["deceased_on"] is None


def test_unknown_people_and_bodies_are_refused(registries: Server) -> None:
    assert ask(registries, "fpr", "010101-00000") == (404, {"error": "not_found"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        post_json(f"{registries.url}/fpr/person", ["no code"])
    caught.value.close()
    assert caught.value.code == 400


def test_faults_look_like_the_real_ones(registries: Server) -> None:
    registries.turn("error")
    assert ask(registries, "fpr", "120384-10004")[0] == 500
    registries.turn("wrong_person")
    assert ask(registries, "fpr", "120384-10004")[1]["current_code"] != "120384-10004"
    for fault in ("empty", "html"):
        registries.turn(fault)
        with pytest.raises(ValueError, match="Expecting value"):
            ask(registries, "fpr", "120384-10004")
    registries.turn("dead")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        ask(registries, "fpr", "120384-10004")


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_slow_ones_outlast_an_impatient_client(registries: Server, fault: str) -> None:
    registries.turn(fault, 20)
    wish = urllib.request.Request(f"{registries.url}/fpr/person", b'{"personal_code": "120384-10004"}')
    with pytest.raises(TimeoutError), urllib.request.urlopen(wish, timeout=0.6) as reply:
        reply.fp.raw._sock.settimeout(0.05)
        reply.read()


def test_huge_is_huge(registries: Server) -> None:
    registries.turn("huge")
    wish = urllib.request.Request(f"{registries.url}/fpr/person", b'{"personal_code": "120384-10004"}')
    with urllib.request.urlopen(wish, timeout=10) as reply:
        assert int(reply.headers["Content-Length"]) > 30_000_000
