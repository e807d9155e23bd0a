"""The same call by this program, by boto3 and by the official SDK: what differs on the wire, and why it may."""

import functools
import json
import random
import urllib.parse
from unittest import mock

import anthropic
import boto3
from botocore.config import Config

from . import frames, program, signing
from .loopback import Request, Server
from .signing import Keys

REGION = "eu-central-1"
TEXT = "As the others say: 模型 🦉."
KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TEMPORARY = Keys("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2Vj//+=" * 20)
BEARER = "ABSKQmVkcm9jaw=="

MODELS = [
    "us.anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
    f"arn:aws:bedrock:{REGION}:123456789012:application-inference-profile/abc123def456",
    f"arn:aws:bedrock:{REGION}::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
]
QUESTIONS = [
    {"prompt": "Why is the sky blue?"},
    {"prompt": 'Grüße, 模型 🦉 \\ " \u2028 \t', "system": "Be brief.", "maxTokens": 300},
    {"prompt": "Think.", "maxTokens": 3000, "thinking": {"type": "enabled", "budgetTokens": 1024}},
    {
        "prompt": [
            {"type": "text", "text": "What is it?"},
            {"type": "image", "mimeType": "image/png", "data": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="},
        ]
    },
    {"prompt": "A number.", "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}}},
]

# Why one side may send what the other does not, by the other client and the header in lower case; a `*` ends a prefix.
ONLY_THEIRS = {
    ("boto3", "x-amz-user-agent"): "a second user agent, for proxies that change the first",
    ("boto3", "connection"): "the default of HTTP/1.1 spelled out",
    (
        "AnthropicBedrock",
        "accept",
    ): "a stream's type is the event stream's whatever one accepts; the model's is asked for in a header of its own",
    ("AnthropicBedrock", "connection"): "the default of HTTP/1.1 spelled out",
    ("AnthropicBedrock", "anthropic-version"): "Bedrock reads the version in the body",
    ("AnthropicBedrock", "anthropic-beta"): "Bedrock reads the betas in the body",
    ("AnthropicBedrock", "x-stainless-*"): "describes their language and platform",
    ("Anthropic", "connection"): "the default of HTTP/1.1 spelled out",
    ("Anthropic", "x-stainless-*"): "describes their language and platform",
    ("Anthropic", "authorization"): "since 2.0, with its newer API version, it sends the key as a bearer token",
}
ONLY_OURS = {
    ("Anthropic", "x-api-key"): "where the API version that is asked for has its key",
    ("AnthropicBedrock", "x-amzn-bedrock-accept"): "boto3 sends it: in what type the model is to answer",
    ("AnthropicBedrock", "amz-sdk-invocation-id"): "boto3 sends it: names the tries of one call",
    ("AnthropicBedrock", "amz-sdk-request"): "boto3 sends it: counts the tries of one call",
}
# Headers that both send, and whose values are not to be the same.
OTHER_VALUES = {
    ("*", "user-agent"): "each names itself",
    ("*", "host"): "each was captured by a server of its own",
    ("*", "authorization"): "dates and signed headers differ; signatures are checked by themselves",
    ("*", "x-amz-date"): "the moment of the call",
    ("*", "accept-encoding"): "a stream of small events gains nothing by it, and compressing holds it back",
    ("*", "content-length"): "the spelling of JSON differs; the bodies are compared",
    ("boto3", "amz-sdk-invocation-id"): "a random name",
    ("boto3", "amz-sdk-request"): "how many tries there may be is each client's own rule",
    ("Anthropic", "accept"): "theirs says application/json although the reply is a stream",
    (
        "Anthropic",
        "anthropic-version",
    ): "the newest version refuses members that models before it take; see the body on Bedrock",
}
OTHER_MEMBERS = {
    (
        "AnthropicBedrock",
        "anthropic_version",
    ): "Bedrock takes 2023-05-31 for all models, and newer ones not for older models",
}
# Headers that boto3 or we sign and the other does not.
OTHER_SIGNED = {
    "accept-encoding": "proxies change it",
    "amz-sdk-invocation-id": "for finding repeated demand only",
    "amz-sdk-request": "for finding repeated demand only",
    "content-length": "HTTP sees to it, and proxies may change it",
    "connection": "proxies change it",
}


class Comparison:
    """Compares pairs of requests, and remembers each difference that has an explanation."""

    def __init__(self, client):
        self.client = client
        self.explained = {}

    def _reason(self, reasons, name):
        keys = [(self.client, name), ("*", name)]
        keys += [
            key for key in reasons if key[0] == self.client and key[1].endswith("*") and name.startswith(key[1][:-1])
        ]
        return next((reasons[key] for key in keys if key in reasons), None)

    def _differs(self, case, what, name, reasons, ours, theirs):
        reason = self._reason(reasons, name)
        if reason is None:
            case.problems.append(f"{what} {name}: ours {ours!r}, {self.client}'s {theirs!r}, and nothing explains it")
        else:
            self.explained[f"{what} {name}"] = reason

    def check(self, case, ours, theirs):
        """The two requests may differ in what is explained only."""
        case.equal("method", ours.method, theirs.method)
        case.equal("path, decoded once", urllib.parse.unquote(ours.target), urllib.parse.unquote(theirs.target))
        if self.client != "AnthropicBedrock":
            case.equal("path", ours.target, theirs.target)
        elif ours.target != theirs.target:
            self.explained["path"] = "theirs leaves `:` as it is, which signs as well; ours is boto3's"
        for name in sorted(theirs.names - ours.names):
            self._differs(case, "only theirs: header", name, ONLY_THEIRS, None, theirs[name])
        for name in sorted(ours.names - theirs.names):
            self._differs(case, "only ours: header", name, ONLY_OURS, ours[name], None)
        for name in sorted(ours.names & theirs.names):
            if ours[name] != theirs[name]:
                self._differs(case, "other value: header", name, OTHER_VALUES, ours[name], theirs[name])
        mine, others = json.loads(ours.body), json.loads(theirs.body)
        taken = [name for name in others.get("anthropic_beta", []) if not signing.is_refused(name, ours.target)]
        if taken and taken != others["anthropic_beta"]:
            others["anthropic_beta"] = taken
            self.explained["member anthropic_beta"] = "the model does not take the long window"
        for name in sorted(mine.keys() | others.keys()):
            if mine.get(name) != others.get(name):
                self._differs(case, "member", name, OTHER_MEMBERS, mine.get(name), others.get(name))

    def signed(self, case, ours, theirs):
        """Both must sign the same headers, but for those that are explained."""
        mine, others = signing.Claim.of(ours).headers, signing.Claim.of(theirs).headers
        both = ours.names & theirs.names
        for name in sorted((mine ^ others) & both):
            if name in OTHER_SIGNED:
                self.explained[f"only one signs: header {name}"] = OTHER_SIGNED[name]
            else:
                case.problems.append(f"only one signs the header {name}, and nothing explains it")

    def show(self):
        """Prints the differences that were found and may be."""
        for difference, reason in sorted(self.explained.items()):
            print(f"  {self.client}: {difference} ({reason})")


class _Calls:
    """Makes one call by each client, on a server that answers all of them alike."""

    def __init__(self, path, home):
        self.path, self.home = path, home
        self._random = random.Random(0)

    def _answer(self, request):
        if request.path == "/v1/messages":
            return frames.anthropic_answer(TEXT, self._random)
        return frames.bedrock_answer(TEXT, self._random)

    def _captured(self, case, call):
        with Server(self._answer) as server:
            case.equal("answer", call(server.url), TEXT)
            taken = server.take()
        case.equal("requests", len(taken), 1)
        return taken[0]

    def ours(self, case, variables, params, betas):
        """By this program."""

        def call(url):
            addresses = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url, "ANTHROPIC_BASE_URL": url}
            everything = addresses | variables | {"ANTHROPIC_BETAS": ",".join(betas)}
            with program.Conversation(self.path, program.environment(self.home, **everything)) as conversation:
                result = conversation.call("agent/run", params | {"stream": False, "maxTurns": 1})
            return result["text"]

        return self._captured(case, call)

    def boto3(self, case, keys, model, body):
        """By boto3, which takes the body as it is."""

        def call(url):
            reply = _invoke(_boto3_client(url, keys), model, body)
            events = [json.loads(event["chunk"]["bytes"]) for event in reply["body"]]
            return "".join(event["delta"].get("text", "") for event in events if event["type"] == "content_block_delta")

        return self._captured(case, call)

    def boto3_bearer(self, model, body, host):
        """By boto3 with a bearer key: as it would be sent, for boto3 sends such a key over TLS only.

        The host and the encoding, which the connection adds to a request, are added here.
        """

        class Prepared(Exception):
            pass

        def keep(request, **_):
            raise Prepared(request)

        # It takes such a key from the environment only.
        with mock.patch.dict("os.environ", {"AWS_BEARER_TOKEN_BEDROCK": BEARER}):
            client = _boto3_client("https://127.0.0.1:9", None)
            client.meta.events.register("before-send", keep)
            try:
                _invoke(client, model, body)
            except Prepared as kept:
                sent = kept.args[0]
        texts = [(name, value.decode() if isinstance(value, bytes) else value) for name, value in sent.headers.items()]
        headers = [("Host", host), ("Accept-Encoding", "identity"), *texts]
        return Request(sent.method, urllib.parse.urlsplit(sent.url).path, headers, sent.body, host)

    def official(self, case, make, body, betas):
        """By the official SDK, which makes the body anew of its members."""

        def call(url):
            members = {
                name: value
                for name, value in body.items()
                if name not in ("anthropic_version", "anthropic_beta", "stream")
            }
            headers = {"anthropic-beta": ",".join(betas)} if betas else {}
            with make(base_url=url, max_retries=0) as client:
                events = client.messages.create(**members, stream=True, extra_headers=headers)
                return "".join(event.delta.text for event in events if event.type == "content_block_delta")

        return self._captured(case, call)


def _boto3_client(url, keys):
    credentials = {}
    if keys is not None:
        credentials["aws_access_key_id"] = keys.access
        credentials["aws_secret_access_key"] = keys.secret
        credentials["aws_session_token"] = keys.token
    settings = Config(retries={"total_max_attempts": 1})
    return boto3.client("bedrock-runtime", region_name=REGION, endpoint_url=url, config=settings, **credentials)


def _invoke(client, model, body):
    return client.invoke_model_with_response_stream(
        modelId=model, body=body, contentType="application/json", accept="application/json"
    )


def _official_bedrock(keys):
    if keys is None:
        credentials = {"api_key": BEARER}
    else:
        credentials = {"aws_access_key": keys.access, "aws_secret_key": keys.secret, "aws_session_token": keys.token}
    return functools.partial(anthropic.AnthropicBedrock, aws_region=REGION, **credentials)


def run(report, path, home, _):
    """Bedrock by three clients, then the direct API by two."""
    _bedrock(report, _Calls(path, home))
    _direct(report, _Calls(path, home))


def _bedrock(report, calls):
    boto, official = Comparison("boto3"), Comparison("AnthropicBedrock")
    with report.section("the same call to Bedrock by boto3 and AnthropicBedrock"):
        for place, (params, model) in enumerate((params, model) for params in QUESTIONS for model in MODELS):
            keys = [KEYS, TEMPORARY][place % 2]
            betas = [[], ["context-1m-2025-08-07", "my-beta"]][place // 2 % 2]
            with report.case(f"{params} to {model}") as case:
                variables = keys.environment() | {"CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": REGION}
                ours = calls.ours(case, variables, params | {"model": model}, betas)
                theirs = calls.boto3(case, keys, model, ours.body)
                boto.check(case, ours, theirs)
                case.equal("body", ours.body, theirs.body)
                boto.signed(case, ours, theirs)
                signing.check(case, ours, keys, REGION)
                signing.check(case, theirs, keys, REGION)
                body = json.loads(ours.body) | {"model": model}
                official.check(case, ours, calls.official(case, _official_bedrock(keys), body, betas))
    with report.section("the same call to Bedrock with a bearer key"):
        for model in MODELS:
            with report.case(model) as case:
                variables = {"AWS_BEARER_TOKEN_BEDROCK": BEARER, "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": REGION}
                ours = calls.ours(case, variables, {"prompt": "hello", "model": model}, [])
                case.equal("Authorization", ours["authorization"], f"Bearer {BEARER}")
                boto.check(case, ours, calls.boto3_bearer(model, ours.body, ours.host))
                body = json.loads(ours.body) | {"model": model}
                theirs = calls.official(case, _official_bedrock(None), body, [])
                official.check(case, ours, theirs)
                case.equal("their Authorization", theirs["authorization"], f"Bearer {BEARER}")
    boto.show()
    official.show()


def _direct(report, calls):
    official = Comparison("Anthropic")
    ways = [
        ({"ANTHROPIC_API_KEY": "sk-ant-key"}, {"api_key": "sk-ant-key"}, {"x-api-key": "sk-ant-key"}),
        ({"ANTHROPIC_AUTH_TOKEN": "a-token"}, {"auth_token": "a-token"}, {"authorization": "Bearer a-token"}),
    ]
    with report.section("the same call to the Anthropic API by the official SDK"):
        for place, (params, way) in enumerate((params, way) for params in QUESTIONS for way in ways):
            variables, credentials, wanted = way
            betas = [[], ["my-beta"], ["my-beta", "other-beta"]][place % 3]
            with report.case(f"{params} with {list(variables)}") as case:
                ours = calls.ours(case, variables, params | {"model": "claude-sonnet-4-5"}, betas)
                make = functools.partial(anthropic.Anthropic, **credentials)
                official.check(case, ours, calls.official(case, make, json.loads(ours.body), betas))
                sent = {name: ours[name] for name in ("x-api-key", "authorization") if ours[name] is not None}
                case.equal("credentials", sent, wanted)
    official.show()
