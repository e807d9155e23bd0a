"""An editor of the Agent Client Protocol and a native client have the same conversation: the same must come of it."""

import json

from editor import Editor
from talk import Talk, environment

# Each part, and how the person answers what it asks.
CONVERSATION = [
    ("speech", "allow_once"),
    ("reading", "allow_once"),
    ("editing", "reject_once"),
    ("editing", "allow_once"),
    ("writing", "allow_once"),
    ("command", "reject_once"),
    ("command", "allow_once"),
    ("twice", "allow_always"),
    ("planning", "allow_once"),
    ("nonsense", "allow_once"),
    ("many", "allow_once"),
    ("speech", "allow_once"),
]


def run(report, program, upstream, places):
    """Both, one after the other, each in a folder of the same name."""
    with report.section("an editor and a native client, the same conversation"), report.case("the same") as case:
        native, editor = (_played(kind, program, upstream, places) for kind in (_native, _editor))
        for name in native:
            case.equal(name, editor[name], native[name])
        case.true("the comparison has something to compare", native["cost"] > 0 and len(native["tools"]) > 10)


def _played(kind, program, upstream, places):
    folder, home = places.new()
    upstream.take()
    result = kind(program, environment(home, **upstream.variables()), folder)
    # What was asked of the model, byte for byte, says more than any summary of it.
    result["requests"] = [request.body.decode().replace(str(folder), "@") for request in upstream.take()]
    files = {path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts}
    result["files"] = {str(path.relative_to(folder)): path.read_text() for path in files}
    return result


def _native(program, variables, folder):
    with Talk([program], variables, folder) as talk:
        talk.call("initialize", {"processId": None, "capabilities": {"permission": True}})
        session = talk.call("session/new", {"cwd": str(folder)})["sessionId"]
        ends = []
        for part, talk.choice in CONVERSATION:
            ends.append(talk.call("agent/run", {"sessionId": session, "prompt": f"play {part}"}))
        events = [one["params"] for one in talk.told if one["method"] == "run/event"]
        results = {one["toolCallId"]: one["isError"] for one in events if one["type"] == "toolResult"}
        titles = {one["toolCallId"]: one["title"] for one in events if one["type"] == "toolResult"}
        begun = {one["toolCallId"]: one["input"] for one in events if one["type"] == "toolCall"}
        words = {"endTurn": "end_turn"}
        return {
            "text": "".join(one["text"] for one in events if one["type"] == "textDelta"),
            "thoughts": "".join(one["text"] for one in events if one["type"] == "thinkingDelta"),
            "tools": [(one, given, titles[one], results[one]) for one, given in begun.items()],
            "questions": [one["params"]["toolCall"]["toolCallId"] for one in talk.asked],
            "ends": [words[end["stopReason"]] for end in ends],
            "context": ends[-1]["context"]["used"],
            "cost": ends[-1]["sessionCost"]["usd"],
        }


def _editor(program, variables, folder):
    with Editor([program], variables, folder) as talk:
        session = talk.begin(folder)
        ends = []
        for part, talk.choice in CONVERSATION:
            ends.append(talk.answer(talk.prompt(session, f"play {part}"))["result"]["stopReason"])
        tools = {}
        for update in talk.updates("tool_call", "tool_call_update"):
            told = tools.setdefault(update["toolCallId"], {})
            told |= {name: value for name, value in update.items() if value is not None}
        usage = talk.updates("usage_update")[-1]
        return {
            "text": talk.text(),
            "thoughts": "".join(one["content"]["text"] for one in talk.updates("agent_thought_chunk")),
            "tools": [
                (one, told["rawInput"], told["title"], told["status"] == "failed") for one, told in tools.items()
            ],
            "questions": [one["params"]["toolCall"]["toolCallId"] for one in talk.asked],
            "ends": ends,
            "context": usage["used"],
            "cost": usage["cost"]["amount"],
        }
