"""Companies' networks: HTTP/2, gateways behind TLS, a proxy that opens TLS with its own CA, one with a password."""

import contextlib
import dataclasses
import gzip
import json
import pathlib
import tempfile

import brotli

from . import frames, program
from .loopback import HOST, Reply
from .signing import Keys
from .wires import NAME, Authority, Cut, Wire

KEY = "sk-ant-canary-of-networks"
KEYS = Keys("AKIANETWORK000000000", "network/secret")
PASSWORD = "me:p%40ss%2Fword"
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}
ONCE = {"x-should-retry": "false"}


@dataclasses.dataclass
class Net:
    """A network: how its server speaks, and what a client is told of it."""

    name: str
    protocols: tuple = ("http/1.1",)
    is_proxy: bool = False
    password: str | None = None
    is_bedrock: bool = False


NETS = [
    Net("a gateway behind TLS"),
    Net("a gateway that speaks HTTP/2", ("h2", "http/1.1")),
    Net("Bedrock behind HTTP/2", ("h2", "http/1.1"), is_bedrock=True),
    Net("a proxy that opens TLS", is_proxy=True),
    Net("a proxy that opens TLS and wants a password", is_proxy=True, password="me:p@ss/word"),
    Net("a proxy that opens TLS, with HTTP/2 within", ("h2", "http/1.1"), is_proxy=True, password="me:p@ss/word"),
    Net("Bedrock behind a proxy that opens TLS", is_proxy=True, is_bedrock=True),
]


def _said(status, kind, message, **headers):
    error = {"type": "error", "error": {"type": kind, "message": message}}
    return Reply(status, JSON | headers, json.dumps(error).encode())


# What goes wrong: the reply, the kind of failure that is told, and words of its message. A reply that is a list is
# given one by one: then the last one counts.
FAULTS = [
    ("a wrong key", _said(401, "authentication_error", "invalid x-api-key"), "authRequired", "invalid x-api-key"),
    ("a page that blocks", Reply(403, HTML, b"<h1>You have been blocked</h1>"), "accessDenied", "been blocked"),
    ("nothing there", Reply(404, HTML, b"<h1>Not Found</h1>"), "providerError", "Not Found"),
    ("a limit", _said(429, "rate_limit_error", "slow down", **ONCE), "rateLimited", "slow down"),
    ("an overload", _said(529, "overloaded_error", "Overloaded", **ONCE), "overloaded", "verloaded"),
    ("a gateway's error", Reply(502, HTML | ONCE, b"<h1>Bad Gateway</h1>"), "providerError", "Bad Gateway"),
    ("a page to sign in", Reply(200, HTML, b"<h1>Sign in to continue</h1>"), "providerError", "Sign in to continue"),
    ("an answer that is too large", _said(413, "request_too_large", "too large"), "contextWindowExceeded", "too large"),
    ("a stream that is cut", "cut", "network", ""),
    ("a connection that is closed", None, "network", ""),
]


def _reply(net, samples):
    return (
        frames.bedrock_answer("Well.", samples.cuts)
        if net.is_bedrock
        else frames.anthropic_answer("Well.", samples.cuts)
    )


