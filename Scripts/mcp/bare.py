"""A server without a library, which does one thing wrong.

Usage: bare.py MARK FLAW. Flaws: `silent` never answers, `deaf` answers nothing behind the handshake, `ids` answers under other ids first,
`text` answers under its id's text, `ends` is gone at once, `garbage` says what is no JSON for ever, `null` has `null` wherever it may.
"""

import json
import sys
import time

FLAW = sys.argv[2]
TOOL = {"name": "add", "description": "Adds.", "inputSchema": {"type": "object", "properties": {"a": {}, "b": {}}}}
if FLAW == "null":
    TOOL |= {"title": None, "outputSchema": None, "annotations": None, "_meta": None, "icons": None}


def say(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


if FLAW == "ends":
    print("cannot find my configuration", file=sys.stderr)
    sys.exit(4)
while FLAW == "garbage":
    print("not a message", flush=True)
    time.sleep(0.001)
for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message or "method" not in message or FLAW == "silent":
        continue
    number, method = message["id"], message["method"]
    if FLAW == "deaf" and method == "tools/call":
        continue
    if method == "initialize":
        result = {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}}}
        result["serverInfo"] = {"name": "bare", "version": "1"}
    elif method == "tools/list":
        result = {"tools": [TOOL]}
    elif method == "tools/call":
        given = message["params"]["arguments"]
        result = {"content": [{"type": "text", "text": str(given["a"] + given["b"])}]}
    else:
        say({"id": number, "error": {"code": -32601, "message": "not here"}})
        continue
    if FLAW == "null":
        result |= {"_meta": None, "nextCursor": None, "structuredContent": None, "instructions": None}
    if FLAW == "ids" and method == "tools/call":
        # Answers to what nobody asked, and one that fails everything if it is believed.
        say({"id": number + 1000, "result": {"content": [{"type": "text", "text": "wrong"}]}})
        say({"id": None, "error": {"code": -32603, "message": "wrong"}})
        say({"id": "x", "result": 7})
    say({"id": str(number) if FLAW == "text" else number, "result": result})
