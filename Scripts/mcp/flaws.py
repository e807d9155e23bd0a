"""Servers that do what they should not: each costs its own tools at most, and never the session."""

import time

from calls import name
from client import DIALECTS, Native, marked, until
from model import play

ADD = [[name("add"), {"a": 1, "b": 2}]]
# What a prompt may take beside a server that never comes up, in seconds: more, and it was waited for.
WAITED_MAX = 40


def run(report, bench):
    """Each flaw in a session of its own, with a good server beside it."""
    for dialect in DIALECTS:
        with report.section(f"servers with flaws, {dialect.__name__}"):
            _survived(report, bench, dialect)
            _many(report, bench, dialect)
    with report.section("servers that do not answer"):
        _limits(report, bench)


def _beside(bench, dialect, *servers, **settings):
    """A session with a good server beside bad ones."""
    mark = bench.mark()
    return mark, bench.open(dialect, [bench.peer(mark, name="good"), *servers], **settings)


def _works(case, bench, client):
    """The good server's tools are there and work."""
    client.meet("good")
    case.equal("end", client.prompt(play([[name("echo", "good"), {"text": "here"}]], "done")), "endTurn")
    case.equal("the good server", bench.model.results()[-1][:2], ("here", False))


def _survived(report, bench, dialect):
    bad = {
        "ends at once": ("bare.py", "ends"),
        "never says a word": ("bare.py", "silent"),
        "says what is no message for ever": ("bare.py", "garbage"),
    }
    entries = {text: bench.peer(bench.mark(), flaw, script=script) for text, (script, flaw) in bad.items()}
    entries["is not there"] = {"name": "peer", "command": "/nowhere/server", "args": []}
    entries["is where nobody listens"] = {"name": "peer", "type": "http", "url": "http://127.0.0.1:9/mcp"}
    for text, entry in entries.items():
        with report.case(f"one that {text}") as case:
            began = time.monotonic()
            mark, client = _beside(bench, dialect, entry)
            with client:
                _works(case, bench, client)
                case.true(f"{time.monotonic() - began:.0f} s", time.monotonic() - began < WAITED_MAX)
                states = {one["name"]: one for one in client.state()["servers"]}
                case.true(f"{states}", states["peer"]["state"] in ("failed", "starting"))
            case.true(f"left: {marked(mark)}", until(lambda: not marked(mark)))
    answering = {
        "starts slowly, and talks at it": bench.peer(bench.mark(), "--slow", 3, "--chatty"),
        "answers under other ids, too": bench.peer(bench.mark(), "ids", script="bare.py"),
        "writes ids as text": bench.peer(bench.mark(), "text", script="bare.py"),
        "writes null": bench.peer(bench.mark(), "null", script="bare.py"),
    }
    for text, entry in answering.items():
        with report.case(f"one that {text}") as case:
            with bench.open(dialect, [entry]) as client:
                client.meet("peer")
                case.equal("end", client.prompt(play(ADD, "done")), "endTurn")
                case.equal("result", bench.model.results()[-1][:2], ("3", False))


def _many(report, bench, dialect):
    with report.case("one with five hundred tools") as case:
        sizes = {}
        for count in (20, 500):
            with bench.open(dialect, [bench.peer(bench.mark(), "--tools", count)]) as client:
                client.meet("peer")
                client.prompt("PLAY []")
                sizes[count] = bench.model.sizes[-1]
                last = name(f"price_{count - 1}")
                client.prompt(play([[last, {"article": "x"}]], "done"))
                results = bench.model.results()
                case.true(f"{last}: {results}", bool(results) and results[-1][:2] == (f"{count - 1}: x", False))
        case.true(f"bytes of a request {sizes}", sizes[500] < sizes[20] * 1.1)


def _limits(report, bench):
    for flaw, tool in (("deaf", "add"), (None, "hang")):
        with report.case(f"a call of '{tool}' has an end") as case:
            script = {"script": "bare.py"} if flaw else {}
            entry = bench.peer(bench.mark(), *[flaw] * bool(flaw), timeout=2_000, **script)
            with bench.open(Native, [entry]) as client:
                client.meet("peer")
                given = {"a": 1, "b": 2} if flaw else {}
                began = time.monotonic()
                case.equal("end", client.prompt(play([[name(tool), given]], "done")), "endTurn")
                took = time.monotonic() - began
                case.true(f"{took:.1f} s", 1.5 < took < 20)
                result = bench.model.results()[-1]
                case.true(f"{result}", result[1])
                if not flaw:
                    client.prompt(play(ADD, "done"))
                    case.equal("afterwards", bench.model.results()[-1][:2], ("3", False))
