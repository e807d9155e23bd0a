"""What `auth/status` says of a verified set-up where services answer in all their ways, beside what a run comes to."""

import json
import pathlib
import tempfile

from . import frames, setups
from .loopback import Reply, Server
from .setups import Services
from .stories import HERE, ONE, P, keys, section

KEY = "sk-ant-canary-of-status"
HTML = {"Content-Type": "text/html"}


def _api_error(status, kind, message):
    error = {"type": "error", "error": {"type": kind, "message": message}}
    return setups.json_reply(error, status)


# What the services answer, by what somebody would call it.
_AWS = {
    "a key that nobody knows": frames.refusal(403, "UnrecognizedClientException", "The security token is invalid."),
    "a signature that is wrong": frames.refusal(403, "InvalidSignatureException", "does not match"),
    "a token that has ended": frames.refusal(403, "ExpiredTokenException", "The security token has expired"),
    "a policy that denies": frames.refusal(403, "AccessDeniedException", "is not authorized to perform"),
    "an account without the model": frames.refusal(403, "AccessDeniedException", "You don't have access to the model"),
    "a form for its first use": frames.refusal(
        404, "ResourceNotFoundException", "use case details have not been submitted"
    ),
    "a throttled account": frames.refusal(429, "ThrottlingException", "Too many requests"),
    "a service that fails": frames.refusal(500, "InternalServerException", "x"),
    "a service that is overloaded": frames.refusal(503, "ServiceUnavailableException", "x"),
    "a bad gateway": Reply(502, HTML, b"<html>Bad Gateway</html>"),
    "a login page": Reply(200, HTML, b"<html>Please log in</html>"),
    "a portal's redirect": Reply(302, {"Location": "http://127.0.0.1:9/login"}),
    "no content": Reply(204),
    "an empty answer": Reply(200, {"Content-Type": "application/json"}),
    "a proxy that wants a password": Reply(407, HTML, b"<html>Proxy Authentication Required</html>"),
    "nothing at that path": Reply(404, HTML, b"<html>Not Found</html>"),
}
_API = {
    "a key that nobody knows": _api_error(401, "authentication_error", "invalid x-api-key"),
    "a key without rights": _api_error(403, "permission_error", "Your API key does not have permission"),
    "a workspace that is closed": _api_error(403, "permission_error", "This organization has been disabled."),
    "no credit": _api_error(
        400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."
    ),
    "a rate limit": _api_error(429, "rate_limit_error", "This request would exceed your rate limit"),
    "a service that fails": _api_error(500, "api_error", "Internal server error"),
    "a service that is overloaded": _api_error(529, "overloaded_error", "Overloaded"),
    "a bad gateway": Reply(502, HTML, b"<html>Bad Gateway</html>"),
    "a login page": Reply(200, HTML, b"<html>Please log in</html>"),
    "a portal's redirect": Reply(302, {"Location": "http://127.0.0.1:9/login"}),
    "no content": Reply(204),
    "an empty answer": Reply(200, {"Content-Type": "application/json"}),
    "nothing at that path": Reply(404, HTML, b"<html>Not Found</html>"),
}
# After these the credentials are known to be good.
_LET_IN = ("without the model", "its first use", "throttled", "rate limit", "no credit")
# Set-ups that work, so that nobody is called bad who is good.
_GOOD = {
    "keys": ONE.environment(),
    "a bearer key": {"AWS_BEARER_TOKEN_BEDROCK": "good-bearer"},
    "no signature": {"CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1"},
    "a profile": P,
}
_GOOD_API = {
    "a key": {"ANTHROPIC_API_KEY": KEY},
    "a token": {"ANTHROPIC_AUTH_TOKEN": KEY},
    "a gateway's own header": {"ANTHROPIC_CUSTOM_HEADERS": f"X-Gateway-Key: {KEY}"},
    "a base with a path": {"ANTHROPIC_API_KEY": KEY, "PATH_OF_BASE": "/v1/"},
}
_BAD_API = {
    "no key": {},
    "an empty key": {"ANTHROPIC_API_KEY": ""},
    "a key with a line end within": {"ANTHROPIC_API_KEY": "a\nb"},
    "an address that is none": {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "nowhere"},
    "an address that nobody listens at": {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "@DEAD@"},
    "an address without the TLS it promises": {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "https:@API@"},
    "a proxy that nobody listens at": {"ANTHROPIC_API_KEY": KEY, "HTTP_PROXY": "@DEAD@", "http_proxy": "@DEAD@"},
    "a CA file that is not there": {
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": "https:@API@",
        "NODE_EXTRA_CA_CERTS": "@HOME@/none.pem",
    },
}


