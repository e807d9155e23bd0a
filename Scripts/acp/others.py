"""Clients that others have written, as they are: each drives the program as its users would."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import upstream as service
from talk import ANSWER_MAX, environment

MODES = ["ask", "acceptEdits", "readOnly", "bypass"]


def run(report, command, upstream, places, venvs):
    """All of them; the command is the program's, with the relay before it."""
    with report.section("acp-client"):
        _library(report, command, upstream, places, venvs / "others")
    with report.section("acpbox"):
        _gateway(report, command, upstream, places, venvs / "others")
    if (venvs / "acpc").exists():
        with report.section("acpc"):
            _shell(report, command, upstream, places, venvs / "acpc")
    else:
        print("acpc: skipped: there is no Python 3.12")


def _library(report, command, upstream, places, venv):
    folder, home = places.new()
    variables = environment(home, WORKSPACE=str(folder), **upstream.variables())
    script = os.path.join(os.path.dirname(__file__), "small.py")
    done = subprocess.run(
        [venv / "bin/python", script, *command], env=variables, capture_output=True, timeout=ANSWER_MAX, check=False
    )
    with report.case("acp-client") as case:
        case.equal("exit status", (done.returncode, done.stderr.decode()), (0, ""))
        told = json.loads(done.stdout or "{}")
        case.equal("speech", told.get("speech"), service.SPOKEN)
        case.equal("refused", told.get("refused"), "Now I change it.That was the change. [failed]")
        case.equal("allowed", told.get("allowed"), "Now I change it.That was the change. [done]")
        case.equal("cancelled", told.get("cancelled", "").startswith("It "), True)
        case.equal("afterwards", told.get("afterwards"), "I have read it. [done]")
        case.equal("a session that is gone", told.get("gone"), service.SPOKEN)
        case.true("the file", "2nd line" in (folder / "notes.txt").read_text())


def _gateway(report, command, upstream, places, venv):
    """An HTTP server in the manner of OpenAI's that has the program behind it, whose modes are its models."""
    folder, home = places.new()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = environment(
        home,
        ACPBOX_ACP_COMMAND=json.dumps(command),
        ACPBOX_ACP_WORKSPACE=str(folder),
        ACPBOX_GATEWAY_HOST="127.0.0.1",
        ACPBOX_GATEWAY_PORT=str(port),
        **upstream.variables(),
    )
    base = f"http://127.0.0.1:{port}/v1"
    with open(home / "acpbox.log", "wb") as log:
        process = subprocess.Popen([venv / "bin/acpbox"], env=variables, cwd=home, stdout=log, stderr=log)
    try:
        with report.case("its models") as case:
            case.equal("models", [one["id"] for one in _come_up(process, f"{base}/models")["data"]], MODES)

        def say(model, part):
            body = {"model": model, "messages": [{"role": "user", "content": f"play {part}"}]}
            return _post(f"{base}/chat/completions", body)["choices"][0]["message"]["content"]

        with report.case("an answer") as case:
            case.equal("text", say("ask", "speech"), service.SPOKEN)
        with report.case("its constant for an answer to permissions") as case:
            case.equal("text", say("ask", "editing"), "Now I change it.That was the change. [done]")
            case.true("the file", "2nd line" in (folder / "notes.txt").read_text())
        with report.case("a mode that refuses") as case:
            case.equal("text", say("readOnly", "writing"), "It is written. [failed]")
        with report.case("a streamed answer") as case:
            body = {"model": "bypass", "stream": True, "messages": [{"role": "user", "content": "play writing"}]}
            lines = _post(f"{base}/chat/completions", body, is_stream=True)
            pieces = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
            said = "".join(one["choices"][0]["delta"].get("content") or "" for one in pieces if one["choices"])
            case.true(f"text {said!r}", "It is written. [done]" in said)
            case.equal("the file", (folder / "new.txt").read_text(), "new\n")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(ANSWER_MAX)
        finally:
            process.kill()


def _come_up(process, url):
    last = time.monotonic() + ANSWER_MAX
    while True:
        try:
            return _get(url)
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > last:
                raise
            time.sleep(0.05)


def _get(url):
    with urllib.request.urlopen(url, timeout=ANSWER_MAX) as answer:
        return json.load(answer)


def _post(url, body, is_stream=False):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=ANSWER_MAX) as answer:
        return answer.read().decode().splitlines() if is_stream else json.load(answer)


def _shell(report, command, upstream, places, venv):
    """A command line."""
    folder, home = places.new()
    agents = home / ".config/acpc/agents"
    agents.mkdir(parents=True)
    settings = {"identity": "wyn360", "name": "wyn360", "author": "", "install_command": "true"}
    settings["run_command"] = " ".join(command)
    (agents / "wyn360.toml").write_text("".join(f"{name} = {json.dumps(one)}\n" for name, one in settings.items()))
    variables = environment(home, **upstream.variables())

    def acpc(*arguments):
        done = subprocess.run(
            [venv / "bin/acpc", *arguments],
            env=variables,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_MAX,
            check=False,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def prompt(part, *arguments):
        # Not --quiet: that prints what it had when the answer came, and loses what it had not yet looked at.
        return acpc("prompt", "wyn360", f"play {part}", *arguments)

    with report.case("text") as case:
        status, output, errors = prompt("speech")
        case.equal("answer", (status, output.strip()), (0, service.SPOKEN))
        case.true(f"nothing is complained of: {errors}", "rror" not in errors and "arning" not in errors)
    with report.case("a change that is allowed") as case:
        status, output, errors = prompt("editing", "--permissions", "write")
        case.equal("answer", (status, output.strip()[-6:]), (0, "[done]"))
        case.true("the file", "2nd line" in (folder / "notes.txt").read_text())
    with report.case("a change that is refused") as case:
        status, output, errors = prompt("writing", "--permissions", "read")
        case.equal("answer", (status, output.strip()[-8:]), (0, "[failed]"))
        case.true("no file", not (folder / "new.txt").exists())
    with report.case("a mode and a model") as case:
        status, output, errors = prompt(
            "writing", "--permissions", "none", "--mode", "acceptEdits", "--model", "claude-haiku-5-5"
        )
        case.equal("answer", (status, output.strip()[-6:]), (0, "[done]"))
        case.true(f"the model is set: {errors}", "failed" not in errors)
        bodies = [json.loads(request.body) for request in upstream.take() if request.method == "POST"]
        case.equal("the model", bodies[-1]["model"], "claude-haiku-5-5")
    with report.case("all events") as case:
        status, output, errors = acpc("prompt", "wyn360", "play reading", "--json")
        kinds = {json.loads(line).get("sessionUpdate") for line in output.splitlines()}
        case.true(f"{status}, {kinds}, {errors}", status == 0 and {"tool_call", "agent_message_chunk"} <= kinds)
