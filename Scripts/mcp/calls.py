"""Servers that do as they should: listed, called, asked about, watched, taken back."""

import json
import time

from client import DIALECTS, Native, marked, until
from model import KEY, play

TOOLS = ("add", "echo", "fail", "picture", "facts", "surroundings", "slow", "hang", "big", "huge", "noisy", "storm")


def name(tool, server="peer"):
    """A tool as the model knows it."""
    return f"mcp__{server}__{tool}"


def run(report, bench):
    """Both releases of the package, both transports, both dialects."""
    for venv in ("newest", "older"):
        for dialect in DIALECTS:
            with report.section(f"a server of the {venv} package over its pipes, {dialect.__name__}"):
                mark = bench.mark()
                with bench.open(dialect, [bench.peer(mark, venv=venv)]) as client:
                    _all(report, bench, client, mark)
                with report.case("nothing is left") as case:
                    case.true(f"{marked(mark)}", until(lambda: not marked(mark)))
            with report.section(f"a server of the {venv} package over HTTP, {dialect.__name__}"):
                mark = bench.mark()
                with bench.serve(mark, venv=venv) as served:
                    with bench.open(dialect, [served.entry]) as client:
                        _all(report, bench, client, None)
                        _gone(report, bench, client, served)


    with report.section("other ways over HTTP"):
        for venv in ("newest", "older"):
            for way in ("stateless", "json", "sse"):
                with report.case(f"{way}, {venv}") as case:
                    _otherwise(case, bench, way, venv)


def _otherwise(case, bench, way, venv):
    # Some of these servers ask where nobody can hear it, and wait for ever: the call's limit ends that.
    with (
        bench.serve(bench.mark(), "--way", way, venv=venv) as served,
        bench.open(Native, [served.entry | {"timeout": 3_000}]) as client,
    ):
        client.meet("peer")
        calls = [[name("add"), {"a": 1, "b": 2}], [name("slow"), {"seconds": 0.3}], [name("ask"), {}]]
        case.equal("end", client.prompt(play(calls, "done")), "endTurn")
        results = bench.model.results()
        case.equal("results", [text for text, *_ in results[:2]], ["3", "done"])
        text, is_error, _ = results[2]
        case.true(f"{results[2]}", is_error or "decline" in text or "cancel" in text)


