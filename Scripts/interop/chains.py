"""Credentials from moto's STS and instance metadata, and from a container's agent: are they the ones that sign?

Every story is also told to botocore, with the same files and variables: both must ask the same of the same services.
"""

import contextlib
import dataclasses
import datetime
import http.client
import json
import logging
import os
import pathlib
import random
import tempfile
import urllib.parse
from unittest import mock
from xml.etree import ElementTree

import botocore.session
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from . import frames, program, signing
from .loopback import HOST, Reply, Server
from .signing import Keys

REGION = "eu-west-1"
BASE = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
# What moto's instance metadata gives.
INSTANCE = Keys("test-key", "test-secret-key", "test-session-token")
CONTAINER = Keys("ASIACONTAINER0000000", "container/secret+=", "container/token+=")
CONTAINER_WORD = "Basic container-word/+="
ROLE = "arn:aws:iam::123456789012:role/Asker"
OTHER_ROLE = "arn:aws:iam::210987654321:role/path/Between"
WEB_TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2ln-_"


@dataclasses.dataclass
class Story:
    """Where credentials stand, and who must sign what on the way to the last ones."""

    name: str
    config: str = ""
    variables: dict = dataclasses.field(default_factory=dict)
    # A profile that the client logs in with, because the environment's keys would go before it.
    login: str | None = None
    # What signs the first request to STS; `None` for a web identity, which nobody signs.
    first: Keys | None = None
    # The roles that are assumed, in their order.
    roles: tuple = ()
    # The credentials that must sign when no role is assumed.
    keys: Keys | None = None
    # Whether there is an instance's metadata service.
    is_instance: bool = False


def _stories(files):
    source = f"[profile source]\naws_access_key_id = {BASE.access}\naws_secret_access_key = {BASE.secret}\n"
    role = f"[profile asker]\nrole_arn = {ROLE}\n"
    web = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(files / "web-token"), "AWS_ROLE_ARN": ROLE}
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "CONTAINER/creds?task=1&x=%2F"}
    word = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_WORD}
    asker = {"AWS_PROFILE": "asker"}
    return [
        Story(
            "a role by source_profile", source + role + "source_profile = source\n", asker, first=BASE, roles=(ROLE,)
        ),
        Story(
            "a role under terms",
            source + role + "source_profile = source\nexternal_id = word/+=,.@:-\nduration_seconds = 1800\n"
            "role_session_name = me@example.com\n",
            asker,
            first=BASE,
            roles=(ROLE,),
        ),
        Story(
            "a role by way of another",
            source
            + f"[profile between]\nrole_arn = {OTHER_ROLE}\nsource_profile = source\n"
            + role
            + "source_profile = between\n",
            asker,
            first=BASE,
            roles=(OTHER_ROLE, ROLE),
        ),
        Story(
            "a role by credential_source = Environment",
            role + "credential_source = Environment\n",
            BASE.environment(),
            login="asker",
            first=BASE,
            roles=(ROLE,),
        ),
        Story(
            "a role by credential_source = EcsContainer",
            role + "credential_source = EcsContainer\n",
            asker | container | word,
            first=CONTAINER,
            roles=(ROLE,),
        ),
        Story(
            "a role by credential_source = Ec2InstanceMetadata",
            role + "credential_source = Ec2InstanceMetadata\n",
            asker,
            first=INSTANCE,
            roles=(ROLE,),
            is_instance=True,
        ),
        Story("a web identity by the environment", "", web, roles=(ROLE,)),
        Story(
            "a web identity by a profile, and a role with it",
            f"[profile web]\nrole_arn = {OTHER_ROLE}\nweb_identity_token_file = {files}/web-token\n"
            + role
            + "source_profile = web\n",
            asker,
            roles=(OTHER_ROLE, ROLE),
        ),
        Story("a container", "", container | word, keys=CONTAINER),
        Story(
            "a container with its word in a file",
            "",
            container | {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(files / "word")},
            keys=CONTAINER,
        ),
        Story("an instance", "", {}, keys=INSTANCE, is_instance=True),
        Story(
            "a program",
            "[profile asker]\ncredential_process = /bin/cat " + str(files / "process.json") + "\n",
            asker,
            keys=BASE,
        ),
    ]


