"""`python -m standins.scanner --port N --page-port M`: PING, VERSION and INSTREAM as clamd speaks them."""

import argparse
import socketserver
import struct
import threading
from dataclasses import dataclass

from standins import html, web
from standins.knobs import Knob
from standins.web import Reply, Request

FAULTS = ("slow", "dead", "error")
# The harmless test body every scanner knows, in two halves so that no scanner minds this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LONGEST_COMMAND = 64
LARGEST_STREAM = 100 * 1024 * 1024
VERSION = b"ClamAV 1.4.3/27700/stand-in"


@dataclass
class Scanner:
    """One command a connection, as clamd does without a session."""

    knob: Knob

    def make_server(self, port: int) -> socketserver.ThreadingTCPServer:
        knob = self.knob

        class Conversation(socketserver.StreamRequestHandler):
            timeout = 60

            def handle(self) -> None:
                if knob.fault == "dead":
                    return
                command, end = self._command()
                if knob.fault == "slow":
                    knob.linger()
                if command == b"PING":
                    self.wfile.write(b"PONG" + end)
                elif command == b"VERSION":
                    self.wfile.write(VERSION + end)
                elif command == b"INSTREAM":
                    self.wfile.write(self._scan() + end)
                else:
                    self.wfile.write(b"UNKNOWN COMMAND" + end)

            def _command(self) -> tuple[bytes, bytes]:
                first = self.rfile.read(1)
                end = b"\0" if first == b"z" else b"\n"
                said = b"" if first in {b"z", b"n"} else first
                while len(said) < LONGEST_COMMAND and not said.endswith(end):
                    byte = self.rfile.read(1)
                    if not byte:
                        break
                    said += byte
                return said.rstrip(b"\0\r\n"), end

            def _scan(self) -> bytes:
                content = bytearray()
                while size := struct.unpack("!I", self.rfile.read(4))[0]:
                    if len(content) + size > LARGEST_STREAM:
                        return b"INSTREAM size limit exceeded. ERROR"
                    content += self.rfile.read(size)
                if knob.fault == "error":
                    return b"stream: Can't allocate memory ERROR"
                return b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that went away in the middle is no news."""

        return Server(("127.0.0.1", port), Conversation)


def about(knob: Knob) -> web.Handler:
    def show(_: Request) -> Reply:
        body = (
            "<h1>Vīrusu pārbaudes aizstājējs</h1><p>Atbild tāpat kā <code>clamd</code> un atrod EICAR testa failu.</p>"
            + html.knob_form(knob)
        )
        return Reply(html.page(title="Vīrusu pārbaudes aizstājējs", brand="Skeneris", body=body))

    return show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="clamd's protocol")
    parser.add_argument("--page-port", type=int, required=True, help="HTTP")
    parser.add_argument("--fault", default="", help=", ".join(FAULTS))
    asked = parser.parse_args()
    knob = Knob(FAULTS)
    knob.turn_as_written(asked.fault)
    server = Scanner(knob).make_server(asked.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    routes: dict[tuple[str, str], web.Handler] = {("GET", "/"): about(knob), ("GET", "/knobs"): about(knob)}
    routes["POST", "/knobs"] = lambda request: web.turn_by_form(knob, request)
    site = web.Site(routes, knob, unharmed=("/",))
    web.run("scanner", web.make_server(site, asked.page_port), also=f", clamd: 127.0.0.1:{asked.port}")


if __name__ == "__main__":
    main()
