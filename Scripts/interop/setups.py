"""Files and variables as people have them: does the program sign with what botocore signs with, or do both refuse?

Each story is also told to `auth/status`: what it says of a verified set-up must be what a run then comes to.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import socket
import tempfile
from unittest import mock

import botocore.credentials
import botocore.session
import botocore.tokens
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from . import frames, program, signing, stories
from .loopback import HOST, Reply, Server
from .signing import Claim, Keys
from .stories import LATER, PAST, TWO

MODEL = "eu.anthropic.claude-sonnet-4-20250514-v1:0"
# What the services give, each other keys, so that the signature says who was asked.
ASSUMED = Keys("ASIAASSUMED000000000", "assumed/secret", "assumed/token")
SIGNED_ON = Keys("ASIASSO0000000000000", "sso/secret", "sso/token")
CONTAINER = Keys("ASIACONTAINER0000000", "container/secret", "container/token")
INSTANCE = Keys("ASIAINSTANCE00000000", "instance/secret", "instance/token")
ALL = {one.access: one for one in (stories.ONE, TWO, stories.THREE, ASSUMED, SIGNED_ON, CONTAINER, INSTANCE)}
FAILS = stories.FAILS


def json_reply(document, status=200):
    """A reply in JSON."""
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(document).encode())


class Services:
    """Two that answer as Bedrock does, and those that give keys; what the latter give can be changed."""

    def __init__(self, samples):
        self._samples = samples
        self.assumed, self.signed_on, self.container, self.instance = ASSUMED, SIGNED_ON, CONTAINER, INSTANCE
        self.end = LATER
        # What a test puts in the place of an answer of Bedrock's: a function of the request, or nothing.
        self.bedrock = None

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        open_one = lambda answer: self._stack.enter_context(Server(answer))
        self.first, self.second = open_one(self._bedrock), open_one(self._bedrock)
        self._places = {
            "A": self.first.url,
            "B": self.second.url,
            "STS": open_one(self._sts).url,
            "SSO": open_one(self._sso).url,
            "AGENT": open_one(self._agent).url,
            "METADATA": open_one(self._metadata).url,
        }
        # A port that is taken and that nobody listens at.
        dead = self._stack.enter_context(socket.socket())
        dead.bind((HOST, 0))
        self._places["DEAD"] = f"http://{HOST}:{dead.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self._stack.close()

    def fill(self, text, home):
        """A text with the addresses of this time."""
        for name, value in (self._places | {"HOME": str(home)}).items():
            text = text.replace(f"@{name}@", value)
        return text

    def variables(self, home, own):
        """The whole environment of a story; a variable that is `None` is not there."""
        usual = {
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "@A@",
            "AWS_ENDPOINT_URL_STS": "@STS@",
            "AWS_ENDPOINT_URL_SSO": "@SSO@",
            "AWS_ENDPOINT_URL_SSO_OIDC": "@DEAD@",
            # botocore has its own way of counting: one try in all.
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "1",
        }
        given = program.environment(home, **usual | own)
        return {name: self.fill(value, home) for name, value in given.items()}

    def write(self, home, story):
        """The files of a story, into an empty home."""
        texts = {".aws/config": story.config, ".aws/credentials": story.credentials} | story.files
        for path, text in texts.items():
            if text is None:
                continue
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            data = text if isinstance(text, bytes) else self.fill(text, home).encode()
            (home / path).write_bytes(data)

    def taken(self):
        """What Bedrock was asked since the last time, with the place."""
        return [("A", one) for one in self.first.take()] + [("B", one) for one in self.second.take()]

    def _bedrock(self, request):
        if self.bedrock is not None and (reply := self.bedrock(request)) is not None:
            return reply
        if request.path.endswith("/invoke-with-response-stream"):
            return frames.bedrock_answer("Well.", self._samples.cuts)
        return frames.bedrock_whole("Well.")

    def _sts(self, request):
        if b"Refused" in request.body:
            text = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
            return Reply(403, {"Content-Type": "text/xml"}, text.encode())
        action = "AssumeRoleWithWebIdentity" if b"WebIdentity" in request.body else "AssumeRole"
        keys = (
            f"<AccessKeyId>{self.assumed.access}</AccessKeyId><SecretAccessKey>{self.assumed.secret}</SecretAccessKey>"
            f"<SessionToken>{self.assumed.token}</SessionToken><Expiration>{self.end}</Expiration>"
        )
        user = "<AssumedRoleId>x:y</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>"
        text = (
            f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
            f"<AssumedRoleUser>{user}</AssumedRoleUser><Credentials>{keys}</Credentials>"
            f"</{action}Result></{action}Response>"
        )
        return Reply(200, {"Content-Type": "text/xml"}, text.encode())

    def _sso(self, request):
        if request["x-amz-sso_bearer_token"] not in ("sso-token", "sso-token-2"):
            return frames.refusal(401, "UnauthorizedException", "Session token not found or invalid")
        names = ("accessKeyId", "secretAccessKey", "sessionToken")
        given = dict(zip(names, dataclasses.astuple(self.signed_on), strict=True))
        return json_reply({"roleCredentials": given | {"expiration": 4102444800000}})

    def _agent(self, request):
        if request["authorization"] != "word":
            return json_reply({"code": "x", "message": "no"}, 401)
        return json_reply(self._document(self.container))

    def _metadata(self, request):
        if request.target == "/latest/api/token":
            return Reply(200, {"x-aws-ec2-metadata-token-ttl-seconds": "21600"}, b"metadata-token")
        if request["x-aws-ec2-metadata-token"] != "metadata-token":
            return Reply(401)
        path = request.path.rstrip("/")
        if path == "/latest/meta-data/placement/region":
            return Reply(body=b"eu-central-1")
        if path in (
            "/latest/meta-data/iam/security-credentials",
            "/latest/meta-data/iam/security-credentials-extended",
        ):
            return Reply(body=b"instance-role") if not path.endswith("extended") else Reply(404)
        if path == "/latest/meta-data/iam/security-credentials/instance-role":
            return json_reply({"Code": "Success"} | self._document(self.instance))
        return Reply(404)

    def _document(self, keys):
        named = {"AccessKeyId": keys.access, "SecretAccessKey": keys.secret, "Token": keys.token}
        return named | {"Expiration": self.end, "LastUpdated": PAST, "Type": "AWS-HMAC"}


def _signer(place, request, keys=None):
    """Who signed a request, for which region, and where it came to; `keys` are those that it should be signed with."""
    word = request["authorization"] or ""
    if word.startswith("Bearer "):
        return ("bearer", word.removeprefix("Bearer "), place)
    claim, token = Claim.of(request), request["x-amz-security-token"]
    known = keys or dataclasses.replace(ALL[claim.key], token=token)
    told = ("keys", claim.key, token, claim.region, place)
    if (claim.key, token) == (known.access, known.token) and not _is_right(request, known, claim.region):
        return (*told, "another secret")
    return told


def _is_right(request, keys, region):
    return request["authorization"] == signing.authorization(request, keys, region, "bedrock")


def by_botocore(services, variables):
    """What botocore signs one question with, or that it refuses; and why."""
    cache = os.path.join(variables["HOME"], ".aws", "sso", "cache")
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, variables, clear=True))
        for owner in (botocore.credentials.SSOProvider, botocore.tokens.SSOTokenProvider):
            stack.enter_context(mock.patch.object(owner, "_SSO_TOKEN_CACHE_DIR", cache))
        try:
            session = botocore.session.Session()
            config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5)
            client = session.create_client("bedrock-runtime", config=config)
            frozen = None
            if (found := session.get_credentials()) is not None:
                frozen = found.get_frozen_credentials()
            client.invoke_model(modelId=MODEL, body=b"{}")["body"].read()
        except Exception as error:
            services.taken()
            known = isinstance(error, (BotoCoreError, ClientError))
            return FAILS, f"{'' if known else 'unexpected '}{type(error).__name__}: {error}", None
    ((place, request),) = services.taken()
    return None, None, (place, request, frozen)


def _signed_by_botocore(told):
    place, request, frozen = told
    word = request["authorization"] or ""
    if word.startswith("Bearer "):
        return ("bearer", word.removeprefix("Bearer "), place), None
    try:
        claim = Claim.of(request)
    except ValueError:
        # It signs for an empty region, which nobody is let in with.
        return FAILS, None
    # An empty token is not sent.
    keys = Keys(frozen.access_key, frozen.secret_key, frozen.token or None)
    return ("keys", keys.access, keys.token, claim.region, place), keys


def by_program(path, services, variables, mode="bedrock"):
    """What `auth/status` says, what a run comes to, and the run's requests."""
    with program.Conversation(path, variables, *(["--bedrock"] if mode == "bedrock" else [])) as conversation:
        ask = {"provider": mode, "verify": True}
        params = {"prompt": "hello", "stream": False, "model": MODEL}
        status = conversation.call_all([("auth/status", ask)])[0]
        services.taken()
        run = conversation.call_all([("agent/run", params)])[0]
    return status, run, services.taken()


