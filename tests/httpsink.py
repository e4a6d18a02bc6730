"""An HTTP server for the tests that stands in for GOV.UK Notify and for a push service."""

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    method: str
    path: str
    headers: Any
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class HTTPSink:
    """What was asked is in `requests`, in order.

    `replies` holds a status and what goes with it as JSON (bytes: as they are), by the beginning of the path; anything
    else gets a 201.
    A path in `stalling` gets no answer, one in `moved` is sent elsewhere.
    """

    def __init__(self):
        self.requests = []
        self.replies = {}
        self.stalling, self.moved = set(), set()
        self.address = ""

    def asked(self, beginning):
        return [request for request in self.requests if request.path.startswith(beginning)]

    @contextmanager
    def listening(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"sink": self}))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        self.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    sink: HTTPSink
    protocol_version = "HTTP/1.1"

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.sink.requests.append(Request(self.command, self.path, self.headers, body))
        if self.path in self.sink.stalling:
            time.sleep(2)
            self.close_connection = True
            return
        status, content = self._reply()
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        if status == 307:
            self.send_header("Location", f"{self.sink.address}/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = _answer

    def _reply(self):
        if self.path in self.sink.moved:
            return 307, {}
        return next((reply for path, reply in self.sink.replies.items() if self.path.startswith(path)), (201, {}))

    def log_message(self, *args):
        """Nothing on the screen."""
