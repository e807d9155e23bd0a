"""A double of the Messages API that does what the last prompt says, and refuses what the service would.

A prompt has `PLAY` and a list of turns as JSON behind it; a turn is a text, or a list of calls `[tool, arguments]`. Behind the last one it says how
many calls failed.
"""

import json
import re
import threading

from interop.loopback import Reply, Server

KEY = "sk-ant-canary-of-servers"


def play(*turns):
    """The prompt that leads to these turns."""
    return f"PLAY {json.dumps(turns)}"


class Model(Server):
    """The service. `refused` has what it did not take; `asked` the bodies it took, in order."""

    def __init__(self):
        self.refused, self.asked = [], []
        self._lock = threading.Lock()
        super().__init__(self._reply)

    def variables(self):
        """The environment that leads a program here, and nowhere else."""
        return {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": self.url, "NO_PROXY": "127.0.0.1"}

    @property
    def tools(self):
        """The names of the tools that were offered last."""
        return [tool["name"] for tool in self.asked[-1].get("tools", [])]

    @property
    def sizes(self):
        """How many bytes of each request took room in the model's window: tools that are found first do not."""
        return [
            len(json.dumps({**body, "tools": [one for one in body.get("tools", []) if not one.get("defer_loading")]}))
            for body in self.asked
        ]

    def results(self):
        """The results of all calls in the last conversation: `(text, whether it failed, kinds of blocks)`."""
        blocks = [
            block
            for message in self.asked[-1]["messages"]
            if isinstance(message["content"], list)
            for block in message["content"]
            if block["type"] == "tool_result"
        ]
        return [(_text(block), bool(block.get("is_error")), _kinds(block)) for block in blocks]

    def _reply(self, request):
        if request.method != "POST" or request.path != "/v1/messages":
            return _error("no such operation here")
        try:
            body = json.loads(request.body)
            _check(body)
        except (ValueError, KeyError, TypeError) as problem:
            self.refused.append(f"{type(problem).__name__}: {problem}")
            return _error(str(problem))
        with self._lock:
            self.asked.append(body)
        content = _turn(body)
        if not body.get("stream"):
            return Reply(headers={"Content-Type": "application/json"}, body=json.dumps(_whole(content, body)).encode())
        pieces = [
            b"event: %s\ndata: %s\n\n" % (event["type"].encode(), json.dumps(event).encode())
            for event in _events(content, body)
        ]
        return Reply(headers={"Content-Type": "text/event-stream"}, pieces=pieces)


def _check(body):
    if not body.get("max_tokens") or body["messages"][0]["role"] != "user":
        raise ValueError("max_tokens, or the first message")
    names = [tool["name"] for tool in body.get("tools", [])]
    if len(set(names)) != len(names) or not all(re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", name) for name in names):
        raise ValueError(f"tools: {names}")
    for tool in body.get("tools", []):
        if "input_schema" in tool and tool["input_schema"].get("type") != "object":
            raise ValueError(f"tools: {tool['name']}: input_schema.type")
    if len(names) > 1 and all(tool.get("defer_loading") for tool in body["tools"]):
        raise ValueError("tools: at least one must not be deferred")
    calls = []
    for place, message in enumerate(body["messages"]):
        if message["role"] == "system":
            continue
        content = message["content"]
        blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
        for block in blocks:
            if block["type"] == "text" and not block["text"].strip():
                raise ValueError(f"messages.{place}: a text that is blank")
        answered = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if answered != calls:
            raise ValueError(f"messages.{place}: results for {answered}, calls were {calls}")
        calls = [block["id"] for block in blocks if block["type"] == "tool_use"]
    if calls:
        raise ValueError(f"calls without results: {calls}")


def _turn(body):
    """What comes next."""
    messages = body["messages"]
    for place in range(len(messages) - 1, -1, -1):
        if messages[place]["role"] == "user" and (turns := _played(messages[place]["content"])):
            done = sum(message["role"] == "assistant" for message in messages[place + 1 :])
            if done >= len(turns):
                return [{"type": "text", "text": "That was all."}]
            if isinstance(turns[done], str):
                return [{"type": "text", "text": turns[done]}]
            offered = {tool["name"] for tool in body.get("tools", [])}
            return [
                {"type": "tool_use", "id": f"toolu_{len(messages)}_{number}", **_call(name, given, offered)}
                for number, (name, given) in enumerate(turns[done])
            ]
    return [{"type": "text", "text": "Nothing was asked for."}]


def _call(name, given, offered):
    """A call by the tool's name, or where it is not offered by that of the tool that calls others."""
    if name in offered or "call_tool" not in offered:
        return {"name": name, "input": given}
    return {"name": "call_tool", "input": {"name": name, "arguments": given}}


def _played(content):
    texts = [content] if isinstance(content, str) else [block["text"] for block in content if block["type"] == "text"]
    for text in reversed(texts):
        if "PLAY [" in text:
            return json.JSONDecoder().raw_decode(text.partition("PLAY ")[2])[0]
    return None


def _message(body, content, stop):
    usage = {"input_tokens": len(json.dumps(body)) // 4, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": content}
    return message | {"stop_reason": stop, "stop_sequence": None, "usage": usage}


def _stop(content):
    return "tool_use" if content[-1]["type"] == "tool_use" else "end_turn"


def _whole(content, body):
    return _message(body, content, _stop(content))


def _events(content, body):
    yield {"type": "message_start", "message": _message(body, [], None)}
    for index, block in enumerate(content):
        is_text = block["type"] == "text"
        start = block | ({"text": ""} if is_text else {"input": {}})
        delta = (
            {"type": "text_delta", "text": block["text"]}
            if is_text
            else {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        )
        yield {"type": "content_block_start", "index": index, "content_block": start}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    stop = {"stop_reason": _stop(content), "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 20}}
    yield {"type": "message_stop"}


def _error(reason):
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": reason}}
    return Reply(400, {"Content-Type": "application/json"}, json.dumps(error).encode())


def _text(block):
    content = block.get("content", "")
    if isinstance(content, str):
        return content
    return "\n".join(one["text"] for one in content if one["type"] == "text")


def _kinds(block):
    content = block.get("content", "")
    return ["text"] if isinstance(content, str) else [one["type"] for one in content]