class _Place:
    """A network as it stands for one question."""

    def __init__(self, folder, net, answer, **settings):
        self.authority = Authority(folder)
        days = {name: settings.pop(name) for name in ("begin", "end") if name in settings}
        names = settings.pop("names", (NAME, "localhost"))
        context = self.authority.context(*names, protocols=net.protocols, **days)
        self.net, self.home = net, folder
        self.wire = Wire(context, answer, is_proxy=net.is_proxy, password=net.password, **settings)

    def variables(self, **own):
        """What the program is started with."""
        at = f"https://{NAME}" if self.net.is_proxy else f"https://localhost:{self.wire.port}"
        word = f"{PASSWORD}@" if self.net.password else ""
        proxy = f"http://{word}{HOST}:{self.wire.port}" if self.net.is_proxy else None
        usual = {"HTTPS_PROXY": proxy, "NODE_EXTRA_CA_CERTS": str(self.authority.file)}
        if self.net.is_bedrock:
            usual |= KEYS.environment() | {"AWS_REGION": "eu-west-1", "ANTHROPIC_BEDROCK_BASE_URL": at}
        else:
            usual |= {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": at}
        return program.environment(self.home, **usual | own)

    def ask(self, path, **own):
        """A run: its answer, and all that was said."""
        mode = ["--bedrock"] if self.net.is_bedrock else []
        with self.wire, program.Conversation(path, self.variables(**own), *mode) as conversation:
            return conversation.call_all([("agent/run", {"prompt": "hello", "model": "claude-sonnet-4-5"})])[0]


def run(report, path, _, samples):
    """A run in each network, then all that goes wrong there, then what goes wrong with certificates and proxies."""

    @contextlib.contextmanager
    def place(name, net, answer, **settings):
        with tempfile.TemporaryDirectory() as folder, report.case(f"{net.name}: {name}") as case:
            yield case, _Place(pathlib.Path(folder), net, answer, **settings)

    with report.section("companies' networks: runs"):
        for net in NETS:
            with place("a run", net, lambda _, net=net: _reply(net, samples)) as (case, there):
                _works(case, there, there.ask(path))
            for coding, pack in (("gzip", gzip.compress), ("br", brotli.compress)):
                with place(coding, net, lambda _, net=net: _packed(_reply(net, samples), coding, pack)) as (
                    case,
                    there,
                ):
                    _works(case, there, there.ask(path))
    with report.section("companies' networks: faults"):
        for net in NETS:
            for name, reply, kind, words in FAULTS:
                if net.is_bedrock and name in ("a wrong key", "a limit", "an overload"):
                    continue
                answer = lambda _, net=net, reply=reply: _cut(_reply(net, samples)) if reply == "cut" else reply
                with place(name, net, answer) as (case, there):
                    _fails(case, there, there.ask(path), kind, words)
    with report.section("companies' networks: certificates and proxies"):
        _doors(path, place, samples)


def _doors(path, place, samples):
    for net in NETS:
        answer = lambda _, net=net: _reply(net, samples)
        with place("a CA that is not trusted", net, answer) as (case, there):
            answer_ = there.ask(path, NODE_EXTRA_CA_CERTS=None)
            _fails(case, there, answer_, "network", "certificate", "NODE_EXTRA_CA_CERTS")
        with place("a certificate that has ended", net, answer, begin=-9, end=-2) as (case, there):
            _fails(case, there, there.ask(path), "network", "certificate")
        with place("a certificate for another name", net, answer, names=("other.example",)) as (case, there):
            _fails(case, there, there.ask(path), "network", "certificate")
        with place("the CA in the place of the system's", net, answer) as (case, there):
            own = {"NODE_EXTRA_CA_CERTS": None, "SSL_CERT_FILE": str(there.authority.file)}
            _works(case, there, there.ask(path, **own))
        with place("a CA file that is not there", net, answer) as (case, there):
            own = {"NODE_EXTRA_CA_CERTS": None, "SSL_CERT_FILE": str(there.home / "none.pem")}
            _fails(case, there, there.ask(path, **own), "network", "none.pem")
        if net.is_bedrock:
            with place("the CA for AWS", net, answer) as (case, there):
                own = {"NODE_EXTRA_CA_CERTS": None, "AWS_CA_BUNDLE": str(there.authority.file)}
                _works(case, there, there.ask(path, **own))
        if net.password:
            with place("a wrong password", net, answer) as (case, there):
                wrong = f"http://me:canary-wrong@{HOST}:{there.wire.port}"
                _fails(case, there, there.ask(path, HTTPS_PROXY=wrong), "network", "407", "user:password@")
            with place("a password with a slash that is not encoded", net, answer) as (case, there):
                bare = f"http://me:p@ss/word@{HOST}:{there.wire.port}"
                _fails(case, there, there.ask(path, HTTPS_PROXY=bare), "network", "proxy's URL", "%2F")
            with place("no password", net, answer) as (case, there):
                bare = f"http://{HOST}:{there.wire.port}"
                _fails(case, there, there.ask(path, HTTPS_PROXY=bare), "network", "407", "user:password@")
        if net.is_proxy:
            no = b"HTTP/1.1 403 Forbidden by policy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            with place("a proxy that forbids the host", net, answer, refusal=no) as (case, there):
                _fails(case, there, there.ask(path), "network", "403")
            with place("a proxy that is not there", net, answer) as (case, there):
                _fails(case, there, there.ask(path, HTTPS_PROXY=f"http://{HOST}:9"), "network", "proxy")


def _packed(reply, coding, pack):
    headers = reply.headers | {"Content-Encoding": coding}
    return dataclasses.replace(reply, headers=headers, pieces=[pack(b"".join(reply.pieces))])


def _cut(reply):
    return Cut(reply.status, reply.headers, pieces=reply.pieces[:2])


def _secrets(case, answer):
    text = json.dumps(answer)
    case.true(
        f"a secret is shown: {text}",
        not any(one in text for one in (KEY, KEYS.secret, "p@ss", "p%40ss", "canary-wrong")),
    )


def _works(case, there, answer):
    case.equal(f"the answer of {answer}", answer.get("result", {}).get("text"), "Well.")
    case.equal("protocols", set(there.wire.protocols), {there.net.protocols[0]})
    if there.net.is_proxy:
        case.equal("tunnels", set(there.wire.tunnels), {f"{NAME}:443"})
    _secrets(case, answer)


def _fails(case, there, answer, kind, words, hint=""):
    error = answer.get("error", {})
    case.equal(f"the kind of {error}", error.get("data", {}).get("kind"), kind)
    case.true(f"{words!r} is not said: {error}", words.lower() in error.get("message", "").lower())
    case.true(f"{hint!r} is not the hint: {error}", hint in error.get("data", {}).get("hint", ""))
    _secrets(case, answer)
