"""An HTTP server on 127.0.0.1 that keeps each request as it came, byte for byte."""

import dataclasses
import socket
import socketserver
import sys
import threading

HOST = "127.0.0.1"


def stay_on_loopback():
    """Makes any connection of this process to another machine an error.

    The SDKs would look for metadata services and public endpoints by themselves if a setting were forgotten.
    """

    def refuse(event, arguments):
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            host = arguments[1][0]
        elif event == "socket.getaddrinfo":
            host = arguments[0]
        else:
            return
        if host not in (HOST, "localhost", "::1", None):
            raise PermissionError(f"a connection to {host} was tried; only this machine may be asked")

    sys.addaudithook(refuse)


@dataclasses.dataclass
class Request:
    """A request; `target` and `headers` are undecoded, in the order and spelling of the wire."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    host: str
    # What the answer gave out, where the server that answers notes it.
    given: object = None

    @property
    def path(self):
        """The path without the query, undecoded."""
        return self.target.partition("?")[0]

    @property
    def url(self):
        """The URL that was asked, with the path as it stood on the wire."""
        return f"http://{self.host}{self.target}"

    def values(self, name):
        """All values of a header."""
        return [value for known, value in self.headers if known.lower() == name.lower()]

    def __getitem__(self, name):
        """The one value of a header, or `None`; a second one would be a way to be understood in two ways."""
        values = self.values(name)
        if len(values) > 1:
            raise ValueError(f"the header {name} came {len(values)} times")
        return values[0] if values else None

    @property
    def names(self):
        """The names of the headers in lower case."""
        return {name.lower() for name, _ in self.headers}


@dataclasses.dataclass
class Reply:
    """What a server answers: a whole body, or, as `pieces`, one that is sent bit by bit."""

    status: int = 200
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    pieces: list[bytes] | None = None

    def write(self, output):
        """Writes it as HTTP/1.1."""
        head = f"HTTP/1.1 {self.status} Reply\r\n"
        headers = dict(self.headers)
        if self.pieces is None:
            headers["Content-Length"] = str(len(self.body))
        else:
            headers["Transfer-Encoding"] = "chunked"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        output.write(head.encode() + b"\r\n" + self.body)
        if self.pieces is None:
            return output.flush()
        for piece in filter(None, self.pieces):
            output.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            output.flush()
        output.write(b"0\r\n\r\n")
        return output.flush()


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        try:
            while (request := self._read()) is not None:
                self.server.answered(request).write(self.wfile)
        except ConnectionError:
            # The client has what it wanted, or was ended.
            pass

    def _read(self):
        line = self.rfile.readline()
        if not line:
            return None
        method, target, _ = line.decode("ascii").split(" ")
        headers = []
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name, value.strip(" \t\r\n")))
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        body = self.rfile.read(int(lengths[0])) if lengths else b""
        hosts = [value for name, value in headers if name.lower() == "host"]
        return Request(method, target, headers, body, host=hosts[0] if hosts else "")


class Server(socketserver.ThreadingTCPServer):
    """Answers by a function, and keeps what it was asked in `requests`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, answer):
        super().__init__((HOST, 0), _Connection)
        self._answer = answer
        self._lock = threading.Lock()
        self.requests = []
        # The interval, in seconds, is how long closing may take.
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        """Where it is, without a slash at the end."""
        return f"http://{HOST}:{self.server_address[1]}"

    def answered(self, request):
        """Keeps a request and answers it; what the answering function raises is shown to the client."""
        with self._lock:
            self.requests.append(request)
        try:
            return self._answer(request)
        except Exception as error:
            return Reply(599, {"Connection": "close"}, f"{type(error).__name__}: {error}".encode())

    def take(self):
        """The requests since the last time."""
        with self._lock:
            taken, self.requests = self.requests, []
        return taken

    def handle_error(self, request, client_address):
        """A client that leaves in the middle is no news."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, socket.timeout)):
            super().handle_error(request, client_address)
