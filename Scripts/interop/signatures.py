"""Random requests: each must be signed as botocore signs it."""

import json
import re

from botocore.utils import percent_encode

from . import frames, program, signing
from .loopback import Reply, Server

# Together at least 500 requests: in each conversation runs with the environment's keys and runs with keys of a log-in,
# and single questions.
CONVERSATIONS = 22
RUNS = 11
QUESTIONS = 60
# `models/list` asks Bedrock for two lists, one of them page by page.
PAGE_TOKENS = ["next/+= token", "ü&a=b?c#d%2F~*", "plain"]
ANSWER = "Because of Rayleigh scattering – 模型 🦉."


class _Expectation:
    """What a request must look like; the number in its prompt says which one it is of."""

    def __init__(self, number, samples, keys, region, betas):
        self.number = number
        self.model, self.region = samples.model(region)
        self.keys = keys
        self.betas = betas
        # Names outside ASCII are refused when a client or an option gives them, and taken from who configures.
        self.is_configured = not self.model.isascii() or any(character.isspace() for character in self.model)
        self.prompt = f"[[{number}]] {samples.words()}"
        self.trace = None

    @property
    def name(self):
        """The name to ask the program for."""
        return f"my-model-{self.number}" if self.is_configured else self.model

    @property
    def betas_sent(self):
        """Those that are not known to be refused."""
        return [name for name in self.betas if not signing.is_refused(name, self.model)]

    @staticmethod
    def number_in(request):
        """The number in the user's newest message of a request; what has changed may be told behind it."""
        said = [message for message in json.loads(request.body)["messages"] if message["role"] == "user"]
        return int(re.findall(r"\[\[(\d+)\]\]", json.dumps(said[-1]))[-1])


def _check(case, request, expected, host):
    body = json.loads(request.body)
    path = f"/model/{percent_encode(expected.model, safe='-._~')}/invoke-with-response-stream"
    case.equal("path", request.target, path)
    case.equal("Host", request.host, host)
    signing.check(case, request, expected.keys, expected.region)
    case.equal("anthropic_version", body.get("anthropic_version"), "bedrock-2023-05-31")
    case.equal("members that stand in the path", {"model", "stream"} & body.keys(), set())
    case.equal("betas", body.get("anthropic_beta", []), expected.betas_sent)
    case.equal("traceparent", request["traceparent"], expected.trace)


