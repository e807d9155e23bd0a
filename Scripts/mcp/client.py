"""A client of the program with MCP servers to give, over a pipe, in either of two dialects."""

import contextlib
import json
import os
import signal
import sys
import time

from talk import Talk

# The longest that an answer may take on a busy machine, in seconds; no check waits for it to pass.
ANSWER_MAX = 90


class Client(Talk):
    """A process of the program, and a session in it."""

    answer_max = ANSWER_MAX
    first_id = 1

    def __init__(self, program, variables, folder, servers, *, choice="allow_once", arguments=()):
        self.folder = folder
        self._errors = open(folder.parent / "errors.txt", "a+b")
        super().__init__([program, *arguments], variables, folder, choice, stderr=self._errors)
        self.session = self.begin(servers)

    def close(self):
        # A program that is gone takes nothing more, not even the end of its input.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        return super().close()

    def drop(self):
        status = super().drop()
        self._errors.close()
        return status

    def errors(self):
        """What the program has said to people."""
        self._errors.seek(0)
        return self._errors.read().decode()

    def ended(self):
        return f"{super().ended()}: {self.errors()[-500:]}"

    def reply(self, method, params):
        # Whoever has closed the pipe answers nothing more.
        return None if self.process.stdin.closed else super().reply(method, params)

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
        self.notify("session/cancel", {"sessionId": self.session})

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


def kill(mark):
    """Ends the processes that have a mark."""
    for pid in marked(mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


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