def run(report, path, _, samples):
    """All stories, beside botocore and beside a run."""
    with Services(samples) as services, report.section("credentials, files and regions beside botocore"):
        for story in stories.all_stories():
            with tempfile.TemporaryDirectory() as folder, report.case(story.name) as case:
                _check(case, path, pathlib.Path(folder), services, story)


def _check(case, path, home, services, story):
    services.write(home, story)
    variables = services.variables(home, story.variables)
    status, answer, requests = by_program(path, services, variables)
    theirs, reason, told = by_botocore(services, variables)
    keys = None
    if told is not None:
        theirs, keys = _signed_by_botocore(told)
    ours, message = FAILS, answer.get("error", {}).get("message")
    if requests:
        place, request = requests[-1]
        ours = _signer(place, request, None if story.name in stories.EXCEPTIONS else keys)
    elif "result" in answer:
        case.problems.append("the run was answered, and nobody was asked")
    if story.name in stories.EXCEPTIONS:
        why, wanted = stories.EXCEPTIONS[story.name]
        case.equal(f"ours, as {why}", ours, wanted)
        secrets = None if keys is None else keys.secret
        case.true("this is an exception no longer", ours != theirs or secrets != ALL[keys.access].secret)
    else:
        case.equal(f"signed by (we say {message!r}, botocore {reason!r})", ours, theirs)
    providers = status.get("result", {}).get("providers", [{}])
    said = [one.get("state") for one in providers if one.get("id") == "bedrock"]
    case.equal(f"state beside a run ({message!r}, {providers})", said == ["verified"], "result" in answer)
    shown = json.dumps([status, answer])
    case.true(f"a secret is shown: {shown}", not any(one.secret in shown for one in ALL.values()))
