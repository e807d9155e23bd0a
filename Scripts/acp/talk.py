"""The least of a client: lines of JSON over a pipe, in any dialect."""

import json
import os
import subprocess
import threading

# The longest that an answer may take on a busy machine, in seconds; no check waits for it to pass.
ANSWER_MAX = 60


class Talk:
    """A process that is spoken to; `told` has the notifications that came, `asked` the requests."""

    def __init__(self, command, variables, cwd, choice="allow_once", **settings):
        self.process = subprocess.Popen(
            command, env=variables, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **settings
        )
        self.told, self.asked = [], []
        # How permissions are answered; `None` leaves a question open.
        self.choice = choice
        self._answers, self._count = {}, -1
        # A program that says nothing is ended, so that reading comes to an end, too.
        self._watch = threading.Timer(ANSWER_MAX, self.process.kill)
        self._watch.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes the program's input, and reads what still comes: the exit status."""
        self.process.stdin.close()
        while not self.process.stdout.closed and self._read():
            pass
        status = self.process.wait()
        self._watch.cancel()
        self.process.stdout.close()
        return status

    def drop(self):
        """Waits for nothing any more: somebody else has ended the program."""
        self.process.wait()
        self._watch.cancel()

    def write(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self.process.stdin.flush()

    def notify(self, method, params):
        self.write({"method": method, "params": params})

    def request(self, method, params):
        """Asks: the request's id."""
        self._count += 1
        self.write({"id": self._count, "method": method, "params": params})
        return self._count

    def answer(self, number):
        """The answer to a request, all of it."""
        while number not in self._answers:
            if not self._read():
                raise EOFError(f"the program ended with status {self.process.wait()}")
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
                raise EOFError(f"the program ended with status {self.process.wait()}")

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
            if (result := self._permission(message)) is not None:
                self.write({"id": message["id"], **result})
        return True

    def _permission(self, message):
        if self.choice is None:
            return None
        if message["method"] == "session/request_permission":
            return {"result": {"outcome": {"outcome": "selected", "optionId": self.choice}}}
        if message["method"] == "permission/request":
            kinds = {option["optionId"]: option["kind"] for option in message["params"]["options"]}
            wanted = self.choice.split("_")[0] + self.choice.split("_")[1].capitalize()
            return {"result": {"optionId": next(name for name, kind in kinds.items() if kind == wanted)}}
        return {"error": {"code": -32601, "message": "not here"}}


def environment(home, **variables):
    """The whole environment of a process: nothing of the caller's own."""
    usual = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true"}
    return usual | variables


class ACP(Talk):
    """The same in the words of the Agent Client Protocol."""

    def begin(self, cwd):
        """The first words, and a session."""
        self.call("initialize", {"protocolVersion": 1})
        return self.call("session/new", {"cwd": str(cwd), "mcpServers": []})["sessionId"]

    def prompt(self, session, text):
        """Begins a prompt: the request's id."""
        prompt = [{"type": "text", "text": text}]
        return self.request("session/prompt", {"sessionId": session, "prompt": prompt})

    def updates(self, *kinds):
        """The updates of these kinds that came."""
        all_of_them = [one["params"]["update"] for one in self.told if one["method"] == "session/update"]
        return [one for one in all_of_them if not kinds or one["sessionUpdate"] in kinds]

    def text(self):
        """What was said."""
        return "".join(one["content"]["text"] for one in self.updates("agent_message_chunk"))
