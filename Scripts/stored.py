#!/usr/bin/env python3
"""Measures what ten thousand stored sessions cost, one of them with 50 MB: time and memory of list, search, load and resume.

    Scripts/stored.py [--program .build/release/wyn360] [--sessions 10000] [--large 50]

Build first: swift build -c release. It prints a line for each step, looks that each gives what it must, and that two
processes share the folder and a full disk costs nothing but a notice; it ends with 1 when one does not.
"""
import argparse, json, os, subprocess, sys, tempfile, time

arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
arguments.add_argument("--program", default=".build/release/wyn360")
arguments.add_argument("--sessions", type=int, default=10_000)
arguments.add_argument("--large", type=int, default=50, help="megabytes of the largest")
arguments.add_argument("--full", help=argparse.SUPPRESS)
given = arguments.parse_args()
program = os.path.abspath(given.program)
failures = []
NOW = int(time.time() * 1000)


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def write(folder, number, texts):
    """A session's file as the program writes it, last used so many seconds ago."""
    name, cwd, at = f"session-{number:016d}", f"/home/me/{number % 50}", NOW - number * 1000 - 5000
    info = {"sessionId": name, "title": f"Session {number}", "cwd": cwd, "model": "sonnet", "provider": "anthropic",
            "createdAt": at - 1000, "updatedAt": at, "exchanges": 0, "lastSeq": 0,
            "usage": {"input": 1, "output": 1, "cacheRead": 0, "cacheWrite": 0, "cacheWriteHour": 0}}
    state = lambda count: {"session": {**info, "exchanges": count}, "wallMs": 1, "contextUsed": 1, "by": {"pid": 1, "host": "x"}}
    path = os.path.join(folder, name + ".session.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.write(line({"format": "wyn360.sessionFile", "version": 1, "sessionId": name, "createdAt": at - 1000,
                         "options": {"title": info["title"], "cwd": cwd}, "now": state(0)}))
        for place, text in enumerate(texts):
            messages = [{"role": "user", "content": [{"type": "text", "text": f"question {place}"}]},
                        {"role": "assistant", "content": [{"type": "text", "text": text}]}]
            file.write(line({"type": "exchange", "exchange": {"runId": f"r{place}", "at": at, "messages": messages,
                             "usage": info["usage"], "stopReason": "endTurn"}, "now": state(place + 1)}))
    os.chmod(path, 0o600)
    os.utime(path, (at / 1000 + 0.01, at / 1000 + 0.01))
    return name