class _Services:
    """moto's STS and instance metadata behind servers that keep what is asked, and the agent of a container."""

    def __init__(self, files):
        self._files = files
        self._moto = ThreadedMotoServer(HOST, 0, verbose=False)

    def __enter__(self):
        # It would write a line for each request.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._moto.start()
        self._stack = contextlib.ExitStack()
        self.sts = self._stack.enter_context(Server(self._forward))
        self.metadata = self._stack.enter_context(Server(self._metadata))
        self.container = self._stack.enter_context(Server(self._container))
        return self

    def __exit__(self, *_):
        self._stack.close()
        self._moto.stop()

    def _forward(self, request):
        connection = http.client.HTTPConnection(*self._moto.get_host_and_port())
        with contextlib.closing(connection):
            connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers:
                connection.putheader(name, value)
            connection.endheaders(request.body)
            reply = connection.getresponse()
            body = reply.read()
        if request.path == "/":
            request.given = _given(body)
        return Reply(reply.status, {"Content-Type": reply.headers["Content-Type"] or "text/plain"}, body)

    def _metadata(self, request):
        """moto does not ask for version 2's token, so it is asked for here."""
        if request.target == "/latest/api/token":
            lifetime = request["x-aws-ec2-metadata-token-ttl-seconds"] or ""
            if request.method != "PUT" or not lifetime.isdigit() or not 1 <= int(lifetime) <= 21600:
                return Reply(400)
        elif request["x-aws-ec2-metadata-token"] != "fake-imdsv2-token":
            return Reply(401)
        return self._forward(request)

    def _container(self, request):
        """moto has no agent, so this is one: the word and the query must be right."""
        if request["authorization"] != CONTAINER_WORD or request.target != "/creds?task=1&x=%2F":
            return Reply(401)
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=6)
        keys = {"AccessKeyId": CONTAINER.access, "SecretAccessKey": CONTAINER.secret, "Token": CONTAINER.token}
        document = keys | {"Expiration": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
        return Reply(headers={"Content-Type": "application/json"}, body=json.dumps(document).encode())

    def variables(self, story):
        """The variables of a story, with the addresses of this time, and its files written."""
        (self._files / "config").write_text(story.config)
        variables = {
            "AWS_CONFIG_FILE": str(self._files / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._files / "none"),
            "AWS_ENDPOINT_URL_STS": self.sts.url,
            "AWS_REGION": REGION,
            # What botocore reads.
            "AWS_DEFAULT_REGION": REGION,
        }
        if story.is_instance:
            variables["AWS_EC2_METADATA_DISABLED"] = "false"
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = self.metadata.url
        own = {name: value.replace("CONTAINER/", self.container.url + "/") for name, value in story.variables.items()}
        return variables | own


def _given(body):
    """The credentials in a reply of STS."""
    namespace = {"sts": "https://sts.amazonaws.com/doc/2011-06-15/"}
    found = ElementTree.fromstring(body).find(".//sts:Credentials", namespace)
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    return Keys(*(found.find(f"sts:{name}", namespace).text for name in names))


def _form(request):
    """What STS is asked for; session names that were not chosen carry the time, so they are left out."""
    form = dict(urllib.parse.parse_qsl(request.body.decode(), strict_parsing=True))
    if form["RoleSessionName"] != "me@example.com":
        del form["RoleSessionName"]
    # botocore writes its own default out; STS has the same one.
    if form.get("DurationSeconds") == "3600":
        del form["DurationSeconds"]
    return form


def _by_botocore(variables, profile):
    """The credentials that botocore finds with these variables."""
    with mock.patch.dict(os.environ, variables, clear=True):
        found = botocore.session.Session(profile=profile).get_credentials().get_frozen_credentials()
    return Keys(found.access_key, found.secret_key, found.token)


def _by_program(path, variables, login):
    """The request for a model that the program signs with these variables."""
    with Server(lambda _: frames.bedrock_answer("Well.", random.Random(0))) as server:
        variables = variables | {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url}
        with program.Conversation(path, variables, "--bedrock") as conversation:
            if login:
                values = {"profile": login}
                conversation.call("auth/login", {"provider": "bedrock", "method": "awsProfile", "values": values})
            conversation.call("agent/run", {"prompt": "hello", "stream": False})
        (request,) = server.take()
    return request


def run(report, path, home, _):
    """Each story by the program, then by botocore."""
    with tempfile.TemporaryDirectory() as folder:
        files = pathlib.Path(folder)
        # Without line ends: botocore sends that of the token and refuses that of the word; we drop it and refuse it.
        (files / "web-token").write_text(WEB_TOKEN)
        (files / "word").write_text(CONTAINER_WORD)
        document = {"Version": 1, "AccessKeyId": BASE.access, "SecretAccessKey": BASE.secret}
        (files / "process.json").write_text(json.dumps(document))
        with _Services(files) as services, report.section("credentials by moto and stand-ins"):
            for story in _stories(files):
                with report.case(story.name) as case:
                    _check(case, path, home, services, story)


def _check(case, path, home, services, story):
    variables = program.environment(home, **services.variables(story))
    request = _by_program(path, variables, story.login)
    asked = services.sts.take()
    metadata = [(one.method, one.target) for one in services.metadata.take()]
    container = [(one.method, one.target) for one in services.container.take()]
    # Each role must be asked for with what the one before it gave.
    case.equal("roles", [_form(one)["RoleArn"] for one in asked], list(story.roles))
    signer = story.first
    for one in asked:
        if signer is None:
            case.equal("Authorization of a web identity", one["authorization"], None)
            case.equal("token", _form(one)["WebIdentityToken"], WEB_TOKEN)
        else:
            signing.check(case, one, signer, REGION, "sts")
        signer = one.given
    signing.check(case, request, signer or story.keys, REGION)

    theirs = _by_botocore(variables, story.login)
    asked_by_botocore = services.sts.take()
    case.equal("questions to STS", [_form(one) for one in asked], [_form(one) for one in asked_by_botocore])
    case.equal("questions to the instance", metadata, [(one.method, one.target) for one in services.metadata.take()])
    case.equal("questions to the container", container, [(one.method, one.target) for one in services.container.take()])
    if story.keys is not None:
        case.equal("botocore's keys", theirs, story.keys)
