"""What stands in front of the portal: limits, one true address of who asks, TLS, and words in Latvian (D6, UPL-07, SSO-12)."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import processes
from tests.faults import proxy as proxies
from tests.faults.proxy import CONFIG, DEPLOY, TRUSTING, Proxy

KB = 1024
BODY = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxies.echo() as web, proxies.running(web, tmp_path_factory.mktemp("proxy")) as running:
        yield running


def directives() -> str:
    return re.sub(r"\s*#.*", "", CONFIG.read_text())


# --- as a file: also where haproxy cannot be had ------------------------------------------------------


@pytest.mark.parametrize(
    "directive",
    [
        r"ssl-min-ver TLSv1\.2",
        r"timeout queue 4s",
        r"timeout http-request 10s",
        r"http-request wait-for-body time 10s if has_body",
        r"compression algo gzip",
        r"compression type text/html",
        r"maxqueue \d+",
        r"maxconn \d+",
        r"http-request del-header X-Forwarded-For",
        r"http-request del-header Forwarded",
        r"option forwardfor",
        r"set-priority-class int\(-100\) if first_in_line METH_POST",
        r"deny deny_status 413 if is_answer \{ req\.hdr_val\(content-length\) gt 92160 \}",
        r"deny deny_status 429 if is_answer METH_POST \{ sc0_gpc0_rate gt 60 \}",
        r"disable-l7-retry if !METH_GET",
        r"http-error status 503 .* hdr Retry-After 30",
    ],
)
def test_the_configuration_says_it(directive: str) -> None:
    assert re.search(directive, directives())


def test_the_address_of_the_portal_is_asked_again_and_never_waited_for() -> None:
    """A container made anew has another address; without one the proxy starts all the same, so nothing need be up before it."""
    servers = re.findall(r"^  server .*$", directives(), re.MULTILINE)
    assert len(servers) == 2
    assert all(server.endswith(" resolvers names init-addr last,libc,none") for server in servers)
    proxy = (DEPLOY.parent / "docker-compose.yml").read_text().partition("  proxy:\n")[2].partition("\n\n")[0]
    assert "depends_on" not in proxy


def test_every_file_the_proxy_shows_is_there_and_mounted() -> None:
    named = set(re.findall(r'haproxy\}/([\w.]+)"', directives()))
    assert named == {"503.html", "503.css", "waiting.html", "refused.html"}
    compose = (DEPLOY.parent / "docker-compose.yml").read_text()
    for name in named:
        assert (DEPLOY / name).is_file()
        assert f"./deploy/{name}:" in compose


@pytest.mark.parametrize("name", ["503.html", "waiting.html", "refused.html"])
def test_a_static_page_speaks_latvian_and_needs_nothing_of_the_portal(name: str) -> None:
    page = (DEPLOY / name).read_text()
    assert '<html lang="lv">' in page
    assert "+371&nbsp;67359075" in page
    assert re.findall(r'(?:src|href)="(/[^"]+)"', page) == ["/503.css"]
    assert "<script" not in page
    assert "style=" not in page
    assert len(page.encode()) < 4 * KB


# --- as it runs -------------------------------------------------------------------------------------------


def test_web_05_who_asks_is_told_by_the_proxy_alone(proxy: Proxy) -> None:
    forged = {
        "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9;proto=http",
        "X-Request-ID": "abc-1",
    }
    status, _, text = proxy.ask("GET", "/x", headers=forged)
    assert status == 200
    reached = [(name.lower(), value) for name, value in json.loads(text)["headers"]]
    assert [value for name, value in reached if name == "x-forwarded-for"] == ["127.0.0.1"]
    assert [value for name, value in reached if name == "x-forwarded-proto"] == ["https"]
    assert {"x-forwarded-host", "x-real-ip", "forwarded"} & {name for name, _ in reached} == set()
    assert ("x-request-id", "abc-1") in reached


def test_answers_leave_packed_for_those_who_can_unpack_them(proxy: Proxy) -> None:
    _, packed, _ = proxy.ask("GET", "/", headers={"Accept-Encoding": "gzip"})
    _, plain, _ = proxy.ask("GET", "/")
    assert packed["content-encoding"] == "gzip"
    assert "content-encoding" not in plain


def test_plain_http_leads_to_https(proxy: Proxy) -> None:
    status, location = proxy.asks_plainly("/programmas?q=a")
    assert status == 301
    assert location.startswith("https://")
    assert location.endswith("/programmas?q=a")


def test_no_old_tls(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.tls), timeout=10) as link, TRUSTING.wrap_socket(link) as secure:
        assert secure.version() in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.parametrize(
    ("path", "size", "session", "status"),
    [
        ("/sso/acs", 90 * KB, False, 200),
        ("/sso/acs", 90 * KB + 1, False, 413),
        ("/pieteikums/x/parbaudit", 100 * KB, False, 200),
        ("/pieteikums/x/parbaudit", 121 * KB, False, 413),
        ("/programmas", 121 * KB, True, 413),
        ("/profils/faili", 11 * KB * KB, True, 200),
        ("/profils/faili", 13 * KB * KB, True, 413),
        ("/provider/registracija", 13 * KB * KB, False, 200),
        ("/provider/registracija", 63 * KB * KB, False, 413),
        ("/provider/piedavajumi/x", 13 * KB * KB, True, 200),
        ("/provider/piedavajumi/x", 13 * KB * KB, False, 413),
        ("/provider/piedavajumi/x", 103 * KB * KB, True, 413),
        ("/provider/registracija/darbinieks", 121 * KB, False, 413),
        ("/koordinators/registracija", 11 * KB * KB, True, 200),
        ("/konsultants/registracija", 11 * KB * KB, True, 200),
    ],
)
def test_upl_07_sso_12_a_body_too_large_is_refused_unread(
    proxy: Proxy, path: str, size: int, session: bool, status: int
) -> None:
    cookie = {"Cookie": "sessionid=abc"} if session else {}
    link = proxy.connection()
    link.putrequest("POST", path)
    for name, value in {**BODY, **cookie, "Content-Length": str(size)}.items():
        link.putheader(name, value)
    link.endheaders()
    if status == 200:
        link.send(b"x" * size)
    reply = link.getresponse()
    text = reply.read().decode()
    link.close()
    assert reply.status == status
    assert ("Pieprasījumu neizdevās pieņemt" in text) == (status == 413)


def test_log_02_a_link_that_opens_something_stands_in_no_line_of_the_log(proxy: Proxy) -> None:
    token, handed = "k3J-_" * 9, "eyJmIjoiYWJjIn0:1vP0aB:" + "q7" * 20
    own_page = "/profils/pieteikumi/6d1f0c52-3c1e-4f0e-9a53-1f2f8d6a7b10"
    for path in (f"/parole/jauna/{token}?x=1", f"/faili/{handed}", own_page):
        proxy.ask("GET", path)
    assert processes.wait_until(lambda: f"GET {own_page} " in proxy.log.read_text(), 15)
    told = proxy.log.read_text()
    assert "GET /parole/jauna/TOKEN " in told
    assert "GET /faili/TOKEN " in told
    assert token not in told
    assert handed not in told


@pytest.mark.parametrize("headers", [{"Transfer-Encoding": "chunked"}, {}], ids=["chunked", "no length"])
def test_upl_07_a_body_without_a_length_is_refused(proxy: Proxy, headers: dict[str, str]) -> None:
    link = proxy.connection()
    link.putrequest("POST", "/pieteikums/x/parbaudit")
    for name, value in headers.items():
        link.putheader(name, value)
    link.endheaders()
    assert link.getresponse().status == 411
    link.close()


@pytest.mark.parametrize("held_back", [True, False], ids=["as it is", "control"])
def test_upl_07_who_drips_a_body_takes_nobody_s_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held_back: bool
) -> None:
    """The portal does not hear of a body before it is whole. The ten seconds are a moment here."""
    line = "http-request wait-for-body time 10s if has_body"
    text = CONFIG.read_text()
    assert line in text
    quick = tmp_path / "quick.cfg"
    quick.write_text(text.replace(line, line.replace("10s", "200ms") if held_back else ""))
    monkeypatch.setattr(proxies, "CONFIG", quick)
    heard: list[str] = []
    with proxies.echo(heard) as web, proxies.running(web, tmp_path / "proxy") as proxy:
        link = proxy.connection()
        link.putrequest("POST", "/pieteikums/x/parbaudit")
        link.putheader("Content-Length", "1000")
        link.endheaders()
        link.send(b"a=b")
        if held_back:
            assert link.getresponse().status == 408
        else:
            assert processes.wait_until(lambda: heard != [], 20)
        link.close()
        assert heard == ([] if held_back else ["/pieteikums/x/parbaudit"])


@pytest.fixture
def own_proxy(tmp_path: Path) -> Iterator[Proxy]:
    """For a test that leaves something behind in the proxy's memory."""
    with proxies.echo() as web, proxies.running(web, tmp_path) as running:
        yield running


