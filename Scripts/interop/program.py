"""The program under test: asked once, or spoken to over its pipe."""

import json
import subprocess
import tempfile
import threading

# Nothing listens there: whatever should lead to AWS, and was not given an address by a check, ends at once.
NOWHERE = "http://127.0.0.1:9"
# The longest that an answer may take on a busy machine, in seconds; no check waits for it to pass.
ANSWER_MAX = 60


def environment(home, **variables):
    """The whole environment of a process: nothing of the caller's own, and nothing that leads off the machine."""
    usual = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": NOWHERE,
        "ANTHROPIC_BASE_URL": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
    }
    return {name: value for name, value in (usual | variables).items() if value is not None}


def ask_once(program, variables, *arguments):
    """Runs the program for one question: its exit status, what it printed, and what it said of errors."""
    command = [program, *arguments]
    done = subprocess.run(
        command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, timeout=ANSWER_MAX, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Conversation:
    """A process that is spoken to in lines of JSON."""

    def __init__(self, program, variables, *arguments):
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [program, "--stdio", "--framing", "lines", *arguments],
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        # A program that says nothing is ended, so that reading its output comes to an end, too.
        self._watch = threading.Timer(ANSWER_MAX, self._process.kill)
        self._watch.start()
        self._count = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.stdout.read()
        self._process.wait()
        self._watch.cancel()
        self._errors.close()

    def call_all(self, calls):
        """Sends requests in one go, and gives their answers in the order of the requests, whatever came first."""
        first = self._count
        self._count += len(calls)
        lines = [
            json.dumps({"jsonrpc": "2.0", "id": first + place, "method": method, "params": params}) + "\n"
            for place, (method, params) in enumerate(calls)
        ]
        self._process.stdin.write("".join(lines).encode())
        self._process.stdin.flush()
        answers = {}
        while len(answers) < len(calls):
            line = self._process.stdout.readline()
            if not line:
                self._errors.seek(0)
                raise RuntimeError(f"the program ended without an answer: {self._errors.read().decode()}")
            message = json.loads(line)
            if "id" in message and "method" not in message:
                answers[message["id"]] = message
        return [answers[first + place] for place in range(len(calls))]

    def call(self, method, params):
        """Sends one request: its result.

        :raises RuntimeError: when the answer is an error.
        """
        answer = self.call_all([(method, params)])[0]
        if "error" in answer:
            raise RuntimeError(f"{method} was answered with {answer['error']}")
        return answer["result"]
