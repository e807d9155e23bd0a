"""Credentials, regions and addresses as people's files and variables hold them: the table.

In texts and variables `@A@` and `@B@` are two servers that answer as Bedrock does, `@STS@`, `@SSO@`, `@AGENT@` and
`@METADATA@` the services that give keys, `@DEAD@` a port that nobody listens at, and `@HOME@` the user's folder.
"""

import dataclasses
import datetime
import hashlib
import json

from .signing import Keys

ONE = Keys("AKIAONE0000000000001", "one/secret+with=signs")
TWO = Keys("AKIATWO0000000000002", "two/secret", "two/session+token=")
# Another key with the same secret.
THREE = Keys("AKIATHREE00000000003", ONE.secret)
REGION = "eu-west-1"
LATER = f"{datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
PAST = "2020-01-01T00:00:00Z"
ROLE = "arn:aws:iam::123456789012:role/Asker"
BEARER = "bedrock-api-key-canary"
START = "https://example.awsapps.com/start"


@dataclasses.dataclass
class Story:
    """What somebody has on disk and in the environment; botocore is told the same."""

    name: str
    config: str | bytes | None = None
    credentials: str | bytes | None = None
    variables: dict = dataclasses.field(default_factory=dict)
    # Other files, by their path in the user's folder.
    files: dict = dataclasses.field(default_factory=dict)


def keys(of, *more):
    """The properties of a key, and others."""
    lines = [f"aws_access_key_id = {of.access}", f"aws_secret_access_key = {of.secret}"]
    lines += [f"aws_session_token = {of.token}"] if of.token else []
    return "\n".join([*lines, *more]) + "\n"


def section(name, *lines):
    """A section of a file."""
    return f"[{name}]\n" + "\n".join(line.rstrip("\n") for line in lines) + "\n"


def process(of=ONE, **more):
    """What a credential program prints."""
    document = {"Version": 1, "AccessKeyId": of.access, "SecretAccessKey": of.secret}
    document |= {"SessionToken": of.token} if of.token else {}
    return json.dumps(document | more)


def login(name, of=ONE, **more):
    """A sign-on's token in its cache."""
    path = f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json"
    token = {"startUrl": START, "region": REGION, "accessToken": "sso-token", "expiresAt": LATER}
    return {path: json.dumps(token | more)}


P = {"AWS_PROFILE": "p"}
HERE = {"AWS_DEFAULT_REGION": REGION}


def _names():
    """Names of profiles as they are written, and as they are asked for."""
    written = [
        ("plain", "profile p", "p"),
        ("with a blank, in quotes", 'profile "my work"', "my work"),
        ("with a blank, in single quotes", "profile 'my work'", "my work"),
        ("with a blank, without quotes", "profile my work", "my work"),
        ("two blanks before it", "profile  p", "p"),
        ("a tab before it", "profile\tp", "p"),
        ("blanks around all", " profile p ", "p"),
        ("a blank at the end", "profile p ", "p"),
        ("in quotes for nothing", 'profile "p"', "p"),
        ("an open quote", 'profile "p', "p"),
        ("letters of Greece", "profile δοκιμή", "δοκιμή"),
        ("a picture", "profile 🦊", "🦊"),
        ("another case", "profile P", "p"),
        ("the word in another case", "PROFILE p", "p"),
        ("a dot, a slash, a colon", "profile a.b/c:d", "a.b/c:d"),
        ("an at and a plus", "profile me@example.com+x", "me@example.com+x"),
        ("a hash within", "profile a#b", "a#b"),
        ("a semicolon within", "profile a;b", "a;b"),
        ("a bracket within", "profile a]b", "a]b"),
        ("without the word", "p", "p"),
        ("only the word", "profile", "profile"),
        ("default with the word", "profile default", "default"),
        ("of three words", "profile p q", "p q"),
        ("a percent sign", "profile a%b", "a%b"),
        ("a backslash", "profile a\\b", "a\\b"),
    ]
    for name, header, asked in written:
        variables = HERE | {"AWS_PROFILE": asked}
        yield Story(f"a profile's name: {name}", section(header, keys(ONE)), variables=variables)
    for name, header, asked in written[:1] + written[3:5] + written[6:8] + written[10:13] + written[15:16]:
        bare = header.replace("profile ", "", 1) if header.startswith("profile") else header
        text = section(bare, keys(ONE))
        yield Story(f"a name in credentials: {name}", None, text, HERE | {"AWS_PROFILE": asked})
    yield Story("the word in credentials", None, section("profile p", keys(ONE)), HERE | P)
    yield Story(
        "default twice, with the word and without",
        section("profile default", keys(TWO)) + section("default", keys(ONE)),
        variables=HERE,
    )
    yield Story(
        "default twice, the other way round",
        section("default", keys(ONE)) + section("profile default", keys(TWO)),
        variables=HERE,
    )


