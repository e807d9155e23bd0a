"""Signatures, computed and judged by botocore's own code."""

import dataclasses
import datetime
import re
import threading
from unittest import mock

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# What botocore adds itself when it signs.
_ADDED = {"authorization", "x-amz-date", "x-amz-security-token"}
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, "
    r"SignedHeaders=(?P<headers>[^,]+), Signature=(?P<signature>[0-9a-f]{64})"
)
_clock = threading.Lock()


def is_refused(beta, model):
    """Whether Bedrock is known to refuse a beta with a model: the long window is of the fourth generation and later.

    Of a line that nobody knows nothing is known.
    """
    return beta.startswith("context-1m") and re.search(r"claude-(?:(?:sonnet|opus|haiku)-)?3(?!\d)", model) is not None


@dataclasses.dataclass(frozen=True)
class Keys:
    """AWS credentials."""

    access: str
    secret: str
    token: str | None = None

    def environment(self):
        """The variables that hold them."""
        variables = {"AWS_ACCESS_KEY_ID": self.access, "AWS_SECRET_ACCESS_KEY": self.secret}
        return variables | ({"AWS_SESSION_TOKEN": self.token} if self.token else {})


@dataclasses.dataclass(frozen=True)
class Claim:
    """What an `Authorization` header says of itself."""

    key: str
    day: str
    region: str
    service: str
    headers: frozenset[str]
    signature: str

    @staticmethod
    def of(request):
        """The claim of a request.

        :raises ValueError: when the request has none, or one that AWS would not read.
        """
        match = _AUTHORIZATION.fullmatch(request["authorization"] or "")
        if match is None:
            raise ValueError("the request has no Authorization of Signature Version 4")
        parts = match.groupdict()
        return Claim(**parts | {"headers": frozenset(parts["headers"].split(";"))})


def moment(request):
    """When a request says that it was signed."""
    return datetime.datetime.strptime(request["x-amz-date"] or "", SIGV4_TIMESTAMP)


def authorization(request, keys, region, service):
    """The whole `Authorization` that botocore writes for a request as it came over the wire.

    botocore signs nearly every header that it is given, so it is given those that the request says are signed. The
    date, the session token and the host are left to it: it must come to the same by itself.
    """
    signed = Claim.of(request).headers - _ADDED - {"host"}
    theirs = AWSRequest(
        method=request.method,
        url=request.url,
        headers={name: value for name, value in request.headers if name.lower() in signed},
        data=request.body,
    )
    # The clock is a module's function there; the lock is for servers, whose requests come on many threads.
    with _clock, mock.patch("botocore.auth.get_current_datetime", lambda: moment(request)):
        SigV4Auth(Credentials(keys.access, keys.secret, keys.token), service, region).add_auth(theirs)
    return theirs.headers["Authorization"]


def check(case, request, keys, region, service="bedrock"):
    """A request must be signed by these keys, for this region, and all that AWS wants signed must be."""
    claim = Claim.of(request)
    case.equal("access key", claim.key, keys.access)
    case.equal("scope", (claim.region, claim.service), (region, service))
    case.equal("Authorization", request["authorization"], authorization(request, keys, region, service))
    case.equal("session token", request["x-amz-security-token"], keys.token)
    wanted = {name for name in request.names if name.startswith("x-amz")} | {"host"}
    wanted |= request.names & {"content-type", "accept"}
    case.equal("headers that had to be signed and are not", wanted - claim.headers, set())
    case.equal("headers that are signed and did not come", claim.headers - request.names, set())
    changeable = {"user-agent", "content-length", "traceparent", "accept-encoding", "connection"}
    case.equal("signed headers that a proxy may change", claim.headers & changeable, set())
