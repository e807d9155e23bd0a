"""Keys, regions and addresses that change while the program runs: the next question is asked with what is there then."""

import dataclasses
import json
import pathlib
import tempfile

from . import frames, program, setups
from .setups import ASSUMED, CONTAINER, INSTANCE, MODEL, SIGNED_ON, Services
from .signing import Claim, Keys
from .stories import HERE, LATER, ONE, P, PAST, REGION, ROLE, START, TWO, keys, login, process, section

NEXT = Keys("ASIANEXT000000000000", "next/secret", "next/token")


@dataclasses.dataclass
class Change:
    """What was there, and what is there afterwards."""

    name: str
    files: dict
    variables: dict
    # Files that are written over, or away (`None`); what services give then.
    after: dict = dataclasses.field(default_factory=dict)
    given: dict = dataclasses.field(default_factory=dict)
    # Who signs before and afterwards: the access key, or nothing for a run that fails.
    old: str | None = ONE.access
    new: str | None = TWO.access
    region: str = REGION
    place: str = "A"
    # Whether the service refuses the old key once it was changed.
    refuses: bool = True
    # What is asked of the program in between.
    between: tuple = ()


CREDENTIALS, CONFIG = ".aws/credentials", ".aws/config"
_SSO = section(
    "p",
    f"sso_start_url = {START}",
    f"sso_region = {HERE['AWS_DEFAULT_REGION']}",
    "sso_account_id = 123456789012",
    "sso_role_name = r",
)
_TO_SSO = {CONFIG: _SSO.replace("[p]", "[profile p]")}
_ROLE = {CONFIG: section("profile p", f"role_arn = {ROLE}", "source_profile = s") + section("profile s", keys(ONE))}
_PROCESS = {CONFIG: section("profile p", "credential_process = cat @HOME@/out.json")}
_AGENT = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "@AGENT@/creds", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "word"}
_INSTANCE = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "@METADATA@"}
_OLD, _NEW = section("default", keys(ONE)), section("default", keys(TWO))
_WEB = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "@HOME@/token"}
_LOGIN = ("auth/login", {"provider": "bedrock", "method": "awsProfile", "values": {"profile": "q"}})
_TWO_PROFILES = {CREDENTIALS: section("p", keys(ONE)) + section("q", keys(TWO))}