def _lines():
    """Properties as they are written."""
    access, secret = f"aws_access_key_id = {ONE.access}", f"aws_secret_access_key = {ONE.secret}"

    def story(name, *lines, end="\n"):
        text = end.join(["[default]", *lines, ""])
        return Story(f"lines: {name}", None, text, HERE)

    yield story("as they should be", access, secret)
    yield story("without blanks", access.replace(" ", ""), secret.replace(" = ", "="))
    yield story("with colons", access.replace(" =", ":"), secret.replace(" = ", ": "))
    yield story("with blanks at the end", access + "  ", secret + "\t ")
    yield story("with tabs around the sign", access.replace(" = ", "\t=\t"), secret.replace(" = ", "\t=\t"))
    yield story("names in capitals", access.replace("aws_access_key_id", "AWS_ACCESS_KEY_ID"), secret)
    yield story("the first one indented", "  " + access, "  " + secret)
    yield story("the second one indented", access, "  " + secret)
    yield story("all with one blank", " " + access, " " + secret, " region = eu-north-1")
    yield story("a comment above", "# mine", access, "; yours", secret)
    yield story("an indented comment below a property", access, secret, "  # rotated in May")
    yield story("a comment between", access, "    # not the secret", secret)
    yield story("a hash after a value", access, secret + " # rotated")
    yield story("a semicolon after a value", access, secret + " ; rotated")
    yield story("a hash in a value", access, "aws_secret_access_key = a#b/c")
    yield story("a semicolon in a value", access, "aws_secret_access_key = a;b/c")
    yield story("a comment after the section", access, secret, "# the end")
    yield story("empty lines between", "", access, "", secret, "")
    yield story("an empty line with blanks between", access, "   ", secret)
    yield story("line ends of Windows", access, secret, end="\r\n")
    yield story("line ends of old", access, secret, end="\r")
    yield story("a value on the next line", "aws_access_key_id =", f"  {ONE.access}", secret)
    yield story("a value that goes on", access, secret, "  and_more")
    yield story("an empty value", access, "aws_secret_access_key =")
    yield story("no value at all", access, "aws_secret_access_key")
    yield story("only the access key", access)
    yield story("only the secret", secret)
    yield story("a value in quotes", f'aws_access_key_id = "{ONE.access}"', secret)
    yield story("percent signs", access, "aws_secret_access_key = a%(b)s%c%%d")
    yield story("a dollar", access, "aws_secret_access_key = ${HOME}$x")
    yield story("an equals sign in a name's place", "= x", access, secret)
    yield story("the same property twice", access, f"aws_access_key_id = {THREE.access}", secret)
    yield story("the same property twice, alike", access, access, secret)
    yield story("rubbish between", access, "rubbish", secret)
    yield story("a settings group", access, secret, "s3 =", "  max_concurrent_requests = 20", "  region = xx")
    yield story("a settings group before the secret", access, "s3 =", "  addressing_style = path", secret)
    yield story("a session token by its old name", access, secret, "aws_security_token = old/token")
    yield story(
        "both session tokens", access, secret, "aws_security_token = old/token", "aws_session_token = new/token"
    )
    yield story("an empty session token", access, secret, "aws_session_token =")
    good = "[default]\n" + access + "\n" + secret + "\n"
    for name, text in [
        ("a byte order mark", b"\xef\xbb\xbf" + good.encode()),
        ("no end of the last line", good.rstrip("\n")),
        ("an accent elsewhere", good + section("é", "x = ü")),
        ("bytes that are no text", good.encode() + b"[x]\ny = \xff\xfe\n"),
        ("a line before the first section", "x = y\n" + good),
        ("a comment before the first section", "# x = y\n" + good),
        ("a section twice", good + good),
        ("a section twice, with another key", good + section("default", keys(TWO))),
        ("a section that is not closed", good + "[x\ny = z\n"),
        ("an empty section's name", good + "[]\ny = z\n"),
        ("rubbish after the bracket", good.replace("[default]", "[default] # mine")),
        ("a blank before the bracket", " " + good),
        ("nothing", ""),
        ("a NUL", good + "x = \0\n"),
    ]:
        yield Story(f"a file with {name}", None, text, HERE)


