"""What is left of servers when somebody ends them, or us, in whichever moment: nothing."""

import os
import signal

from calls import name
from client import DIALECTS, Native, kill, marked, until
from model import play

HANG = [[name("hang"), {}]]


def run(report, bench):
    """Every end, for a server that goes when asked and for one that stays, and has a child that stays."""
    ends = {
        "our input is closed": lambda process: process.stdin.close(),
        "SIGTERM": lambda process: process.send_signal(signal.SIGTERM),
        "SIGKILL": lambda process: process.kill(),
    }
    with report.section("what is left of servers when we end"):
        for end, how in ends.items():
            for stays in (False, True):
                for moment in ("nothing", "a call"):
                    if moment == "a call" and how is ends["our input is closed"]:
                        # All that was asked for is answered then, however long it takes.
                        continue
                    kind = "one that stays, with a child" if stays else "one that goes"
                    with report.case(f"{kind}, {end}, in {moment}") as case:
                        _we_end(case, bench, how, stays, moment)
    with report.section("what is left when servers end"):
        for stays in (False, True):
            with report.case(f"it is killed{', and had a child' if stays else ''}") as case:
                _it_ends(case, bench, stays)
        with report.case("it is killed in a call") as case:
            _in_a_call(case, bench)
        with report.case("its session is closed") as case:
            _session_ends(case, bench)


def _we_end(case, bench, how, stays, moment):
    mark = bench.mark()
    client = bench.open(Native if moment == "nothing" else DIALECTS[-1], [bench.peer(mark, *["--stays"] * stays)])
    try:
        client.meet("peer")
        case.equal("processes", len(marked(mark)), 2 if stays else 1)
        if moment == "a call":
            client.forget()
            client.start(play(HANG))
            client.until(client.has_begun)
        how(client.process)
        client.close()
        case.true(f"left: {marked(mark)}", until(lambda: not marked(mark)))
    finally:
        kill(mark)
        client.process.kill()
        client.drop()


def _it_ends(case, bench, stays):
    mark = bench.mark()
    with bench.open(Native, [bench.peer(mark, *["--stays"] * stays)]) as client:
        client.meet("peer")
        client.prompt(play([[name("surroundings"), {}]], "done"))
        before = set(marked(mark))
        text = bench.model.results()[-1][0]
        server = next(pid for pid in before if str(pid) in text)
        os.kill(server, signal.SIGKILL)
        case.true(f"left: {marked(mark)}", until(lambda: not before & set(marked(mark))))
        # It is told as ready until its end was noticed; then it is started anew.
        case.true("started anew", until(lambda: set(marked(mark)) - before))
        client.meet("peer")
        client.prompt(play([[name("add"), {"a": 1, "b": 2}]], "done"))
        case.equal("afterwards", bench.model.results()[-1][:2], ("3", False))
    case.true(f"left at the end: {marked(mark)}", until(lambda: not marked(mark)))
    kill(mark)


def _in_a_call(case, bench):
    mark = bench.mark()
    with bench.open(Native, [bench.peer(mark)]) as client:
        client.meet("peer")
        client.forget()
        prompt = client.start(play(HANG, [[name("add"), {"a": 1, "b": 2}]], "done"))
        client.until(client.has_begun)
        kill(mark)
        case.equal("end", client.answer(prompt)["result"]["stopReason"], "endTurn")
        case.true(f"{bench.model.results()}", bench.model.results()[0][1])
        client.meet("peer")
        client.prompt(play([[name("add"), {"a": 1, "b": 2}]], "done"))
        case.equal("afterwards", bench.model.results()[-1][:2], ("3", False))


def _session_ends(case, bench):
    mark = bench.mark()
    with bench.open(Native, [bench.peer(mark)]) as client:
        client.meet("peer")
        client.call("session/close", {"sessionId": client.session})
        case.true(f"left: {marked(mark)}", until(lambda: not marked(mark)))
    kill(mark)