class _Run:
    """All random requests of one run of the checks."""

    def __init__(self, path, home, samples):
        self.path, self.home, self.samples = path, home, samples
        self.expected = {}
        self.answers = {}

    def _new(self, keys, region, betas):
        expected = _Expectation(len(self.expected), self.samples, keys, region, betas)
        self.expected[expected.number] = expected
        return expected

    def converse(self, url):
        """One process: several sessions, first with the environment's keys, then with others that are handed over."""
        random, samples = self.samples.random, self.samples
        keys, region, betas = samples.keys(), samples.region(), samples.betas()
        variables = keys.environment() | {
            random.choice(["AWS_REGION", "AWS_DEFAULT_REGION"]): region,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url + random.choice(["", "/"]),
            "CLAUDE_CODE_USE_BEDROCK": "1",
            "ANTHROPIC_BETAS": ",".join(betas),
        }
        first = [self._new(keys, region, betas) for _ in range(RUNS)]
        others, region = samples.keys(), samples.region()
        second = [self._new(others, region, betas) for _ in range(RUNS)]
        with program.Conversation(self.path, program.environment(self.home, **variables)) as conversation:
            overrides = {one.name: one.model for one in first + second if one.is_configured}
            conversation.call("initialize", {"initializationOptions": {"modelOverrides": overrides}})
            made = conversation.call_all([("session/new", {"system": samples.words()}) for _ in range(3)])
            sessions = [answer["result"]["sessionId"] for answer in made]
            self._runs(conversation, sessions, first)
            values = {"accessKeyId": others.access, "secretAccessKey": others.secret, "region": region}
            if others.token:
                values["sessionToken"] = others.token
            conversation.call("auth/login", {"provider": "bedrock", "method": "awsKeys", "values": values})
            self._runs(conversation, sessions, second)

    def _runs(self, conversation, sessions, runs):
        random = self.samples.random
        calls = []
        for expected in runs:
            params = {"prompt": expected.prompt, "model": expected.name, "stream": False}
            params["sessionId"] = random.choice(sessions)
            params["maxTokens"] = random.randint(2000, 9000)
            if random.random() < 0.3:
                params["system"] = self.samples.words()
            if random.random() < 0.3:
                params["thinking"] = {"type": "enabled", "budgetTokens": random.randint(1024, 1999)}
            if random.random() < 0.3:
                expected.trace = f"00-{random.getrandbits(128) | 1:032x}-{random.getrandbits(64) | 1:016x}-01"
                params["_meta"] = {"traceparent": expected.trace}
            calls.append(("agent/run", params))
        for expected, answer in zip(runs, conversation.call_all(calls), strict=True):
            self.answers[expected.number] = answer.get("result", answer).get("text", answer)

    def ask(self, url):
        """One question on the command line."""
        random, samples = self.samples.random, self.samples
        keys, region, betas = samples.keys(), samples.region(), samples.betas()
        expected = self._new(keys, region, betas)
        variables = keys.environment() | {
            "ANTHROPIC_BETAS": ",".join(betas),
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url,
            "AWS_REGION": "us-west-1",
        }
        name = expected.model
        if expected.is_configured:
            name = "haiku"
            variables["ANTHROPIC_DEFAULT_HAIKU_MODEL"] = expected.model
        variables = program.environment(self.home, **variables)
        options = ["--bedrock", f"--region={region}", f"--model={name}"]
        if random.random() < 0.3:
            options.append(f"--system={samples.words()}")
        status, output, errors = program.ask_once(self.path, variables, *options, "--", expected.prompt)
        self.answers[expected.number] = output.removesuffix("\n") if status == 0 else errors


def run(report, path, home, samples):
    """500 random requests, and the lists of models."""
    with Server(lambda _: frames.bedrock_answer(ANSWER, samples.cuts)) as server:
        requests = _Run(path, home, samples)
        for _ in range(CONVERSATIONS):
            requests.converse(server.url)
        for _ in range(QUESTIONS):
            requests.ask(server.url)
        with report.section("random requests signed as botocore signs them"):
            came = {}
            for request in server.take():
                came.setdefault(_Expectation.number_in(request), []).append(request)
            for number, expected in requests.expected.items():
                with report.case(f"request {number} for {expected.model!r} in {expected.region}") as case:
                    case.equal("answer", requests.answers.get(number), ANSWER)
                    case.equal("requests", len(came.get(number, [])), 1)
                    _check(case, came[number][0], expected, server.url.removeprefix("http://"))
    _lists(report, path, home, samples)


def _lists(report, path, home, samples):
    """GETs, whose queries have words of the server's in them."""
    tokens = iter([*PAGE_TOKENS, None])

    def answer(request):
        name = "modelSummaries" if request.path == "/foundation-models" else "inferenceProfileSummaries"
        page = {name: []}
        if name != "modelSummaries" and (token := next(tokens)) is not None:
            page["nextToken"] = token
        return Reply(headers={"Content-Type": "application/json"}, body=json.dumps(page).encode())

    keys, region = samples.keys(), samples.region()
    with Server(answer) as server, report.section("lists of models, with queries"):
        variables = keys.environment() | {"AWS_REGION": region, "AWS_ENDPOINT_URL_BEDROCK": server.url}
        with program.Conversation(path, program.environment(home, **variables)) as conversation:
            conversation.call("models/list", {"provider": "bedrock", "live": True})
        taken = server.take()
        with report.case("pages") as case:
            case.equal("requests", len(taken), 2 + len(PAGE_TOKENS))
        for request in taken:
            with report.case(request.target) as case:
                signing.check(case, request, keys, region)