def _files():
    """Which of two files counts, and where they lie."""
    yield Story("both files, another key in each", section("default", keys(TWO)), section("default", keys(ONE)), HERE)
    yield Story("only config", section("default", keys(TWO)), variables=HERE)
    yield Story("no file and no variables", variables=HERE)
    half = f"aws_access_key_id = {ONE.access}"
    yield Story(
        "half in each file", section("default", f"aws_secret_access_key = {ONE.secret}"), section("default", half), HERE
    )
    yield Story("half in credentials, all in config", section("default", keys(TWO)), section("default", half), HERE)
    yield Story("a broken config beside good credentials", "rubbish\n", section("default", keys(ONE)), HERE)
    yield Story("broken credentials beside a good config", section("default", keys(ONE)), "rubbish\n", HERE)
    yield Story(
        "region in config, keys in credentials", section("profile p", "region = ap-south-1"), section("p", keys(ONE)), P
    )
    yield Story("region in credentials", None, section("default", keys(ONE), "region = ap-south-1"))
    yield Story(
        "region in both", section("default", "region = sa-east-1"), section("default", keys(ONE), "region = ap-south-1")
    )
    elsewhere = {"AWS_CONFIG_FILE": "@HOME@/other/config", "AWS_SHARED_CREDENTIALS_FILE": "@HOME@/other/keys"}
    there = {"other/config": section("profile p", "region = ca-central-1"), "other/keys": section("p", keys(TWO))}
    yield Story("files elsewhere", section("profile p", keys(ONE)), None, P | elsewhere, there)
    tilde = {name: value.replace("@HOME@", "~") for name, value in elsewhere.items()}
    yield Story("files elsewhere, by a tilde", None, None, P | tilde, there)
    yield Story("files that are not there", section("default", keys(ONE)), None, HERE | elsewhere)
    yield Story("a file's variable that is empty", section("default", keys(ONE)), None, HERE | {"AWS_CONFIG_FILE": ""})
    yield Story("a folder for a file", None, section("default", keys(ONE)), HERE | {"AWS_CONFIG_FILE": "@HOME@"})


def _variables():
    """What variables say beside files."""
    file = section("default", keys(ONE)) + section("p", keys(TWO))
    env = TWO.environment()
    yield Story("variables before files", None, file, HERE | env)
    yield Story("variables before a profile that is named", None, file, HERE | ONE.environment() | P)
    yield Story("variables before a profile that is not there", None, file, HERE | env | {"AWS_PROFILE": "ghost"})
    yield Story("a profile that is not there", None, file, HERE | {"AWS_PROFILE": "ghost"})
    yield Story("an empty profile", None, file, HERE | {"AWS_PROFILE": ""})
    yield Story("the old name of the profile's variable", None, file, HERE | {"AWS_DEFAULT_PROFILE": "p"})
    yield Story("both names of the profile's variable", None, file, HERE | P | {"AWS_DEFAULT_PROFILE": "default"})
    yield Story("a profile with a blank at its end", None, file, HERE | {"AWS_PROFILE": "p "})
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        yield Story(f"only {name}, and a file", None, file, HERE | {name: "x"})
        yield Story(f"only {name}, and no file", variables=HERE | {name: "x"})
        yield Story(f"an empty {name}, and a file", None, file, HERE | ONE.environment() | {name: ""})
    yield Story("only a session token, and a file", None, file, HERE | {"AWS_SESSION_TOKEN": "x"})
    yield Story("an empty session token", variables=HERE | ONE.environment() | {"AWS_SESSION_TOKEN": ""})
    yield Story("the session token's old name", variables=HERE | ONE.environment() | {"AWS_SECURITY_TOKEN": "old"})
    both = {"AWS_SECURITY_TOKEN": "old", "AWS_SESSION_TOKEN": "new"}
    yield Story("both names of the session token", variables=HERE | ONE.environment() | both)
    yield Story("keys with an end", variables=HERE | ONE.environment() | {"AWS_CREDENTIAL_EXPIRATION": LATER})
    yield Story("a bearer key", variables=HERE | {"AWS_BEARER_TOKEN_BEDROCK": BEARER})
    yield Story("a bearer key before all keys", None, file, HERE | env | {"AWS_BEARER_TOKEN_BEDROCK": BEARER})
    yield Story("an empty bearer key", variables=HERE | env | {"AWS_BEARER_TOKEN_BEDROCK": ""})


