"""A server that lets in nobody but whom AWS would let in, and answers with a real event stream."""

import datetime
import json
import re
from email.utils import format_datetime

from . import frames, program, signing
from .loopback import Server
from .report import Case
from .signing import Keys

# AWS refuses signatures that are older or newer than this.
SKEW_MAX = datetime.timedelta(minutes=5)
QUESTIONS = 40


class Gate:
    """Bedrock's door: the path, the headers and the signature must be right, else it is 403 or 404."""

    def __init__(self, samples, *, keys=None, region=None, bearer=None, ahead=datetime.timedelta()):
        self.samples = samples
        self.keys, self.region, self.bearer = keys, region, bearer
        # How far the server's clock is ahead of this machine's.
        self.ahead = ahead
        self.text = samples.words(5, 60)

    def __call__(self, request):
        """Answers a request."""
        path = re.fullmatch(
            r"/model/((?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+)/invoke(-with-response-stream)?", request.target
        )
        if request.method != "POST" or path is None:
            return frames.refusal(404, "UnknownOperationException", "no such operation")
        if request["content-type"] != "application/json" or not isinstance(json.loads(request.body), dict):
            return frames.refusal(400, "ValidationException", "Malformed input request")
        refused = self._bearer(request) if self.bearer else self._signature(request)
        if refused is not None:
            return refused
        is_stream = path[2] is not None
        return frames.bedrock_answer(self.text, self.samples.cuts) if is_stream else frames.bedrock_whole(self.text)

    def _bearer(self, request):
        aws = {name for name in request.names if name.startswith("x-amz-")}
        if request["authorization"] == f"Bearer {self.bearer}" and not aws:
            return None
        return frames.refusal(403, "AccessDeniedException", f"not the key that is wanted, or {aws} beside it")

    def _signature(self, request):
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + self.ahead
        dated = signing.moment(request).replace(tzinfo=datetime.timezone.utc)
        if abs(now - dated) > SKEW_MAX:
            message = f"Signature expired: {dated:%Y%m%dT%H%M%SZ} is now earlier than {now - SKEW_MAX:%Y%m%dT%H%M%SZ}"
            date = {"Date": format_datetime(now, usegmt=True)}
            return frames.refusal(403, "InvalidSignatureException", message, date)
        judged = Case()
        signing.check(judged, request, self.keys, self.region)
        if judged.problems:
            message = "The request signature we calculated does not match the signature you provided."
            return frames.refusal(403, "InvalidSignatureException", message)
        return None


class _Visit:
    """One question to one gate."""

    def __init__(self, path, home, samples):
        self.path, self.home, self.samples = path, home, samples

    def ask(self, gate, variables, *options):
        """Asks by the command line: the exit status, the answer, and the requests it took."""
        with Server(gate) as server:
            variables = program.environment(
                self.home, AWS_ENDPOINT_URL_BEDROCK_RUNTIME=server.url, CLAUDE_CODE_USE_BEDROCK="1", **variables
            )
            prompt = f"why? {self.samples.words()}"
            status, output, errors = program.ask_once(self.path, variables, "--json", *options, "--", prompt)
            return status, json.loads(output)["text"] if status == 0 else errors, server.take()

    def accepted(self, case, gate, variables, *options):
        """The gate must let the question in at once, and its answer must come out whole."""
        status, text, requests = self.ask(gate, variables, *options)
        case.equal("answer", (status, text), (0, gate.text))
        case.equal("requests", len(requests), 1)

    def refused(self, case, gate, variables, *options):
        """The gate must refuse the question: else it would let in anybody."""
        status, text, requests = self.ask(gate, variables, *options)
        case.equal("exit status", status, 1)
        case.true(f"a request came, and no secret is in {text!r}", requests and not _shows_secret(text, variables))


def _shows_secret(text, variables):
    names = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK")
    return any(variables[name] in text for name in names if name in variables)


def run(report, path, home, samples):
    """Signed questions, bearer keys, a clock that is wrong, and those who must stay outside."""
    visit = _Visit(path, home, samples)

    def signed(**settings):
        keys, region = samples.keys(), samples.region()
        return Gate(samples, keys=keys, region=region, **settings), keys.environment() | {"AWS_REGION": region}

    with report.section("a verifying server: signatures"):
        for place in range(QUESTIONS):
            gate, variables = signed()
            model, gate.region = samples.model(gate.region)
            if not model.isascii() or any(character.isspace() for character in model):
                model = "us.anthropic.claude-sonnet-4-20250514-v1:0"
                gate.region = variables["AWS_REGION"]
            with report.case(f"question {place} for {model!r}") as case:
                visit.accepted(case, gate, variables, f"--model={model}")
        for name, changed in [
            ("another secret", {"AWS_SECRET_ACCESS_KEY": "another"}),
            ("another key", {"AWS_ACCESS_KEY_ID": "AKIAANOTHER"}),
            ("another region", {"AWS_REGION": "xx-other-1"}),
            ("another session token", {"AWS_SESSION_TOKEN": "another"}),
        ]:
            with report.case(name) as case:
                gate, variables = signed()
                visit.refused(case, gate, variables | changed)
        for name, minutes in [("an hour behind", 60), ("an hour ahead", -60)]:
            with report.case(f"a clock that is {name} the server's") as case:
                gate, variables = signed(ahead=datetime.timedelta(minutes=minutes))
                status, text, requests = visit.ask(gate, variables)
                case.equal("answer", (status, text), (0, gate.text))
                case.equal("requests", len(requests), 2)
        with report.case("auth/status with verify") as case:
            gate, variables = signed()
            with Server(gate) as server:
                variables = program.environment(home, AWS_ENDPOINT_URL_BEDROCK_RUNTIME=server.url, **variables)
                with program.Conversation(path, variables, "--bedrock") as conversation:
                    status = conversation.call("auth/status", {"provider": "bedrock", "verify": True})
            case.equal("states", [one["state"] for one in status["providers"] if one["id"] == "bedrock"], ["verified"])

    with report.section("a verifying server: bearer keys"):
        keys = Keys("AKIAUNUSED", "unused", "unused")
        for name, besides in [("alone", {}), ("beside AWS keys", keys.environment())]:
            with report.case(f"a bearer key {name}") as case:
                bearer = "ABSK" + samples.keys().secret
                visit.accepted(case, Gate(samples, bearer=bearer), besides | {"AWS_BEARER_TOKEN_BEDROCK": bearer})
        with report.case("another bearer key") as case:
            visit.refused(case, Gate(samples, bearer="ABSKright"), {"AWS_BEARER_TOKEN_BEDROCK": "ABSKwrong"})
        with report.case("a signature where a bearer key is wanted") as case:
            visit.refused(case, Gate(samples, bearer="ABSKright"), keys.environment())
