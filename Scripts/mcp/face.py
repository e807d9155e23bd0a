"""The program as a server, for the clients of the `mcp` package, in both of its eras."""

import json
import pathlib
import subprocess

import client
from client import until
from model import play
from talk import environment

REVISIONS = {"auto": "2026-07-28", "legacy": "2025-11-25", "older": "2025-11-25"}


def run(report, bench):
    """A visit by each."""
    for era, revision in REVISIONS.items():
        with report.section(f"the program as a server, {era}"), report.case(era) as case:
            mark = bench.mark()
            try:
                _visit(case, bench, era, revision, mark)
            finally:
                client.kill(mark)


def _visit(case, bench, era, revision, mark):
    folder = bench.place()
    write = play([["write_file", {"path": "a.txt", "content": "x\n"}]], "It is written.")
    command = f"echo {mark} > begun; exec -a x python3 -c 'import time; time.sleep(900)' {mark}"
    hang = play([["execute_command", {"command": command}]])
    script = str(pathlib.Path(__file__).parent / "asker.py")
    done = subprocess.run(
        [bench.python("older" if era == "older" else "newest"), script, era, write, hang, bench.program],
        env=environment(folder.parent / "home", **bench.model.variables()),
        cwd=folder,
        capture_output=True,
        timeout=client.ANSWER_MAX,
        check=False,
    )
    case.equal("status, and the end of what the package complains of", (done.returncode, done.stderr.decode()[-2000:]), (0, ""))
    met = json.loads(done.stdout or "{}")
    case.equal("revision", met.get("revision"), revision)
    case.equal("tools", met["tools"], ["ask"])
    wrote = met["wrote"]
    case.equal("answer", (wrote["content"][0]["text"], wrote["isError"]), ("It is written.", False))
    case.true(f"{wrote['structuredContent']}", wrote["structuredContent"]["costUsd"] > 0)
    case.equal("the file", (folder / "a.txt").read_text() if (folder / "a.txt").exists() else None, "x\n")
    case.true(f"asked {met['asked']}", any("+x" in message for message in met["asked"]))
    counts = [done for done, _ in met["progress"]]
    case.true(f"{met['progress']}", counts == sorted(set(counts)) and any("write" in text for _, text in met["progress"]))
    case.equal("again", (met["again"]["content"][0]["text"], met["again"]["structuredContent"]["sessionId"]),
        ("again", wrote["structuredContent"]["sessionId"]))
    case.true(f"{met['wrong']}", met["wrong"]["isError"])
    case.equal("after a cancel", met["afterwards"]["content"][0]["text"], "still here")
    case.true("what was taken back had begun", (folder / "begun").exists())
    case.true(f"left: {client.marked(mark)}", until(lambda: not client.marked(mark)))