def _regions():
    """Where the region stands."""
    profile = section("profile p", keys(ONE), "region = ap-south-1") + section("default", "region = sa-east-1")
    env = ONE.environment()
    yield Story("a region by its variable", variables=env | HERE)
    yield Story("a region by its variable, before the profile's", profile, None, P | HERE)
    yield Story("a region by the profile", profile, None, P)
    yield Story("a region by default's profile", profile, None, env)
    yield Story(
        "a region of another profile is not taken",
        section("profile p", keys(ONE)) + section("default", "region = sa-east-1"),
        None,
        P,
    )
    yield Story("an empty region's variable", profile, None, P | {"AWS_DEFAULT_REGION": ""})
    yield Story("a region in capitals", variables=env | {"AWS_DEFAULT_REGION": "EU-WEST-1"})
    yield Story("a region that nobody knows yet", variables=env | {"AWS_DEFAULT_REGION": "xx-new-9"})
    for bad in ("eu west 1", "eu-west-1/", "-eu", "a.b", "eu_west_1", "x@y", "é"):
        yield Story(f"the region {bad!r}", variables=env | {"AWS_DEFAULT_REGION": bad})
    yield Story("a bad region in a profile", section("profile p", keys(ONE), "region = no good"), None, P)
    yield Story("AWS_REGION", variables=env | {"AWS_REGION": REGION})
    yield Story("AWS_REGION before AWS_DEFAULT_REGION", variables=env | HERE | {"AWS_REGION": "eu-north-1"})
    yield Story("no region", variables=env)


