"""What is left when a conversation ends, however it ends: no process, no file, no descriptor."""

import contextlib
import os
import pathlib
import signal
import sys
import time

from editor import Editor
from talk import environment

# How long a process may take to go, in seconds; no check waits for it to pass.
GONE_MAX = 20
# What goes on when the end comes: the part that is played, the one that is played where the program may finish, and how
# it is seen that it has begun; a command says nothing while it sleeps.
MOMENTS = {
    "nothing": None,
    "an answer": ("endless", "speech", lambda talk: talk.text()),
    "a command with children": ("waiting", "leaving", None),
    "a question": ("command", "command", lambda talk: talk.asked),
}
# Whoever only closes our input still gets what was asked for.
FINISHES = "its input is closed"
# The program, with an editor between it and us that can be killed.
EDITOR = """
import os, subprocess, sys, threading
inner = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def pump(source, sink):
    while data := os.read(source, 65536): os.write(sink, data)
threading.Thread(target=pump, args=(0, inner.stdin.fileno()), daemon=True).start()
pump(inner.stdout.fileno(), 1)
"""
SESSIONS = 40


def run(report, program, upstream, places):
    """Every end in every moment, and the descriptors of a process that lives on."""
    ends = {
        FINISHES: _close,
        "SIGTERM": lambda process: process.send_signal(signal.SIGTERM),
        "SIGINT and SIGTERM at once": lambda process: _both(process, signal.SIGINT, signal.SIGTERM),
        "its input is closed, and SIGTERM": lambda process: (_close(process), process.terminate()),
        "SIGKILL": lambda process: process.kill(),
        "SIGKILL of the editor": lambda process: process.kill(),
    }
    with report.section("what is left after the end"):
        for end, how in ends.items():
            command = [sys.executable, "-c", EDITOR, program] if "editor" in end else [program]
            for moment in MOMENTS:
                with report.case(f"{end}, in {moment}") as case:
                    _check(case, command, how, moment, end == FINISHES, upstream, places)
        with report.case("descriptors of a process that lives on") as case:
            _descriptors(case, program, upstream, places)
    with report.section("what is answered at the end"), report.case("closed while it speaks") as case:
        _answers(case, program, upstream, places)


def _close(process):
    process.stdin.close()


def _both(process, first, second):
    process.send_signal(first)
    process.send_signal(second)


def _check(case, command, how, moment, may_finish, upstream, places):
    folder, home = places.new()
    variables = environment(home, TMPDIR=str(home / "tmp"), **upstream.variables())
    talk = Editor(command, variables, folder, choice=None if moment == "a question" else "allow_once")
    family = []
    try:
        session = talk.begin(folder)
        before = _files(folder, home)
        _reach(talk, session, moment, may_finish, folder)
        family = _family(talk.process.pid)
        case.true(f"{len(family)} processes", len(family) >= (3 if "command" in moment else 1))
        how(talk.process)
        (folder / "over").touch()
        # Whoever holds the other end of the pipe keeps an editor from seeing that all is over.
        while talk.process.stdout.read1(65536):
            pass
        talk.drop()
        _until(lambda: not any(map(_is_alive, family)))
        case.equal("processes that are left", [_command(one) for one in family if _is_alive(one)], [])
        for name in ("here.pid", "over"):
            (folder / name).unlink(missing_ok=True)
        case.equal("files", _files(folder, home), before)
    finally:
        for pid, _ in filter(_is_alive, family):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        talk.drop()


def _reach(talk, session, moment, may_finish, folder):
    """Goes on until the moment has come."""
    if MOMENTS[moment] is None:
        return
    endless, ending, has_come = MOMENTS[moment]
    talk.prompt(session, f"play {ending if may_finish else endless}")
    if has_come:
        return talk.until(lambda: has_come(talk))
    file = folder / "here.pid"
    talk.until(lambda: talk.asked)
    if not _until(lambda: file.exists() and file.read_text().endswith("\n")):
        raise TimeoutError("the command does not begin")


def _descriptors(case, program, upstream, places):
    folder, home = places.new()
    with Editor([program], environment(home, **upstream.variables()), folder) as talk:
        talk.call("initialize", {"protocolVersion": 1})
        counts = []
        for _ in range(SESSIONS):
            session = talk.call("session/new", {"cwd": str(folder), "mcpServers": []})["sessionId"]
            for part in ("reading", "command"):
                talk.answer(talk.prompt(session, f"play {part}"))
            talk.call("session/delete", {"sessionId": session})
            try:
                counts.append(len(os.listdir(f"/proc/{talk.process.pid}/fd")))
            except PermissionError:
                # The program lets no other process look into it; only root may.
                print("descriptors: not root, skipped")
                return
        case.true(f"it has ever more descriptors: {counts}", max(counts[5:]) <= max(counts[:5]) + 1)
        case.equal("children", _family(talk.process.pid)[1:], [])


def _answers(case, program, upstream, places):
    folder, home = places.new()
    with Editor([program], environment(home, **upstream.variables()), folder) as talk:
        session = talk.begin(folder)
        prompts = [talk.prompt(session, "play endless"), talk.prompt(session, "play speech")]
        talk.until(talk.text)
        _close(talk.process)
        # A client that has closed its input sends SIGTERM two seconds later, whatever it has got by then.
        talk.process.terminate()
        answers = [talk.answer(prompt) for prompt in prompts]
        case.equal("answers", [answer["result"]["stopReason"] for answer in answers], ["cancelled"] * 2)
        case.true(f"what was said {talk.text()!r}", talk.text().startswith("It begins"))
        case.true("exit status", talk.close() in (0, 128 + signal.SIGTERM))


def _until(holds):
    """Looks again and again until something holds; whether it does."""
    last = time.monotonic() + GONE_MAX
    while not (found := holds()) and time.monotonic() < last:
        time.sleep(0.005)
    return found


def _files(*folders):
    return {str(path) for folder in folders for path in folder.rglob("*") if ".git" not in path.parts}


def _stat(pid):
    """Of a process: its parent and when it began; `None` when there is none, or what is left of it is a status only."""
    try:
        rest = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if rest[0] in "ZX" else (int(rest[1]), rest[19])


def _family(pid):
    """A process and all who descend from it, each with the moment of its beginning."""
    known = {int(name): _stat(name) for name in os.listdir("/proc") if name.isdigit()}
    family = [pid]
    for one in family:
        family += [child for child, stat in known.items() if stat and stat[0] == one]
    return [(one, known[one][1]) for one in family if known.get(one)]


def _is_alive(one):
    stat = _stat(one[0])
    return stat is not None and stat[1] == one[1]


def _command(one):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{one[0]}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return str(one)