def run(report, path, _, samples):
    """All set-ups, in both modes."""
    with Services(samples) as services, report.section("what auth/status says, beside a run"):

        def check(name, mode, variables, expected):
            with tempfile.TemporaryDirectory() as folder, report.case(name) as case:
                home = pathlib.Path(folder)
                (home / ".aws").mkdir()
                (home / ".aws/credentials").write_text(section("p", keys(ONE)))
                _check(case, path, services, services.variables(home, HERE | variables), name, mode, expected)

        for name, reply in _AWS.items():
            services.bedrock = lambda _, reply=reply: reply
            check(f"Bedrock: {name}", "bedrock", ONE.environment(), False)
        services.bedrock = None
        for name, variables in _GOOD.items():
            check(f"Bedrock works: {name}", "bedrock", variables, True)

        answer = {"is": None}
        with Server(lambda request: answer["is"] or _anthropic(request, samples)) as api:
            base = {"ANTHROPIC_BASE_URL": api.url}
            for name, reply in _API.items():
                answer["is"] = reply
                check(f"the API: {name}", "anthropic", base | {"ANTHROPIC_API_KEY": KEY}, False)
            answer["is"] = None
            for name, variables in _GOOD_API.items():
                tail = variables.get("PATH_OF_BASE", "")
                own = {name: value for name, value in variables.items() if name != "PATH_OF_BASE"}
                check(f"the API works: {name}", "anthropic", {"ANTHROPIC_BASE_URL": api.url + tail} | own, True)
            for name, variables in _BAD_API.items():
                own = {key: value.replace("https:@API@", "https" + api.url[4:]) for key, value in variables.items()}
                check(f"the API: {name}", "anthropic", base | own, False)


def _anthropic(request, samples):
    """The API's answer to whoever shows the key."""
    if not any(KEY in value for _, value in request.headers):
        return _api_error(401, "authentication_error", "invalid x-api-key")
    if request.path.rstrip("/") != "/v1/messages":
        return _api_error(404, "not_found_error", "Not Found")
    if request.method == "POST" and json.loads(request.body).get("stream"):
        return frames.anthropic_answer("Well.", samples.cuts)
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn"}
    message |= {"content": [{"type": "text", "text": "Well."}], "usage": {"input_tokens": 1, "output_tokens": 1}}
    return setups.json_reply(message)


def _check(case, path, services, variables, name, mode, expected):
    status, answer, _ = setups.by_program(path, services, variables, mode)
    (one,) = [one for one in status["result"]["providers"] if one["id"] == mode]
    works = "result" in answer
    case.equal(f"the run ({answer})", works, expected)
    case.equal(f"the state ({one})", one["state"] == "verified", works)
    # Whom the service itself lets in is let in, though this call was refused for another reason.
    is_let_in = any(word in name for word in _LET_IN)
    case.equal(f"authenticated ({status['result']})", status["result"]["authenticated"], works or is_let_in)
    if not works:
        case.true(f"nothing is said of why: {one}, {status['result']}", one.get("error") or one.get("missing"))
    shown = json.dumps([status, answer])
    case.true(f"a secret is shown: {shown}", ONE.secret not in shown and KEY not in shown)