def _addresses():
    """Which server is asked."""
    env, none = ONE.environment() | HERE, {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": None}
    own = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
    service = "[services s]\nbedrock_runtime =\n  endpoint_url = @B@\n"
    yield Story("an address for the service", variables=env | {own: "@B@"})
    yield Story(
        "an address for the service before that for all", variables=env | {own: "@B@", "AWS_ENDPOINT_URL": "@A@"}
    )
    yield Story("an address for all", variables=env | none | {"AWS_ENDPOINT_URL": "@B@"})
    yield Story(
        "an address of the profile",
        section("profile p", "endpoint_url = @B@"),
        None,
        env | none | P | {"AWS_ENDPOINT_URL": None},
    )
    yield Story(
        "an address of the profile, after that of variables", section("profile p", "endpoint_url = @B@"), None, env | P
    )
    yield Story(
        "an address of the profile's services",
        section("profile p", "services = s") + service,
        None,
        env | none | P | {"AWS_ENDPOINT_URL": None},
    )
    yield Story(
        "an address of the profile's services before its own",
        section("profile p", "services = s", "endpoint_url = @A@") + service,
        None,
        env | none | P | {"AWS_ENDPOINT_URL": None},
    )
    yield Story(
        "the variable for all before the profile's services",
        section("profile p", "services = s") + service,
        None,
        env | none | P | {"AWS_ENDPOINT_URL": "@A@"},
    )
    yield Story(
        "services that are not there",
        section("profile p", "services = ghost", "endpoint_url = @B@"),
        None,
        env | none | P | {"AWS_ENDPOINT_URL": None},
    )
    yield Story("addresses to be ignored", variables=env | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"})
    yield Story(
        "addresses to be ignored by the profile",
        section("profile p", "ignore_configured_endpoint_urls = true"),
        None,
        env | P,
    )
    yield Story("addresses not to be ignored", variables=env | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"})
    yield Story("an address with a slash at its end", variables=env | {own: "@B@/"})
    yield Story("an address that is none", variables=env | {own: "nowhere"})
    yield Story("an address that nobody listens at", variables=env | {own: "@DEAD@"})
    yield Story("FIPS beside an address", variables=env | {"AWS_USE_FIPS_ENDPOINT": "true"})
    yield Story("dual stack beside an address", variables=env | {"AWS_USE_DUALSTACK_ENDPOINT": "true"})


def _programs():
    """`credential_process`."""

    def story(name, command, output=process(TWO)):
        text = section("profile p", f"credential_process = {command}")
        return Story(f"a program {name}", text, None, HERE | P, {"out.json": output})

    yield story("that gives keys", "/bin/cat @HOME@/out.json")
    yield story("found by the path", "cat @HOME@/out.json")
    yield story("with an argument in quotes", 'cat "@HOME@/out.json"')
    yield story("with an argument in single quotes", "cat '@HOME@/out.json'")
    yield story("without a session token", "cat @HOME@/out.json", process(ONE))
    yield story("with an end that is to come", "cat @HOME@/out.json", process(TWO, Expiration=LATER))
    yield story("with an end that has come", "cat @HOME@/out.json", process(TWO, Expiration=PAST))
    yield story("with an end that is none", "cat @HOME@/out.json", process(TWO, Expiration="soon"))
    yield story("of another version", "cat @HOME@/out.json", process(TWO, Version=2))
    yield story("of no version", "cat @HOME@/out.json", process(TWO).replace('"Version": 1, ', ""))
    yield story("without a secret", "cat @HOME@/out.json", json.dumps({"Version": 1, "AccessKeyId": "x"}))
    yield story("that prints rubbish", "echo rubbish")
    yield story("that prints nothing", "true")
    yield story("that fails", "false")
    yield story("that is not there", "/nowhere/at/all")
    yield story("with an account", "cat @HOME@/out.json", process(TWO, AccountId="123456789012"))
    yield story("with more than is known", "cat @HOME@/out.json", process(TWO, Other={"a": [1]}))
    yield Story(
        "a program beside keys in the same profile",
        section("profile p", keys(ONE), "credential_process = cat @HOME@/out.json"),
        None,
        HERE | P,
        {"out.json": process(TWO)},
    )
    yield Story(
        "a program beside keys in credentials",
        section("profile p", "credential_process = cat @HOME@/out.json"),
        section("p", keys(ONE)),
        HERE | P,
        {"out.json": process(TWO)},
    )
    yield Story(
        "a program in credentials",
        None,
        section("p", "credential_process = cat @HOME@/out.json"),
        HERE | P,
        {"out.json": process(TWO)},
    )


def _sign_ons():
    """`sso_…`."""
    old = [
        "sso_start_url = " + START,
        f"sso_region = {REGION}",
        "sso_account_id = 123456789012",
        "sso_role_name = Asker",
    ]
    new = ["sso_session = me", "sso_account_id = 123456789012", "sso_role_name = Asker"]
    group = section(
        "sso-session me",
        "sso_start_url = " + START,
        f"sso_region = {REGION}",
        "sso_registration_scopes = sso:account:access",
    )

    def story(name, lines, files, extra=""):
        return Story(f"a sign-on {name}", section("profile p", *lines) + extra, None, HERE | P, files)

    yield story("of old", old, login(START))
    yield story("of old that has ended", old, login(START, expiresAt=PAST))
    yield story("of old that was never made", old, {})
    yield story("of old without a role", old[:3], login(START))
    yield story("by a session", new, login("me"), group)
    yield story("by a session that has ended", new, login("me", expiresAt=PAST), group)
    yield story("by a session that was never made", new, {}, group)
    yield story("by a session that is not there", [new[0], *new[1:]], login("me"))
    yield story("by a session, with equal settings beside", new + old[:2], login("me"), group)
    yield story("by a session, with another region beside", [*new, "sso_region = us-east-1"], login("me"), group)
    yield story(
        "by a session with a blank in its name",
        ["sso_session = my one", *new[1:]],
        login("my one"),
        group.replace("sso-session me", 'sso-session "my one"'),
    )
    yield story("beside keys", [*old, keys(ONE)], login(START))
    yield story("with a cache that is no JSON", old, {next(iter(login(START))): "rubbish"})


def _roles():
    """`role_arn`."""
    role, source = f"role_arn = {ROLE}", section("profile source", keys(ONE))

    def story(name, *lines, more=source, variables=None, files=None):
        text = section("profile p", *lines) + more
        return Story(f"a role {name}", text, None, HERE | P | (variables or {}), files or {})

    yield story("from another profile", role, "source_profile = source")
    yield story("from another profile whose keys are in credentials", role, "source_profile = source", more="")
    yield story("from itself, with keys", role, "source_profile = p", keys(ONE))
    yield story("from itself, without keys", role, "source_profile = p")
    yield story("from nowhere", role)
    yield story("from a profile that is not there", role, "source_profile = ghost")
    yield story(
        "from a profile without keys", role, "source_profile = empty", more=section("profile empty", "region = x")
    )
    yield story("in a circle", role, "source_profile = q", more=section("profile q", role, "source_profile = p"))
    yield story("from two places", role, "source_profile = source", "credential_source = Environment")
    yield story("from a source that nobody knows", role, "credential_source = Moon")
    yield story("from the environment, which is empty", role, "credential_source = Environment")
    yield story("from default", role, "source_profile = default", more=section("default", keys(ONE)))
    yield story(
        "from a program",
        role,
        "source_profile = q",
        more=section("profile q", "credential_process = cat @HOME@/out.json"),
        files={"out.json": process(TWO)},
    )
    yield story(
        "from a program that fails", role, "source_profile = q", more=section("profile q", "credential_process = false")
    )
    yield story("with a duration that is none", role, "source_profile = source", "duration_seconds = soon")
    yield story(
        "that nobody may assume", "role_arn = arn:aws:iam::123456789012:role/Refused", "source_profile = source"
    )
    yield story("that is no ARN", "role_arn = Refused", "source_profile = source")
    yield story("in the same profile as keys, from another", role, "source_profile = source", keys(TWO))
    web = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "@HOME@/token"}
    yield Story("a web identity", variables=HERE | web, files={"token": "web-token"})
    yield Story("a web identity without its file", variables=HERE | web)
    yield Story(
        "a web identity without a role",
        variables=HERE | {"AWS_WEB_IDENTITY_TOKEN_FILE": "@HOME@/token"},
        files={"token": "web-token"},
    )
    yield story("by a web identity", role, "web_identity_token_file = @HOME@/token", files={"token": "web-token"})
    yield story("by a web identity whose file is not there", role, "web_identity_token_file = @HOME@/none")


def _machines():
    """A container's agent, and the instance."""
    agent = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "@AGENT@/creds"}
    instance = {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "@METADATA@"}
    word = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "word"}
    yield Story("a container", variables=HERE | agent | word)
    yield Story(
        "a container with a wrong word", variables=HERE | agent | {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "other"}
    )
    yield Story("a container after a file's keys", None, section("default", keys(ONE)), HERE | agent | word)
    yield Story("a container that is dead", variables=HERE | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "@DEAD@/creds"})
    yield Story(
        "a container elsewhere", variables=HERE | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/creds"}
    )
    yield Story("an instance", variables=HERE | instance)
    yield Story("an instance after a file's keys", None, section("default", keys(ONE)), HERE | instance)
    yield Story("an instance that is dead", variables=HERE | instance | {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "@DEAD@"})
    yield Story(
        "an instance for a profile that is not there",
        None,
        section("default", "x = y"),
        HERE | instance | {"AWS_PROFILE": "ghost"},
    )
    yield Story(
        "an instance for a profile without keys", section("profile p", "output = json"), None, HERE | instance | P
    )


