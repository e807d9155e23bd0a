"""Random credentials, models and words: ordinary ones, and those that other people's signing code broke on."""

import string

from .signing import Keys

# Regions by the partition that their ARNs name.
PARTITIONS = {
    "aws": "us-east-1 us-west-2 eu-central-1 eu-west-3 ap-northeast-1 ap-southeast-2 ca-central-1 sa-east-1".split(),
    "aws-us-gov": ["us-gov-west-1", "us-gov-east-1"],
    "aws-cn": ["cn-north-1", "cn-northwest-1"],
    "aws-eusc": ["eusc-de-east-1"],
    "aws-iso": ["us-iso-east-1"],
}
_PARTITION_OF = {region: partition for partition, regions in PARTITIONS.items() for region in regions}

_BASE64 = string.ascii_letters + string.digits + "/+="
# Each of these has a meaning in a URL, a header, a query, a shell or a path somewhere.
_ODD = "/:%+=&?#;@, ~()'\"<>\\^`{}|!*$[]-_.\t\u00e9\u00fc\u00df\u6a21\u578b\u0431\U0001f989\u200d"
_WORDS = [
    *"why is the sky blue Grüße naïve 模型 Привет 🦉 👩‍💻 שלום </script> a+b=c/d?e&f%20".split(),
    *("e\u0301", '"quoted"', "back\\slash", "tab\there", "line\nbreak", "\u2028", "\x7f"),
]


def _from(random, alphabet, least, most):
    return "".join(random.choices(alphabet, k=random.randint(least, most)))


class Samples:
    """Draws samples by one source of randomness, so that a seed repeats them all."""

    def __init__(self, random):
        self.random = random
        # For servers, whose threads draw in any order, which must not change what is drawn here.
        self.cuts = type(random)(0)

    def keys(self):
        """AWS keys, half of them temporary; secrets and tokens have the characters that must not be decoded."""
        random = self.random
        secret = _from(random, _BASE64, 30, 40) + random.choice(["/", "+", "=", "//", "+/=", "%2B"])
        access = random.choice(["AKIA", "ASIA"]) + _from(random, string.ascii_uppercase + string.digits, 16, 16)
        token = _from(random, _BASE64, 100, 900) if random.random() < 0.5 else None
        return Keys(access, secret, token)

    def region(self):
        """A region of any partition."""
        return self.random.choice(list(_PARTITION_OF))

    def words(self, least=1, most=20):
        """Some words."""
        return " ".join(self.random.choices(_WORDS, k=self.random.randint(least, most)))

    def betas(self):
        """Names of features in trial; mostly none."""
        return self.random.sample(["context-1m-2025-08-07", "my-beta-1", "other-2025-01-01"], self.random.randint(0, 3))

    def model(self, region):
        """A model's name as Bedrock knows it, and the region that a request for it must be signed for.

        The names are ids and ARNs, which the program sends as they are; an ARN is good in its own region only.
        """
        random = self.random
        kind = random.randrange(4)
        geography = random.choice(["", "us.", "eu.", "apac.", "us-gov.", "global."])
        version = random.choice(["-v1:0", "-v2:0", "-v1", "", "-v2:0:200k"])
        name = f"{geography}anthropic.claude-{random.choice(['sonnet', 'opus', 'x'])}-{random.randint(3, 9)}{version}"
        if kind < 2:
            return name, region
        if kind == 2:
            own = self.region() if random.random() < 0.5 else region
            resource = random.choice(
                [
                    f"inference-profile/{name}",
                    f"foundation-model/{name}",
                    f"application-inference-profile/{_from(random, string.ascii_lowercase + string.digits, 12, 12)}",
                    f"provisioned-model/{_from(random, _ODD, 1, 12).strip()}x",
                    f"custom-model/anthropic.claude/{_from(random, string.ascii_lowercase, 1, 12)}",
                ]
            )
            return f"arn:{_PARTITION_OF[own]}:bedrock:{own}:{random.randint(0, 10**12 - 1):012}:{resource}", own
        # It begins and ends with a letter: blanks around a name do not count, and `[1m]` at its end is no part of it.
        return f"anthropic.{_from(random, _ODD + string.ascii_letters, 1, 40)}z", region
