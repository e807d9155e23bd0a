"""The least of a client: lines of JSON over a pipe, in any dialect."""

import json
import os
import subprocess
import threading

# The longest that an answer may take on a busy machine, in seconds; no check waits for it to pass.
ANSWER_MAX = 60


class Talk:
    """A process that is spoken to; `told` has the notifications that came, `asked` the requests."""

    answer_max = ANSWER_MAX
    first_id = 0

    def __init__(self, command, variables, cwd, choice="allow_once", **settings):
        self.process = subprocess.Popen(
            command, env=variables, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **settings
        )
        self.told, self.asked = [], []
        # The kind of option that permissions are answered with; `None` leaves a question open.
        self.choice = choice
        self._answers, self._count = {}, self.first_id - 1
        self._watch = None
        self._arm()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes the program's input, and reads what still comes: the exit status."""
        self._arm()
        self.process.stdin.close()
        while not self.process.stdout.closed and self._read():
            pass
        status = self.drop()
        self.process.stdout.close()
        return status

    def drop(self):
        """Waits for the end of a program that is ended otherwise: the exit status."""
        status = self.process.wait(self.answer_max)
        self._watch.cancel()
        return status

    def write(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self.process.stdin.flush()

    def notify(self, method, params):
        self.write({"method": method, "params": params})

    def request(self, method, params):
        """Asks: the request's id."""
        self._arm()
        self._count += 1
        self.write({"id": self._count, "method": method, "params": params})
        return self._count

    def answer(self, number):
        """The answer to a request, all of it."""
        self.until(lambda: number in self._answers)
        return self._answers.pop(number)

    def call(self, method, params):
        """Asks, and gives the result.

        :raises RuntimeError: when the answer is an error.
        """
        answer = self.answer(self.request(method, params))
        if "error" in answer:
            raise RuntimeError(f"{method} was answered with {answer['error']}")
        return answer["result"]

    def until(self, holds):
        """Reads on until something holds."""
        while not holds():
            if not self._read():
                raise EOFError(self.ended())

    def ended(self):
        """What there is to say of a program that has ended too early."""
        return f"the program ended with status {self.process.wait()}"

    def reply(self, method, params):
        """How the person answers in either dialect; `None` for not at all."""
        if self.choice is None:
            return None
        if method not in ("session/request_permission", "permission/request"):
            return {"error": {"code": -32601, "message": "not here"}}
        kind = _plain(self.choice)
        selected = {"optionId": next(one["optionId"] for one in params["options"] if _plain(one["kind"]) == kind)}
        if method == "permission/request":
            return {"result": selected}
        return {"result": {"outcome": {"outcome": "selected", **selected}}}

    def _arm(self):
        """Gives the program its time anew; one that says nothing is ended, so that reading comes to an end, too."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = threading.Timer(self.answer_max, self.process.kill)
        self._watch.start()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            return False
        message = json.loads(line)
        if "method" not in message:
            self._answers[message["id"]] = message
        elif "id" not in message:
            self.told.append(message)
        else:
            self.asked.append(message)
            answer = self.reply(message["method"], message.get("params"))
            if answer is not None:
                self.write({"id": message["id"], **answer})
        return True


def _plain(kind):
    """An option's kind, which the dialects write as `allow_once` and `allowOnce`."""
    return kind.replace("_", "").lower()


def environment(home, **variables):
    """The whole environment of a process: nothing of the caller's own."""
    usual = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true"}
    return usual | variables
