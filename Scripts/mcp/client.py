"""A client of the program with MCP servers to give, over a pipe, in either of two dialects."""

import json
import os
import subprocess
import sys
import threading
import time

# The longest that an answer may take on a busy machine, in seconds; no check waits for it to pass.
ANSWER_MAX = 90


class Client:
    """A process of the program, and a session in it; what is said and asked is kept in `told` and `asked`."""

    def __init__(self, program, variables, folder, servers, *, choice="allow", arguments=()):
        self.folder, self.choice = folder, choice
        self.told, self.asked = [], []
        self._answers, self._count = {}, 0
        self._errors = open(folder.parent / "errors.txt", "a+b")
        self.process = subprocess.Popen(
            [program, *arguments],
            env=variables,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        # A program that says nothing is ended, so that reading comes to an end, too.
        self._watch = threading.Timer(ANSWER_MAX, self.process.kill)
        self._watch.start()
        self.session = self.begin(servers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Closes the program's input, and reads what still comes: the exit status."""
        if not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        while self._read():
            pass
        return self.drop()

    def drop(self):
        """Waits for the end of a program that is ended otherwise: the exit status."""
        status = self.process.wait(ANSWER_MAX)
        self._watch.cancel()
        self._errors.close()
        return status

    def errors(self):
        """What the program has said to people."""
        self._errors.seek(0)
        return self._errors.read().decode()

    def _write(self, message):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self.process.stdin.flush()

    def request(self, method, params):
        """Asks: the request's id."""
        self._count += 1
        self._write({"id": self._count, "method": method, "params": params})
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
                raise EOFError(f"the program ended with {self.process.wait()}: {self.errors()[-500:]}")

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
            answer = self.reply(message["method"], message["params"]) if self.choice else None
            # Whoever has closed the pipe answers nothing more.
            if answer is not None and not self.process.stdin.closed:
                self._write({"id": message["id"], **answer})
        return True

    def forget(self):
        """Forgets what was told and asked."""
        self.told.clear()
        self.asked.clear()

    def has_begun(self):
        """Whether a call was asked about, and allowed, since."""
        return bool(self.asked)

    def meet(self, *servers):
        """Prompts, which starts servers, and waits until these are ready, as they may still start when it is answered."""
        self.prompt("PLAY []")
        last = time.monotonic() + ANSWER_MAX / 2
        while time.monotonic() < last:
            states = {one["name"]: one["state"] for one in self.state()["servers"]}
            if all(states.get(name) == "ready" for name in servers):
                return
            time.sleep(0.05)
        raise TimeoutError(f"they do not get ready: {self.state()}")


class Native(Client):
    """In the words of the specification."""

    def begin(self, servers):
        """The first words, and a session: its name."""
        self.call("initialize", {"capabilities": {"permission": True}})
        given = {}
        for server in servers:
            server = dict(server)
            given[server.pop("name")] = server
        return self.call("session/new", {"cwd": str(self.folder), "mcpServers": given})["sessionId"]

    def start(self, text):
        """Begins a prompt: the request's id."""
        return self.request("agent/run", {"sessionId": self.session, "prompt": text})

    def prompt(self, text):
        """A prompt, and how it ended."""
        return self.call("agent/run", {"sessionId": self.session, "prompt": text})["stopReason"]

    def cancel(self):
        """Takes the prompt back."""
        self.call("agent/cancel", {"sessionId": self.session})

    def reply(self, method, params):
        """How the person answers."""
        if method == "permission/request":
            kind = "allowOnce" if self.choice == "allow" else "rejectOnce"
            return {"result": {"optionId": next(o["optionId"] for o in params["options"] if o["kind"] == kind)}}
        return {"error": {"code": -32601, "message": "not here"}}

    def events(self, kind):
        """What was told of that kind."""
        return [one["params"] for one in self.told if one["params"].get("type") == kind]

    def output(self):
        """What calls have shown while they were at work."""
        return " ".join(one.get("text", "") for one in self.events("toolOutputDelta"))

    def state(self):
        """What is told of the servers."""
        return self.call("mcp/list", {"sessionId": self.session})

    def restart(self, name):
        """Ends a server, and starts it again."""
        return self.call("mcp/restart", {"sessionId": self.session, "name": name})


class ACP(Client):
    """In the words of the Agent Client Protocol."""

    def begin(self, servers):
        """The first words, and a session: its name."""
        self.call("initialize", {"protocolVersion": 1})
        given = []
        for server in servers:
            pairs = {"headers" if "url" in server else "env": []}
            for kind in pairs:
                pairs[kind] = [{"name": name, "value": value} for name, value in server.get(kind, {}).items()]
            entry = {key: server[key] for key in ("name", "type", "url", "command", "args") if key in server}
            given.append(entry | pairs)
        return self.call("session/new", {"cwd": str(self.folder), "mcpServers": given})["sessionId"]

    def start(self, text):
        """Begins a prompt: the request's id."""
        prompt = [{"type": "text", "text": text}]
        return self.request("session/prompt", {"sessionId": self.session, "prompt": prompt})

    def prompt(self, text):
        """A prompt, and how it ended, in the native word."""
        reason = self.answer(self.start(text))["result"]["stopReason"]
        return {"end_turn": "endTurn"}.get(reason, reason)

    def cancel(self):
        """Takes the prompt back."""
        self._write({"method": "session/cancel", "params": {"sessionId": self.session}})

    def reply(self, method, params):
        """How the person answers."""
        if method == "session/request_permission":
            kind = "allow_once" if self.choice == "allow" else "reject_once"
            option = next(o["optionId"] for o in params["options"] if o["kind"] == kind)
            return {"result": {"outcome": {"outcome": "selected", "optionId": option}}}
        return {"error": {"code": -32601, "message": "not here"}}

    def updates(self, kind):
        """What was told of that kind."""
        all_of_them = [one["params"].get("update", {}) for one in self.told]
        return [one for one in all_of_them if one.get("sessionUpdate") == kind]

    def output(self):
        """What calls have shown while they were at work."""
        shown = [one for one in self.updates("tool_call_update") if one.get("status") == "in_progress"]
        return json.dumps([one.get("content") for one in shown])

    def state(self):
        """What is told of the servers."""
        return self.call("_mcp/list", {"sessionId": self.session})

    def restart(self, name):
        """Ends a server, and starts it again."""
        return self.call("_mcp/restart", {"sessionId": self.session, "name": name})


def environment(home, **variables):
    """The whole environment of a process: nothing of the caller's own."""
    usual = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true"}
    return usual | variables


def marked(mark):
    """The processes that have a mark among their words: `{pid: words}`."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
            with open(f"/proc/{name}/stat", "rb") as file:
                is_dead = file.read().rpartition(b")")[2].split()[0] == b"Z"
        except OSError:
            continue
        if mark.encode() in words and not is_dead:
            found[int(name)] = b" ".join(words).decode(errors="replace").strip()[-160:]
    return found


def until(holds, seconds=20):
    """Waits for something, at most that long: whether it came."""
    last = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > last:
            return False
        time.sleep(0.02)
    return True


def note(text):
    """Says something on the way."""
    print(f"  {text}", file=sys.stderr, flush=True)


# The dialects to check in; MCP_DIALECT names one.
DIALECTS = [one for one in (Native, ACP) if os.environ.get("MCP_DIALECT", one.__name__) == one.__name__]
