"""A double of the Messages API on this machine: it refuses what the service would, and answers as the last prompt says.

The words `play NAME` in a prompt choose a part of `PARTS`; how many answers there were since says which turn comes next.
Nothing is kept between requests, so that any number of clients may play at once, and the same conversation twice is the
same twice.
"""

import json
import re
import threading

from interop.loopback import Reply, Server

KEY = "sk-ant-canary-of-editors"
MEMBERS = set(
    "model messages max_tokens system tools tool_choice thinking output_config stream stop_sequences temperature metadata"
    " cache_control context_management".split()
)
# What is said in one go, with letters of two, three and four bytes, and in pieces that the stream cuts anywhere.
SPOKEN = "Grüße — 模型, 🦉👩‍💻 and a line end.\n" + "All that is said must come out whole. " * 4 + "Well."
EDIT = {"path": "notes.txt", "edits": [{"old_text": "second line", "new_text": "2nd line"}]}
PLAN = {"steps": [{"content": "Look", "status": "completed"}, {"content": "Change", "status": "in_progress"}]}
# It is over when whoever looks on says so.
LEAVING = "sleep 300 & echo $$ > here.pid; until test -e over; do sleep 0.02; done"
COMMAND = "printf 'one\\ntwo\\n'; printf made > made.txt"


def _calls(*calls):
    return {"calls": list(calls)}


# A turn is what to say, what to call, or both; a part that has been played to its end says so.
PARTS = {
    "speech": [{"thought": "What is there to say?", "text": SPOKEN}],
    "reading": [_calls(("read_file", {"path": "notes.txt"})), {"text": "I have read it."}],
    "editing": [
        _calls(("read_file", {"path": "notes.txt"})),
        {"text": "Now I change it.", **_calls(("edit_file", EDIT))},
        {"text": "That was the change."},
    ],
    "writing": [_calls(("write_file", {"path": "new.txt", "content": "new\n"})), {"text": "It is written."}],
    "command": [_calls(("execute_command", {"command": COMMAND})), {"text": "It has run."}],
    "twice": [
        _calls(("execute_command", {"command": "git status --short"})),
        _calls(("execute_command", {"command": "git status --branch"})),
        {"text": "Asked once."},
    ],
    "planning": [_calls(("update_plan", PLAN)), {"text": "That is the plan."}],
    "many": [_calls(*[("read_file", {"path": "notes.txt"})] * 3), {"text": "Three at once."}],
    "nonsense": [_calls(("read_file", {"path": "not-there.txt"})), {"text": "It is not there."}],
    "waiting": [_calls(("execute_command", {"command": "sleep 300 & echo $$ > here.pid; sleep 300"})), {"text": "?"}],
    "leaving": [
        _calls(("execute_command", {"command": LEAVING})),
        {"text": "It left something."},
    ],
    "endless": [{"text": "It begins, ", "waits": True}],
    "asking": [
        _calls(("ask_user", {"question": "Which one?", "choices": ["one", "other"]})),
        {"text": "Said:", "echoes": True},
    ],
    "showing": [
        _calls(("execute_command", {"command": "printf 'on screen\\n'; exit 3"})),
        {"text": "Shown:", "echoes": True},
    ],
    "quoting": [_calls(("read_file", {"path": "notes.txt"})), {"text": "It says:", "echoes": True}],
    "loud": [_calls(("execute_command", {"command": "seq 1 200000"})), {"text": "That was long."}],
}


class Refused(Exception):
    """What the service would answer with an error."""


