#!/usr/bin/env python3
"""Asks in a terminal, and lets the person decide what may happen: ask.py "make a file with a haiku"."""
import json, subprocess, sys

server = subprocess.Popen(["wyn360"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

def send(**message):
    server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    server.stdin.flush()

send(id=1, method="initialize", params={"processId": None, "capabilities": {"permission": True}})
send(id=2, method="agent/run", params={"prompt": " ".join(sys.argv[1:])})
for line in server.stdout:
    message = json.loads(line)
    match message.get("method"):
        case "run/event" if message["params"]["type"] == "textDelta":
            print(message["params"]["text"], end="", flush=True)
        case "permission/request":
            options = message["params"]["options"]
            print("", message["params"]["toolCall"]["title"], *(f"  {i}: {one['name']}" for i, one in enumerate(options)), sep="\n")
            send(id=message["id"], result={"optionId": options[int(input("? "))]["optionId"]})
        case None if message["id"] == 2:
            print(message.get("error", {}).get("message", ""))
            break
server.stdin.close()