class Server:
    def __init__(self, folder, options=(), first=None):
        variables = {"PATH": os.environ["PATH"], "HOME": folder, "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
                     "AWS_EC2_METADATA_DISABLED": "true", "WYN360_SESSIONS": folder}
        self.process = subprocess.Popen([program, "--stdio", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=variables, cwd="/")
        self.number = 0
        if first:
            self.call("initialize", first)

    def call(self, method, params):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        while True:
            message = json.loads(self.process.stdout.readline())
            if message.get("id") == self.number:
                return message

    def memory(self):
        status = open(f"/proc/{self.process.pid}/status").read()
        value = lambda name: int(status.split(name + ":")[1].split()[0]) / 1024
        return value("VmRSS"), value("VmHWM")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def measure(server, what, method, params, check):
    start = time.monotonic()
    answer = server.call(method, params)
    took = (time.monotonic() - start) * 1000
    now, most = server.memory()
    good = check(answer)
    if not good:
        failures.append(what)
    print(f"{what:44} {took:9.1f} ms  {now:7.1f} MiB (most {most:.1f}){'' if good else '  WRONG: ' + json.dumps(answer)[:300]}", flush=True)


def sessions(answer):
    return answer.get("result", {}).get("sessions", [])


def measured():
    with tempfile.TemporaryDirectory() as folder:
        words = "the quick brown fox jumps over the lazy dog and tests what it has changed "
        for number in range(given.sessions):
            write(folder, number, [words * 20 + f"mark{number}x"] * 2)
        piece = words * 700
        large = write(folder, given.sessions, [piece] * (given.large * 1_000_000 // len(piece)))
        size = sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))
        print(f"{given.sessions + 1} sessions, {size / 1e6:.0f} MB, the largest {os.path.getsize(os.path.join(folder, large + '.session.jsonl')) / 1e6:.0f} MB")
        server = Server(folder)
        measure(server, "ping", "server/ping", {}, lambda answer: "result" in answer)
        newest = lambda answer: [one["title"] for one in sessions(answer)[:2]] == ["Session 0", "Session 1"]
        measure(server, "list, first page of 100", "session/list", {}, newest)
        measure(server, "list, again", "session/list", {}, newest)
        measure(server, "list of a folder's", "session/list", {"cwd": "/home/me/7"}, lambda answer: len(sessions(answer)) == 100)
        measure(server, "list, all in pages of 1,000: the last", "session/list", {"limit": 1000, "cursor": str(given.sessions - 500)},
                lambda answer: len(sessions(answer)) == 501)
        middle = given.sessions // 2
        measure(server, "search, a word of one session", "session/list", {"query": f"MARK{middle}x"},
                lambda answer: [one["title"] for one in sessions(answer)] == [f"Session {middle}"])
        measure(server, "search, words of all", "session/list", {"query": "lazy quick"}, lambda answer: len(sessions(answer)) == 100)
        measure(server, "search, a word of none", "session/list", {"query": "unheardof"}, lambda answer: sessions(answer) == [])
        measure(server, "get", "session/get", {"sessionId": f"session-{7:016d}"}, lambda answer: answer["result"]["stored"])
        measure(server, "load, a small one", "session/load", {"sessionId": f"session-{7:016d}"}, lambda answer: answer["result"]["total"] == 2)
        server.end()
        server = Server(folder)
        measure(server, "load, the largest, with a page of 10", "session/load", {"sessionId": large, "limit": 10},
                lambda answer: len(answer["result"]["exchanges"]) == 10)
        other = Server(folder)
        measure(other, "load it elsewhere meanwhile", "session/load", {"sessionId": large, "limit": 1},
                lambda answer: f"process {server.process.pid}" in answer["error"]["message"])
        measure(other, "a page of its history elsewhere", "session/history", {"sessionId": large, "after": 10, "limit": 1},
                lambda answer: len(answer["result"]["exchanges"]) == 1)
        server.process.kill()
        server.process.wait()
        measure(other, "load it when the first was killed", "session/load", {"sessionId": large, "limit": 1},
                lambda answer: answer["result"]["total"] > 10)
        measure(other, "delete it", "session/delete", {"sessionId": large}, lambda answer: answer["result"] is None)
        other.end()
        editor = Server(folder, first={"protocolVersion": 1, "clientCapabilities": {}})
        again = write(folder, given.sessions, [piece] * (given.large * 1_000_000 // len(piece)))
        measure(editor, "resume, the largest, in an editor", "session/resume", {"sessionId": again, "cwd": "/", "mcpServers": []},
                lambda answer: "result" in answer)
        editor.end()


def full(folder):
    """Says more than a disk of 96 KB holds, makes room, and looks that nothing is missing; in a mount of one's own."""
    ballast = os.path.join(folder, "ballast")
    with open(ballast, "wb") as file:
        file.write(bytes(65536))
    server = Server(folder, ["--replay", "demo", "--replay-speed", "0"])
    session = server.call("session/new", {"permissionMode": "readOnly"})["result"]["sessionId"]
    told = []
    for number in range(16):
        if number == 13:
            os.remove(ballast)
        result = server.call("agent/run", {"sessionId": session, "prompt": "write a script to analyze data.csv"})["result"]
        told += [(number, notice) for notice in result["notices"] if session in notice]
    server.process.kill()
    server.process.wait()
    total = Server(folder).call("session/load", {"sessionId": session, "limit": 1})["result"]["total"]
    print(f"a full disk: told {[number for number, _ in told]}, {total} of 16 exchanges in the file")
    return total == 16 and len(told) == 2


if given.full:
    sys.exit(0 if full(given.full) else 1)
measured()
with tempfile.TemporaryDirectory() as folder:
    command = f'mount -t tmpfs -o size=96k,mode=700 tmpfs "{folder}" && exec "{sys.executable}" "{os.path.abspath(__file__)}" --program "{program}" --full "{folder}"'
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        print("a full disk: not tried, as only root may mount one")
    elif subprocess.run(["unshare", "-m", "sh", "-c", command]).returncode != 0:
        failures.append("a full disk")
sys.exit(1 if failures else 0)
