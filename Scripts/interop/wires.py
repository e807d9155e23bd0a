"""Servers on 127.0.0.1 that speak TLS: HTTP/1.1, HTTP/2, and a proxy that opens TLS with a CA of its own."""

import base64
import contextlib
import datetime
import socket
import socketserver
import ssl
import threading

import h2.config
import h2.connection
import h2.events
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .loopback import HOST, Reply, Request

NAME = "gateway.example"
_DAY = datetime.timedelta(days=1)


def _named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A CA of somebody's own; `file` is what a client trusts it by."""

    def __init__(self, folder, name="ca"):
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(f"Own {name}")
        constraint = x509.BasicConstraints(ca=True, path_length=None)
        self._certificate = self._sign(self._builder(self._name, self._key, constraint))
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(self, name, key, constraint, *, begin=-1, end=2):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now + begin * _DAY).not_valid_after(now + end * _DAY)
        return builder.add_extension(constraint, critical=True)

    def _sign(self, builder):
        return builder.sign(self._key, hashes.SHA256())

    def context(self, *names, protocols=("http/1.1",), **days):
        """What a server shows: a certificate for these names, valid for these days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        constraint = x509.BasicConstraints(ca=False, path_length=None)
        builder = self._builder(_named(names[0]), key, constraint, **days)
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        certificate = self._sign(builder.add_extension(alternative, critical=False))
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self._folder / f"server-{certificate.serial_number}.pem"
        file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        context.set_alpn_protocols(list(protocols))
        return context


class Wire(socketserver.ThreadingTCPServer):
    """Answers each request by a function of it: with a reply, or `None` for a connection that is cut.

    With `password` it is a proxy that wants `Basic` credentials; as a proxy it opens what is tunnelled through it.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, context, answer, *, is_proxy=False, password=None, refusal=None):
        super().__init__((HOST, 0), _Handler)
        self.context, self.answer, self.is_proxy, self.password = context, answer, is_proxy, password
        # What a proxy answers to CONNECT instead of opening the way.
        self.refusal = refusal
        # The names that were asked for by CONNECT, the protocols that were spoken, and the requests.
        self.tunnels, self.protocols, self.requests = [], [], []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def port(self):
        """Where it listens."""
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """A client that does not trust us, or leaves, is no news: the check sees what it says."""


class _Handler(socketserver.BaseRequestHandler):
    def handle(self):
        wire = self.server
        if wire.is_proxy and not self._open(wire):
            return
        with wire.context.wrap_socket(self.request, server_side=True) as stream:
            protocol = stream.selected_alpn_protocol() or "http/1.1"
            wire.protocols.append(protocol)
            (_second if protocol == "h2" else _first)(stream, wire)

    def _open(self, wire):
        """Answers CONNECT: whether the way is open."""
        head = _head(self.request)
        if head is None:
            return False
        method, target, headers = head
        wire.tunnels.append(target)
        given = headers.get("proxy-authorization", "")
        wanted = wire.password and "Basic " + base64.b64encode(wire.password.encode()).decode()
        if wanted and given != wanted:
            text = b"<p>Proxy Authentication Required</p>"
            reply = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nConnection: close\r\n"
            self.request.sendall(reply + b"Content-Length: %d\r\n\r\n" % len(text) + text)
            return False
        if method != "CONNECT" or wire.refusal:
            self.request.sendall(wire.refusal or b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n")
            return False
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return True


def _head(stream):
    """A request's first line and headers."""
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        if not (byte := stream.recv(1)):
            return None
        data += byte
    first, *lines = data.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    return method, target, {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _first(stream, wire):
    """HTTP/1.1."""
    with contextlib.suppress(OSError, ValueError):
        while (head := _head(stream)) is not None:
            method, target, headers = head
            body = b""
            while len(body) < int(headers.get("content-length", 0)):
                body += stream.recv(65536)
            request = Request(method, target, list(headers.items()), body, headers.get("host", ""))
            wire.requests.append(request)
            reply = wire.answer(request)
            if reply is None:
                return
            with stream.makefile("wb") as output:
                if isinstance(reply, Cut):
                    Reply.write(reply, _Short(output))
                    return
                reply.write(output)


class Cut(Reply):
    """A reply whose last piece never comes: the connection ends."""


class _Short:
    """Takes what is written but the end of a chunked body."""

    def __init__(self, output):
        self._output = output

    def write(self, data):
        """Writes it, unless it is the end."""
        if data != b"0\r\n\r\n":
            self._output.write(data)

    def flush(self):
        """Sends it."""
        self._output.flush()


def _second(stream, wire):
    """HTTP/2, one request at a time as far as answers go."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    stream.sendall(connection.data_to_send())
    heads, bodies = {}, {}
    with contextlib.suppress(OSError, h2.exceptions.ProtocolError):
        while data := stream.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    heads[event.stream_id], bodies[event.stream_id] = event.headers, b""
                elif isinstance(event, h2.events.DataReceived):
                    bodies[event.stream_id] += event.data
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    if not _answer(connection, event.stream_id, heads, bodies, wire):
                        stream.sendall(connection.data_to_send())
                        return
            stream.sendall(connection.data_to_send())


def _answer(connection, number, heads, bodies, wire):
    """Answers one stream: whether the connection goes on."""
    known = dict(heads[number])
    named = [(name, value) for name, value in heads[number] if not name.startswith(":")]
    request = Request(known[":method"], known[":path"], named, bodies[number], known[":authority"])
    wire.requests.append(request)
    reply = wire.answer(request)
    if reply is None:
        connection.close_connection()
        return False
    headers = [(":status", str(reply.status)), *((name.lower(), value) for name, value in reply.headers.items())]
    connection.send_headers(number, headers)
    for piece in reply.pieces or [reply.body]:
        # Answers are small beside what a client's window takes.
        for start in range(0, len(piece), 16384):
            connection.send_data(number, piece[start : start + 16384])
    if isinstance(reply, Cut):
        connection.reset_stream(number, error_code=2)
    else:
        connection.end_stream(number)
    return True