class Upstream(Server):
    """The service; `refused` has what it did not take, which is empty when the program is right."""

    def __init__(self):
        self.refused = []
        self._over = threading.Event()
        self._thoughts = {}
        super().__init__(self._reply)

    def __exit__(self, *arguments):
        self._over.set()
        super().__exit__(*arguments)

    def variables(self):
        """The environment that leads a program here, and nowhere else."""
        return {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": self.url, "NO_PROXY": "127.0.0.1"}

    def _reply(self, request):
        if request.method == "GET" and request.path == "/v1/models":
            return _error(403, "permission_error", "This key may not list models.")
        try:
            body = self._checked(request)
            turn = _turn(body["messages"])
        except (Refused, ValueError, KeyError, TypeError) as problem:
            self.refused.append(f"{type(problem).__name__}: {problem}")
            return _error(400, "invalid_request_error", str(problem))
        if not body.get("stream"):
            return Reply(headers={"Content-Type": "application/json"}, body=json.dumps(_whole(turn, body)).encode())
        return Reply(headers={"Content-Type": "text/event-stream"}, pieces=self._pieces(turn, body))

    def _pieces(self, turn, body):
        for event in self._events(turn, body):
            data = b"event: %s\ndata: %s\n\n" % (event["type"].encode(), json.dumps(event, ensure_ascii=False).encode())
            yield data[:11]
            yield data[11:]
            if event.get("waits"):
                # The client goes, or the checks end: there is no third way.
                self._over.wait()
                return

    def _events(self, turn, body):
        yield {"type": "message_start", "message": _message(body, [], None)}
        index = 0
        for block, deltas in self._blocks(turn, body):
            yield {"type": "content_block_start", "index": index, "content_block": block}
            for delta in deltas:
                yield {"type": "content_block_delta", "index": index, "delta": delta}
            if turn.get("waits"):
                yield {"type": "ping", "waits": True}
            yield {"type": "content_block_stop", "index": index}
            index += 1
        stop = {"stop_reason": "tool_use" if turn.get("calls") else "end_turn", "stop_sequence": None}
        yield {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 20}}
        yield {"type": "message_stop"}

    def _blocks(self, turn, body):
        if "thought" in turn and (body.get("thinking") or {}).get("type", "adaptive") != "disabled":
            signature = f"signed-{len(body['messages'])}-{len(turn['thought'])}"
            self._thoughts[signature] = turn["thought"]
            thought = {"type": "thinking_delta", "thinking": turn["thought"]}
            yield {"type": "thinking", "thinking": "", "signature": ""}, [
                thought,
                {"type": "signature_delta", "signature": signature},
            ]
        if "text" in turn:
            yield {"type": "text", "text": ""}, [{"type": "text_delta", "text": text} for text in _cut(turn["text"])]
        for place, (name, given) in enumerate(turn.get("calls") or []):
            call = {"type": "tool_use", "id": f"toolu_{len(body['messages'])}_{place}", "name": name, "input": {}}
            yield call, [{"type": "input_json_delta", "partial_json": text} for text in _cut(json.dumps(given))]

    def _checked(self, request):
        """The body of a request that the service would take."""
        if request.method != "POST" or request.path != "/v1/messages":
            raise Refused(f"no such operation: {request.method} {request.path}")
        if request["x-api-key"] != KEY:
            raise Refused("another key")
        if request["anthropic-version"] != "2023-06-01" or request["content-type"] != "application/json":
            raise Refused("the headers")
        body = json.loads(request.body)
        if unknown := set(body) - MEMBERS:
            raise Refused(f"{unknown}: Extra inputs are not permitted")
        if not isinstance(body["max_tokens"], int) or not 1 <= body["max_tokens"] <= 128_000:
            raise Refused("max_tokens")
        names = [tool["name"] for tool in body.get("tools") or []]
        if len(set(names)) != len(names) or not all(re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", name) for name in names):
            raise Refused(f"tools: {names}")
        if json.dumps(body).count('"cache_control"') > 4:
            raise Refused("more than four marks")
        self._check(body["messages"])
        return body

    def _check(self, messages):
        if messages[0]["role"] != "user":
            raise Refused("the first message must be a person's")
        calls, seen = [], set()
        for place, message in enumerate(messages):
            blocks = _content(message)
            if message["role"] not in ("user", "assistant", "system") or not blocks:
                raise Refused(f"messages.{place}: {message['role']} with {len(blocks)} blocks")
            for block in blocks:
                if block["type"] == "text" and not block["text"].strip():
                    raise Refused(f"messages.{place}: a text that is blank")
                if block["type"] == "thinking" and self._thoughts.get(block["signature"]) != block["thinking"]:
                    raise Refused(f"messages.{place}: a thought that is not the one that was signed")
            answered = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
            if message["role"] != "system":
                if answered != calls:
                    raise Refused(f"messages.{place}: results for {answered}, calls were {calls}")
                calls = [block["id"] for block in blocks if block["type"] == "tool_use"]
            if seen & set(calls):
                raise Refused(f"messages.{place}: ids that were used before")
            seen |= set(calls)
        if calls:
            raise Refused(f"calls without results: {calls}")


def _content(message):
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _turn(messages):
    """What comes next in the part that was asked for last."""
    for place in range(len(messages) - 1, -1, -1):
        if messages[place]["role"] != "user":
            continue
        texts = " ".join(block["text"] for block in _content(messages[place]) if block["type"] == "text")
        if named := re.findall(r"play (\w+)", texts):
            played = sum(message["role"] == "assistant" for message in messages[place + 1 :])
            turns = PARTS[named[-1]]
            turn = dict(turns[min(played, len(turns) - 1)])
            if "calls" not in turn and "waits" not in turn:
                turn["text"] += _told(messages[-1], turn.get("echoes"))
            return turn
    return {"text": "Nothing was asked for."}


def _told(message, echoes):
    """What became of the last calls, or, if the answer echoes, what they said."""
    results = [block for block in _content(message) if block["type"] == "tool_result"]
    if echoes:
        return " " + " ".join(block["text"] for result in results for block in _content(result) if "text" in block)
    return "".join(" [failed]" if block.get("is_error") else " [done]" for block in results)


def _cut(text):
    return [text[start : start + 5] for start in range(0, len(text), 5)]


def _message(body, content, stop):
    # A ninth of what is asked is new, the rest is read from the cache: the cost has all its parts.
    size = len(json.dumps(body["messages"])) // 4
    usage = {"input_tokens": size // 9, "cache_read_input_tokens": size, "cache_creation_input_tokens": 7}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": content}
    return message | {"stop_reason": stop, "stop_sequence": None, "usage": usage | {"output_tokens": 1}}


def _whole(turn, body):
    content = [{"type": "text", "text": turn["text"]}] if "text" in turn else []
    return _message(body, content or [{"type": "text", "text": "Well."}], "end_turn")


def _error(status, kind, message):
    body = json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode()
    return Reply(status, {"Content-Type": "application/json"}, body)