FAILS = ("fails",)
_FIRST = ("keys", ONE.access, None, REGION, "A")
_SECOND = ("keys", TWO.access, TWO.token, REGION, "A")
_SAFE = "a person is told before anything is sent"
_READ = "the SDKs for other languages read it, and no secret is mistaken"
_EMPTY = "an empty variable counts as none, as to the SDKs for other languages"
_NEWER = "the name of today goes before that of old"
# What we do otherwise than botocore: why, and what comes of it.
EXCEPTIONS = {
    "a profile's name: blanks around all": (_READ, _FIRST),
    "a name in credentials: two blanks before it": (_READ, _FIRST),
    "a name in credentials: a blank at the end": (_READ, _FIRST),
    "a profile's name: a bracket within": ("a bracket ends the section's name unless it stands in quotes", FAILS),
    "default twice, with the word and without": (
        "[profile default] goes before [default], as AWS's guide has it",
        _SECOND,
    ),
    "lines: a hash after a value": ("a comment is never part of a secret", _FIRST),
    "lines: a semicolon after a value": ("a comment is never part of a secret", _FIRST),
    "lines: an empty value": (_SAFE, FAILS),
    "lines: the same property twice": (_READ + ": the last one counts", ("keys", THREE.access, None, REGION, "A")),
    "lines: the same property twice, alike": (_READ, _FIRST),
    "lines: both session tokens": (_NEWER, ("keys", ONE.access, "new/token", REGION, "A")),
    "a file with a byte order mark": (_READ, _FIRST),
    "a file with a section twice": (_READ, _FIRST),
    "a file with a section twice, with another key": (_READ + ": the last one counts", _SECOND),
    "a file with an empty section's name": (_READ, _FIRST),
    "a file's variable that is empty": (_EMPTY, _FIRST),
    "an empty profile": (_EMPTY, _FIRST),
    "an empty bearer key": (_EMPTY, _SECOND),
    "an empty region's variable": (_EMPTY, ("keys", ONE.access, None, "ap-south-1", "A")),
    "variables before a profile that is not there": ("variables go before all files in the chain", _SECOND),
    "both names of the profile's variable": (_NEWER, _SECOND),
    "a profile with a blank at its end": ("a name has no blanks around it", _SECOND),
    "only AWS_ACCESS_KEY_ID, and a file": (
        "half a key in the environment is none, as to the SDKs for other languages",
        _FIRST,
    ),
    "an empty AWS_SECRET_ACCESS_KEY, and a file": (_EMPTY, _FIRST),
    "both names of the session token": (_NEWER, ("keys", ONE.access, "new", REGION, "A")),
    "a bearer key": ("botocore sends one over TLS only, we to this machine, too", ("bearer", BEARER, "A")),
    "a bearer key before all keys": (
        "botocore sends one over TLS only, we to this machine, too",
        ("bearer", BEARER, "A"),
    ),
    "a region in capitals": (_SAFE, FAILS),
    "FIPS beside an address": (_SAFE + ": whether that address keeps to FIPS is not known", FAILS),
    "dual stack beside an address": (_SAFE + ", as AWS's rules for endpoints have it", FAILS),
    "a role with a duration that is none": (_SAFE, FAILS),
    "a region of another profile is not taken": (
        "without a region there is us-east-1",
        _FIRST[:3] + ("us-east-1", "A"),
    ),
    "no region": ("without a region there is us-east-1", _FIRST[:3] + ("us-east-1", "A")),
    "AWS_REGION": ("botocore alone does not read AWS_REGION", _FIRST),
    "AWS_REGION before AWS_DEFAULT_REGION": (
        "botocore alone does not read AWS_REGION",
        _FIRST[:3] + ("eu-north-1", "A"),
    ),
}


def all_stories():
    """The whole table."""
    kinds = (_names, _lines, _files, _variables, _regions, _addresses, _programs, _sign_ons, _roles, _machines)
    return [story for kind in kinds for story in kind()]