def test_sso_12_an_address_whose_answers_are_refused_again_and_again_is_held_off(own_proxy: Proxy) -> None:
    """Good answers of the same address do not count, however many: two hundred people may sit behind it (PWD-10)."""
    proxy = own_proxy
    for _ in range(70):
        assert proxy.ask("POST", "/sso/acs", b"SAMLResponse=good", BODY)[0] == 200
    seen = [proxy.ask("POST", "/sso/acs", b"SAMLResponse=bad", BODY)[0] for _ in range(70)]
    assert set(seen[:60]) == {400}
    assert seen[-1] == 429
    status, headers, text = proxy.ask("POST", "/sso/acs", b"SAMLResponse=good", BODY)
    assert (status, headers["retry-after"]) == (429, "60")
    assert 'lang="lv"' in text
    assert proxy.ask("POST", "/pieteikums/x/parbaudit", b"a=b", BODY)[0] == 200  # submits know no such limit


def test_d6_without_a_portal_the_static_page_comes_with_its_style(tmp_path: Path) -> None:
    with proxies.running("127.0.0.1:9", tmp_path) as proxy:
        status, headers, text = proxy.ask("GET", "/programmas")
        style = proxy.ask("GET", "/503.css")
    assert (status, headers["retry-after"]) == (503, "30")
    assert "Platforma šobrīd nevar atbildēt" in text
    assert style[0] == 200
    assert style[1]["content-type"] == "text/css"


def test_d6_while_the_portal_has_no_address_yet_the_proxy_stands_and_shows_the_page(tmp_path: Path) -> None:
    """A container that is being made has no name; the proxy that started before it must not fall."""
    with proxies.running("web.invalid:8000", tmp_path) as proxy:
        assert proxy.ask("GET", "/programmas")[0] == 503


def test_upl_07_files_that_come_slowly_hold_two_threads_and_no_page_waits_behind_them(tmp_path: Path) -> None:
    heard: list[str] = []
    with proxies.echo(heard) as web, proxies.running(web, tmp_path) as proxy:
        links = [proxy.connection() for _ in range(9)]
        for link in links:
            link.putrequest("POST", "/profils/faili")
            for name, value in {**BODY, "Cookie": "sessionid=abc", "Content-Length": str(10 * KB * KB)}.items():
                link.putheader(name, value)
            link.endheaders()
            link.send(b"x" * 200 * KB)
        assert processes.wait_until(lambda: len(heard) == 2, 20)
        assert proxy.ask("POST", "/pieteikums/x/parbaudit", b"a=b", BODY)[0] == 200
        assert heard == ["/profils/faili"] * 2 + ["/pieteikums/x/parbaudit"]
        for link in links:
            link.close()
