#!/usr/bin/env python3
"""Plays ordinary days of a session, which were written for the native dialect, through the Agent Client Protocol.

Usage: days.py PROGRAM [NAME…]. The days are a file `scenarios.py` that is named by SCENARIOS, or lies in a folder beside
this repository; without one there is nothing to do, which is said. It has a class `Server` that speaks to the program,
`play(NAME, BEDROCK)` and `SCENARIOS`; here `Server` says the same in the other dialect. What that has no words for goes
behind an underscore, and is counted.
"""

import collections
import concurrent.futures
import importlib.util
import json
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
STOPS = {"end_turn": "endTurn", "max_tokens": "maxTokens", "max_turn_requests": "maxTurns"}
said = collections.Counter()


def found():
    """Where the days are; `None` for nowhere."""
    named = os.environ.get("SCENARIOS")
    return pathlib.Path(named) if named else next(iter(sorted(ROOT.parent.glob("*/*/scenarios.py"))), None)


def in_acp(server):
    """The class that speaks to the program, in the words of the Agent Client Protocol."""

    class Editor(server):
        """Takes native calls and makes them what an editor would do."""

        def __init__(self, *arguments, **settings):
            super().__init__(*arguments, **settings)
            # By the number that was given out: how the other dialect's answer is told in the native one.
            self._readers = {}
            self._ask("initialize", {"protocolVersion": 1})

        def _begin(self, method, params, read=lambda result: result):
            said[method] += 1
            self.n += 1
            message = {"jsonrpc": "2.0", "id": self.n, "method": method, "params": params}
            self.p.stdin.write(json.dumps(message).encode() + b"\n")
            self._readers[self.n] = read
            return self.n

        def _ask(self, method, params, read=lambda result: result):
            return self.wait(self._begin(method, params, read))

        def wait(self, number):
            while True:
                line = self.out.readline()
                if not line:
                    raise EOFError(f"the server ended with status {self.p.wait()}")
                message = json.loads(line)
                if "method" in message and "id" in message:
                    self._answer(message)
                elif "method" not in message and message["id"] == number:
                    if "result" in message:
                        message["result"] = self._readers.pop(number)(message["result"])
                    return message

        def _answer(self, message):
            refused = {"error": {"code": -32601, "message": "not here"}}
            allowed = {"result": {"outcome": {"outcome": "selected", "optionId": "allow_once"}}}
            answer = allowed if message["method"] == "session/request_permission" else refused
            self.p.stdin.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}).encode() + b"\n")

        def send(self, method, params=None):
            params = params or {}
            words = getattr(self, "_" + method.replace("/", "_"), None)
            return words(params) if words else self._begin("_" + method, params)

        def _session_new(self, params):
            number = self._begin("session/new", {"cwd": self.cwd, "mcpServers": []})
            answer = self.wait(number)
            session = answer["result"]["sessionId"]
            if "model" in params:
                self._agent_switchModel({"sessionId": session, "model": params["model"]})
            # Answered already: it is given again to whoever waits for it.
            return self._again(answer)

        def _again(self, answer):
            self._readers[answer["id"]] = None
            self._kept = answer
            return answer["id"]

        def _agent_switchModel(self, params):
            chosen = {"configId": "model", "sessionId": params["sessionId"], "value": params["model"]}
            answer = self.wait(self._begin("session/set_config_option", chosen))
            if "error" in answer:
                # A name that is none of the values that are offered.
                answer = self.wait(self._begin("_agent/switchModel", params))
            return self._again(answer)

        def _session_setOptions(self, params):
            options = dict(params["options"])
            mode = options.pop("permissionMode", None)
            if mode is None or options:
                return self._begin("_session/setOptions", params)
            return self._begin("session/set_mode", {"sessionId": params["sessionId"], "modeId": mode})

        def _session_fork(self, params):
            if "exchanges" in params:
                return self._begin("_session/fork", params)
            fork = {"sessionId": params["sessionId"], "cwd": self.cwd, "mcpServers": []}
            return self._begin("session/fork", fork)

        def _agent_run(self, params):
            if set(params) - {"sessionId", "prompt"}:
                return self._begin("_agent/run", params)
            prompt = [{"type": "text", "text": params["prompt"]}]
            return self._begin("session/prompt", {"sessionId": params["sessionId"], "prompt": prompt}, self._stopped)

        @staticmethod
        def _stopped(result):
            return {**result, "stopReason": STOPS.get(result["stopReason"], result["stopReason"])}

        def _agent_steer(self, params):
            prompt = [{"type": "text", "text": params["prompt"]}]
            return self._begin("_session/steering", {"sessionId": params["sessionId"], "prompt": prompt})

        def call(self, method, params=None):
            if method == "agent/cancel":
                said["session/cancel"] += 1
                message = {"jsonrpc": "2.0", "method": "session/cancel", "params": params}
                self.p.stdin.write(json.dumps(message).encode() + b"\n")
                return {"result": {}}
            number = self.send(method, params)
            if number in self._readers and self._readers[number] is None:
                del self._readers[number]
                return self._kept
            return self.wait(number)

    return Editor


def main():
    """Plays all days, or those that are named; the exit status says whether none fell short."""
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    path = found()
    if path is None:
        print("ordinary days: skipped: there is no scenarios.py beside this repository")
        return 0
    os.environ["OURS"] = str(pathlib.Path(sys.argv[1]).resolve())
    spec = importlib.util.spec_from_file_location("scenarios", path)
    days = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(days)
    native = days.Server
    days.Server = in_acp(native)
    names = sys.argv[2:] or list(days.SCENARIOS)
    plays = [(name, bedrock) for name in names for bedrock in (False, True)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        played = list(pool.map(lambda one: days.play(*one), plays))
    short = 0
    days.Server = native
    for (name, bedrock), (problems, _, requests) in zip(plays, played):
        if not problems:
            continue
        # What falls short in both dialects is no fault of this one.
        in_both = bool(days.play(name, bedrock)[0])
        short += not in_both
        where = f"{name} over {'Bedrock' if bedrock else 'the API'}{', natively too' if in_both else ''}"
        print(f"SHORT {where}, {requests} requests: {'; '.join(problems)}")
    beside = sum(count for method, count in said.items() if method.startswith("_"))
    print(
        f"ordinary days: {short} of {len(plays)} fall short;"
        f" {sum(said.values())} calls, {beside} of them behind an underscore"
    )
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