def _changes():
    refresh = (("auth/refresh", {}),)
    return [
        Change("keys in credentials", {CREDENTIALS: _OLD}, HERE, {CREDENTIALS: _NEW}),
        Change("keys in config", {CONFIG: _OLD}, HERE, {CONFIG: _NEW}),
        Change(
            "keys of a profile",
            {CREDENTIALS: section("p", keys(ONE))},
            HERE | P,
            {CREDENTIALS: section("p", keys(TWO))},
        ),
        Change("keys that move from config to credentials", {CONFIG: _OLD}, HERE, {CREDENTIALS: _NEW}),
        Change(
            "keys that are not refused, asked for anew",
            {CREDENTIALS: _OLD},
            HERE,
            {CREDENTIALS: _NEW},
            refuses=False,
            between=refresh,
        ),
        Change("keys that are away", {CREDENTIALS: _OLD}, HERE, {CREDENTIALS: None}, new=None),
        Change("keys that come", {}, HERE, {CREDENTIALS: _NEW}, old=None),
        Change("a file that breaks", {CREDENTIALS: _OLD}, HERE, {CREDENTIALS: "rubbish\n"}, new=None),
        Change("a file that is mended", {CREDENTIALS: "rubbish\n"}, HERE, {CREDENTIALS: _NEW}, old=None),
        Change(
            "keys and the region",
            {CREDENTIALS: _OLD, CONFIG: "[default]\nregion = eu-north-1\n"},
            {},
            {CREDENTIALS: _NEW, CONFIG: "[default]\nregion = ap-south-1\n"},
            region="ap-south-1",
        ),
        Change(
            "keys and the address",
            {CONFIG: _OLD + "endpoint_url = @A@\n"},
            HERE | {"AWS_ENDPOINT_URL": None, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": None},
            {CONFIG: _NEW + "endpoint_url = @B@\n"},
            place="B",
        ),
        Change(
            "a role in the place of keys",
            {CONFIG: section("profile p", keys(ONE))},
            HERE | P,
            {
                CONFIG: section("profile p", f"role_arn = {ROLE}", "source_profile = s")
                + section("profile s", keys(TWO))
            },
            new=ASSUMED.access,
        ),
        Change("what a program prints", _PROCESS | {"out.json": process(ONE)}, HERE | P, {"out.json": process(TWO)}),
        Change(
            "what a program prints, with an end",
            _PROCESS | {"out.json": process(ONE, Expiration=LATER)},
            HERE | P,
            {"out.json": process(TWO, Expiration=LATER)},
        ),
        Change(
            "a program that begins to fail",
            _PROCESS | {"out.json": process(ONE)},
            HERE | P,
            {"out.json": None},
            new=None,
        ),
        Change(
            "what a container's agent gives",
            {},
            HERE | _AGENT,
            given={"container": NEXT},
            old=CONTAINER.access,
            new=NEXT.access,
        ),
        Change(
            "what an instance gives",
            {},
            HERE | _INSTANCE,
            given={"instance": NEXT},
            old=INSTANCE.access,
            new=NEXT.access,
        ),
        Change("what STS gives", _ROLE, HERE | P, given={"assumed": NEXT}, old=ASSUMED.access, new=NEXT.access),
        Change(
            "what STS gives for a web identity, and its token",
            {"token": "one"},
            HERE | _WEB,
            {"token": "two"},
            given={"assumed": NEXT},
            old=ASSUMED.access,
            new=NEXT.access,
        ),
        Change(
            "what a sign-on gives",
            _TO_SSO | login(START),
            HERE | P,
            given={"signed_on": NEXT},
            old=SIGNED_ON.access,
            new=NEXT.access,
        ),
        Change(
            "a sign-on that ends",
            _TO_SSO | login(START),
            HERE | P,
            login(START, expiresAt=PAST),
            old=SIGNED_ON.access,
            new=None,
        ),
        Change("a sign-on that is made", _TO_SSO, HERE | P, login(START), old=None, new=SIGNED_ON.access),
        Change("another profile by auth/login", _TWO_PROFILES, HERE | P, between=(_LOGIN,)),
        Change(
            "a profile by auth/login, and back",
            _TWO_PROFILES,
            HERE | P,
            between=(_LOGIN, ("auth/logout", {"provider": "bedrock"})),
            new=ONE.access,
            refuses=False,
        ),
    ]


def run(report, path, _, samples):
    """All changes, each in a process of its own."""
    with report.section("what changes while the program runs"):
        for change in _changes():
            with tempfile.TemporaryDirectory() as folder, Services(samples) as services:
                with report.case(change.name) as case:
                    _check(case, path, pathlib.Path(folder), services, change)


def _write(services, home, files):
    for path, text in files.items():
        place = home / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            place.unlink()
        else:
            # As tools write: a new file that takes the old one's name.
            fresh = place.with_name(place.name + ".new")
            fresh.write_text(services.fill(text, home))
            fresh.replace(place)


def _check(case, path, home, services, change):
    _write(services, home, change.files)
    ask = ("agent/run", {"prompt": "hello", "stream": False, "model": MODEL})
    with program.Conversation(path, services.variables(home, change.variables), "--bedrock") as conversation:
        first = conversation.call_all([ask])[0]
        _signed(case, "before", services, first, change.old)
        _write(services, home, change.after)
        for name, value in change.given.items():
            setattr(services, name, value)
        if change.refuses and change.old:
            services.bedrock = lambda request: _refused(request, change.old)
        for call in change.between:
            conversation.call(*call)
        second = conversation.call_all([ask])[0]
        requests = _signed(case, "afterwards", services, second, change.new)
        if requests and change.new:
            place, request = requests[-1]
            case.equal("region and place", (Claim.of(request).region, place), (change.region, change.place))
        # The conversation goes on in the same process, and nothing is asked with what is refused.
        if change.new:
            third = conversation.call_all([ask])[0]
            requests = _signed(case, "at last", services, third, change.new)
            case.equal("requests at last", len(requests), 1)
    shown = json.dumps([first, second])
    case.true(f"a secret is shown: {shown}", not any(one.secret in shown for one in (ONE, TWO, NEXT)))


def _refused(request, access):
    if Claim.of(request).key == access:
        return frames.refusal(403, "ExpiredTokenException", "The security token included in the request is expired")
    return None


def _signed(case, when, services, answer, expected):
    """The last request's key; all requests."""
    requests = services.taken()
    if expected is None:
        case.true(f"{when} a run fails: {answer}", "error" in answer)
        return requests
    case.true(f"{when} a run is answered: {answer}", "result" in answer)
    if requests:
        case.equal(f"the key {when}", Claim.of(requests[-1][1]).key, expected)
    return requests