def _all(report, bench, client, mark):
    model = bench.model

    def called(case, *calls):
        """What came of these calls, all in one turn."""
        before = len(model.results()) if model.asked else 0
        case.equal("end", client.prompt(play([[name(tool), given] for tool, given in calls], "done")), "endTurn")
        results = model.results()[before:]
        case.equal("results", len(results), len(calls))
        return results + [("nothing", None, [])] * (len(calls) - len(results))

    with report.case("listed") as case:
        client.meet("peer")
        case.true(f"{client.state()}", client.state()["servers"][0]["tools"] >= len(TOOLS))
        # Where the first prompt did not wait for it, its tools are found, and not told of.
        case.true(f"{model.tools}", {name(tool) for tool in TOOLS} <= set(model.tools) or "find_tools" in model.tools)
    with report.case("called") as case:
        text = "Grüße — 模型 🦉\nsecond line\u2028"
        results = called(case, ("add", {"a": 1, "b": 2}), ("echo", {"text": text}), ("facts", {}), ("fail", {}))
        case.equal("add", results[0][:2], ("3", False))
        case.equal("echo", results[1][:2], (text, False))
        case.true(f"facts {results[2]}", '"answer": 42' in results[2][0] or '"answer":42' in results[2][0])
        case.true(f"fail {results[3]}", results[3][1] and "fail" in results[3][0])
    with report.case("a picture") as case:
        case.true("image", "image" in called(case, ("picture", {}))[0][2])
    with report.case("arguments that do not fit") as case:
        result = called(case, ("add", {"a": "x"}))[0]
        case.true(f"{result}", result[1] and result[0])
    with report.case("refused by the person") as case:
        client.choice, before = "reject_once", len(client.asked)
        result = called(case, ("echo", {"text": "x"}))[0]
        client.choice = "allow_once"
        case.true(f"{result}", result[1] and "x" != result[0])
        case.equal("asked", len(client.asked), before + 1)
    with report.case("progress is shown") as case:
        case.equal("slow", called(case, ("slow", {"seconds": 1}))[0][:2], ("done", False))
        case.true(f"shown {client.output()[-300:]}", "step" in client.output())
    with report.case("many calls at once") as case:
        results = called(case, *[("echo", {"text": str(number)}) for number in range(20)])
        case.equal("texts", [text for text, *_ in results], [str(number) for number in range(20)])
    with report.case("a large result") as case:
        result = called(case, ("big", {"size": 50_000_000}))[0]
        case.true(f"failed: {result[0][:200]}", not result[1])
        case.true(f"{len(result[0])} bytes in the conversation", 1_000 < len(result[0]) < 400_000)
    with report.case("one that is too large") as case:
        result = called(case, ("huge", {"size": 50_000_000}))[0]
        case.true(f"{result[0][:200]}", result[1] and ("64 MiB" in result[0] or "67108864" in result[0]))
        case.equal("afterwards", called(case, ("add", {"a": 1, "b": 3}))[0][0], "4")
    with report.case("a storm of changes") as case:
        case.equal("storm", called(case, ("storm", {"count": 500}))[0][0], "calm")
        count = client.state()["servers"][0]["tools"]
        until(lambda: client.state()["servers"][0]["tools"] > count, 5)
        case.equal("after", called(case, ("after", {}))[0][0], "after")
    with report.case("it asks the person, whom this client does not put forms before") as case:
        result = called(case, ("ask", {}))[0]
        case.true(f"{result}", result[1] or "decline" in result[0] or "cancel" in result[0])
    with report.case("taken back") as case:
        client.forget()
        prompt = client.start(play([[name("hang"), {}]]))
        client.until(client.has_begun)
        client.cancel()
        answer = client.answer(prompt)
        said = json.dumps(answer)
        case.true(said, "ancel" in said)
        case.equal("end", client.prompt(play([[name("add"), {"a": 2, "b": 2}]], "done")), "endTurn")
        case.equal("afterwards", model.results()[-1][0], "4")
    if mark:
        _over_pipes(report, bench, client, called, mark)


def _over_pipes(report, bench, client, called, mark):
    with report.case("its surroundings") as case:
        text = called(case, ("surroundings", {}))[0][0]
        case.true(f"the folder: {text[:200]}", str(client.folder) in text)
        case.true(f"its own variable: {text[:500]}", "OF_THE_SERVER" in text)
        case.true("no secrets", "ANTHROPIC" not in text and "AWS_" not in text and KEY not in text)
    with report.case("text where messages go") as case:
        case.equal("noisy", called(case, ("noisy", {}))[0][0], "said")
    with report.case("it dies in a call") as case:
        result = called(case, ("die", {}))[0]
        case.true(f"{result}", result[1] and "out of luck" in result[0])
        client.meet("peer")
        case.equal("afterwards", called(case, ("add", {"a": 3, "b": 2}))[0][0], "5")
        case.equal("processes", len(marked(mark)), 1)


def _gone(report, bench, client, served):
    """A server that was started anew knows of no session."""
    with report.case("it is started anew") as case:
        served.stop()
        failed = client.prompt(play([[name("add"), {"a": 1, "b": 1}]], "done"))
        case.equal("while it is gone", (failed, bench.model.results()[-1][1]), ("endTurn", True))
        served.start()
        # It is met anew meanwhile, after a pause when it was gone more than once.
        for _ in range(40):
            client.prompt(play([[name("add"), {"a": 5, "b": 5}]], "done"))
            if bench.model.results()[-1][:2] == ("10", False):
                break
            time.sleep(0.25)
        case.equal("afterwards", bench.model.results()[-1][:2], ("10", False))
