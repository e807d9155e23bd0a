"""Every frame against the protocol's schema, strict about members.

The schema itself allows members that it does not name. Here each object takes those of its own definition alone: the
definitions are made twice, open where another one is built on them (`allOf`), closed where a value is meant.
"""

import copy
import json

from jsonschema import Draft202012Validator

# Beside the stable schema, only where a client of today asks for it: what may be called, and the members that are told.
EXTENSIONS = ("session/fork", "session/set_model", "auth/status", "_")
MEMBERS_BESIDE = {
    ("NewSessionResponse", "models"),
    ("SessionCapabilities", "fork"),
    ("ClientSessionCapabilities", "notices"),
    ("ClientSessionCapabilities", "compaction"),
}
# What the schema leaves to whoever writes it.
FREE = {"_meta", "rawInput", "rawOutput", "requestedSchema"}
# Updates of later releases, and the capability of the client that asks for them.
NEWER = {"notice": "notices", "compaction_update": "compaction"}


class Schema:
    """The protocol's schema, read as strictly as can be; beside it may lie one of what later releases have added."""

    def __init__(self, path, newer=None):
        with open(path, encoding="utf-8") as file:
            self._open = json.load(file)["$defs"]
        if newer is not None and newer.exists():
            added = json.loads(newer.read_text())
            for name, definition in added["$defs"].items():
                # One that is there already has only what is new of it.
                self._open.setdefault(name, definition).setdefault("properties", {}).update(definition["properties"])
            for kind, reference in added["sessionUpdates"].items():
                named = {"properties": {"sessionUpdate": {"const": kind}}, "required": ["sessionUpdate"]}
                self._open["SessionUpdate"]["oneOf"].append({"type": "object", **named, "allOf": [reference]})
        definitions = {}
        for name, definition in self._open.items():
            for beside in (member for owner, member in MEMBERS_BESIDE if owner == name):
                definition["properties"].setdefault(beside, True)
            definitions[name] = self._values(definition)
            definitions[f"{name}, closed"] = self._closed(definition)
        # By method: what is asked of which side, and what it answers.
        self._methods = {}
        for name, definition in self._open.items():
            if method := definition.get("x-method"):
                kind = "result" if name.endswith("Response") else "params"
                self._methods.setdefault((definition["x-side"], method), {})[kind] = Draft202012Validator(
                    {"$ref": f"#/$defs/{name}, closed", "$defs": definitions}
                )

    def _values(self, schema):
        """The schema with all values in it closed, itself left open."""
        if isinstance(schema, list):
            return [self._values(one) for one in schema]
        if not isinstance(schema, dict):
            return schema
        made = {}
        for key, value in schema.items():
            if key == "properties":
                made[key] = {name: self._closed(one) for name, one in value.items()}
            elif key in ("items", "additionalProperties") and isinstance(value, dict):
                made[key] = self._closed(value)
            elif key in ("allOf", "anyOf", "oneOf"):
                made[key] = self._values(value)
            else:
                made[key] = value
        return made

    def _closed(self, schema):
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return {"$ref": schema["$ref"] + ", closed"}
        is_whole = "properties" in schema or "allOf" in schema
        if not is_whole and ("anyOf" in schema or "oneOf" in schema):
            rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
            kind = "anyOf" if "anyOf" in schema else "oneOf"
            return self._values(rest) | {kind: [self._closed(one) for one in schema[kind]]}
        made = self._values(schema)
        if schema.get("allOf") and len(schema["allOf"]) == 1 and "properties" not in schema and "oneOf" not in schema:
            # A reference that has words beside it: what it refers to decides.
            return {"allOf": [self._closed(one) for one in schema["allOf"]]}
        if is_whole:
            made["unevaluatedProperties"] = False
        return made

    def problem(self, side, method, kind, value):
        """What is wrong with the parameters that `side` gets, or the result that it gives; `None` when nothing is."""
        checks = self._methods.get((side, method)) or self._methods.get(("protocol", method))
        if checks is None:
            return None if method.startswith(EXTENSIONS) else f"{method} is no method of the {side}"
        if kind not in checks:
            return f"{method} has no {kind}"
        errors = sorted(checks[kind].iter_errors(value), key=lambda error: len(error.absolute_path))
        return _told(errors[0]) if errors else None

    def lets_through(self, side, method, kind, value):
        """Where a member that nobody knows may be added unseen: none, where it is strict."""
        places = []

        def visit(part, path):
            if isinstance(part, dict):
                changed = copy.deepcopy(value)
                inner = changed
                for step in path:
                    inner = inner[step]
                inner["surplus"] = 1
                if self.problem(side, method, kind, changed) is None:
                    places.append("/".join(map(str, path)) or "itself")
                for name, one in part.items():
                    if name not in FREE:
                        visit(one, [*path, name])
            elif isinstance(part, list):
                for place, one in enumerate(part[:3]):
                    visit(one, [*path, place])

        visit(value, [])
        return places


