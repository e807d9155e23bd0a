"""Servers that people use, unchanged from the package index."""

import json
import subprocess

from calls import name
from client import DIALECTS
from model import play


def run(report, bench):
    """The servers for the time and for git, in one session."""
    for dialect in DIALECTS:
        with report.section(f"mcp-server-time and mcp-server-git, {dialect.__name__}"):
            folder = bench.place()
            subprocess.run(["git", "init", "-q", "-b", "trunk"], cwd=folder, check=True)
            (folder / "new.txt").write_text("new\n")
            servers = [
                {"name": "time", "command": bench.python(), "args": ["-m", "mcp_server_time", "--local-timezone=UTC"]},
                {"name": "git", "command": bench.python(), "args": ["-m", "mcp_server_git", "-r", str(folder)]},
            ]
            with bench.open(dialect, servers, folder=folder) as client:
                _check(report, bench, client, folder)


def _check(report, bench, client, folder):
    repository = {"repo_path": str(folder)}
    with report.case("listed") as case:
        client.meet("time", "git")
        tools = {one["name"]: one["tools"] for one in client.state()["servers"]}
        case.true(f"{tools}", tools["time"] >= 2 and tools["git"] > 10)

    def called(tool, given):
        client.prompt(play([[tool, given]], "done"))
        return bench.model.results()[-1]

    with report.case("the time") as case:
        given = {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"}
        text, is_error, _ = called(name("convert_time", "time"), given)
        case.true(text, not is_error and "21:00" in text and json.loads(text)["target"]["timezone"] == "Asia/Tokyo")
    with report.case("a time zone that there is not") as case:
        text, is_error, _ = called(name("get_current_time", "time"), {"timezone": "Nowhere/None"})
        case.true(text, is_error and "Nowhere" in text)
    with report.case("the state of a repository") as case:
        text, is_error, _ = called(name("git_status", "git"), repository)
        case.true(text, not is_error and "new.txt" in text)
    with report.case("a file is staged") as case:
        text, is_error, _ = called(name("git_add", "git"), repository | {"files": ["new.txt"]})
        case.true(text, not is_error)
        done = subprocess.run(["git", "diff", "--cached", "--name-only"], cwd=folder, capture_output=True, check=True)
        case.equal("staged", done.stdout, b"new.txt\n")
