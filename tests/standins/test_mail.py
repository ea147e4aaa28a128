"""The mail server takes, shows and refuses as told."""

import base64
import json
import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine

from accounts import totp
from standins.mail import codes
from tests.standins.servers import Server, get_json
from tests.standins.signing_on import get, post

SECRET = base64.b32encode(b"12345678901234567890").decode()


def letter(to: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "stars@viaa.gov.lv", to, subject
    message["Message-ID"] = f"<{to}>"
    message.set_content("Sveiki!\nhttps://stars.example/a?b=1&c=2 <nav atzīme>\n")
    message.add_alternative("<h1>Sveiki!</h1><script>alert(1)</script>", subtype="html")
    return message


def send(server: Server, to: str, *, subject: str = "Sveiki", timeout: float = 10) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=timeout) as smtp:
        smtp.send_message(letter(to, subject))


def test_a_letter_arrives_whole(mail: Server) -> None:
    send(mail, "anna@pasts.example", subject="Pieteikums saņemts: šodien")
    found = get_json(f"{mail.url}/api/messages?to=Anna@pasts.example&wait=10")["messages"]
    assert len(found) == 1
    assert found[0]["subject"] == "Pieteikums saņemts: šodien"
    assert found[0]["text"].startswith("Sveiki!\nhttps://stars.example/a?b=1&c=2")
    assert found[0]["html"].startswith("<h1>")
    assert found[0]["message_id"] == "<anna@pasts.example>"


def test_pages_show_it_escaped_with_its_links(mail: Server) -> None:
    send(mail, "lapa@pasts.example", subject="Temats <b>")
    number = get_json(f"{mail.url}/api/messages?to=lapa@pasts.example")["messages"][0]["id"]
    assert "Temats &lt;b&gt;" in get(f"{mail.url}/?to=lapa@pasts.example").text
    page = get(f"{mail.url}/vestule/{number}").text
    assert '<a href="https://stars.example/a?b=1&amp;c=2">' in page
    assert "&lt;nav atzīme&gt;" in page
    assert "<script>alert" not in page
    assert get(f"{mail.url}/vestule/999999").status == 400


def test_the_page_of_codes_shows_what_an_app_would(tmp_path: Path) -> None:
    assert codes.of(None) == codes.of(tmp_path / "missing") == []
    rows = [{"who": "code", "name": "Agate", "login": "a@b.example", "password": SECRET}, {"who": "learner"}]
    (tmp_path / "logins.json").write_text(json.dumps(rows))
    with time_machine.travel(datetime.fromtimestamp(1111111109, UTC), tick=False):
        (one,) = codes.of(tmp_path / "logins.json")
        assert (one.login, one.code) == ("a@b.example", "081804")  # the standard's own vector
        assert one.code == totp.code_at(SECRET, totp.step_of(datetime.now(UTC)))
        assert codes.seconds_left() == 1


def test_the_page_of_codes_does_without_a_list(mail: Server) -> None:
    page = get(f"{mail.url}/kodi")
    assert "Vienreizējie kodi" in page.text
    assert "Te vēl nav neviena" in page.text


def test_everything_is_deleted(mail: Server) -> None:
    send(mail, "prom@pasts.example")
    post(f"{mail.url}/dzest")
    assert get_json(f"{mail.url}/api/messages")["messages"] == []


@pytest.mark.parametrize(("fault", "status"), [("busy", 451), ("refuse", 550)])
def test_faults_answer_with_their_code(mail: Server, fault: str, status: int) -> None:
    mail.turn(fault)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(mail, "nav@pasts.example")
    assert caught.value.smtp_code == status
    assert get_json(f"{mail.url}/api/messages?to=nav@pasts.example")["messages"] == []


def test_down_means_that_nobody_listens_and_up_again(mail: Server) -> None:
    mail.turn("down")
    with pytest.raises(ConnectionRefusedError):
        send(mail, "nav@pasts.example")
    assert get(f"{mail.url}/healthz").status == 200
    mail.turn("")
    send(mail, "atkal@pasts.example")
    assert len(get_json(f"{mail.url}/api/messages?to=atkal@pasts.example&wait=10")["messages"]) == 1


def test_slow_outlasts_an_impatient_client(mail: Server) -> None:
    mail.turn("slow", 20)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(mail, "gaida@pasts.example", timeout=0.5)