def _told(error):
    """The narrowest of an error's causes, and where it is."""
    while error.context:
        # The alternative that got furthest is the one that was meant.
        error = max(error.context, key=lambda one: (len(one.absolute_path), one.validator != "const"))
    return f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def check(schema, path, report, *, is_careful=True):
    """All lines of a relay's log; the client's too when it is a careful one.

    Gives the methods and updates that were met.
    """
    visit = _Log(schema)
    with open(path, encoding="utf-8") as log:
        for number, line in enumerate(log, 1):
            side, text = json.loads(line)
            if side == "end":
                continue
            with report.case(f"{path}, line {number}: {text[:400]}") as case:
                problems = list(visit.problems(side, json.loads(text)))
                if side == "agent" or is_careful:
                    case.problems += problems
    return visit.met


class _Log:
    """What a conversation has come to, frame by frame."""

    def __init__(self, schema):
        self._schema = schema
        self.met = set()
        self._asked = {"client": {}, "agent": {}}
        self._session = {}

    def problems(self, side, frame):
        """What is wrong with the next frame."""
        other = {"client": "agent", "agent": "client"}[side]
        if frame.get("jsonrpc") != "2.0":
            yield "no JSON-RPC 2.0"
        members = {"jsonrpc", "id", "method", "params"} if "method" in frame else {"jsonrpc", "id", "result", "error"}
        if set(frame) - members:
            yield f"members that JSON-RPC does not have: {set(frame) - members}"
        if method := frame.get("method"):
            if "id" in frame:
                self._asked[side][json.dumps(frame["id"])] = method
            yield from self._of(side, other, method, "params", frame.get("params", {}))
            return
        method = self._asked[other].pop(json.dumps(frame.get("id")), None)
        if method is None:
            yield "an answer that nobody asked for"
        elif ("result" in frame) == ("error" in frame):
            yield "neither a result nor an error, or both"
        elif "error" in frame:
            if set(frame["error"]) - {"code", "message", "data"} or not isinstance(frame["error"]["code"], int):
                yield "the error"
        else:
            yield from self._of(side, side, method, "result", frame["result"])

    def _of(self, side, handler, method, kind, value):
        if problem := self._schema.problem(handler, method, kind, value):
            yield f"{method}, {kind}: {problem}"
        name = f"{method}, {kind}"
        if method == "initialize" and kind == "params":
            self._session = (value.get("clientCapabilities") or {}).get("session") or {}
        if method == "session/update":
            update = value["update"]["sessionUpdate"]
            name = f"{method}, {update}"
            if update in NEWER and self._session.get(NEWER[update]) is None:
                yield f"{update} to a client that does not ask for it"
        # The first of each is shown to be held strictly.
        is_known = name in self.met or method.startswith(EXTENSIONS) or side != "agent"
        self.met.add(name)
        if not is_known and (places := self._schema.lets_through(handler, method, kind, value)):
            yield f"the check of {name} lets through what nobody knows, at {places[:5]}"
