"""Servers of the Model Context Protocol against the real program.

Usage: main.py PROGRAM VENVS [PART…]. Parts: calls, flaws, people, ends, face; all of them when none is named.
"""

import itertools
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
# Behind what is installed: a folder here has the name of a package there.
sys.path.append(str(HERE.parent))

import calls
import client
import ends
import face
import flaws
import people
import talk
from interop import loopback
from interop.report import Report
from model import Model

PARTS = {"calls": calls, "flaws": flaws, "people": people, "ends": ends, "face": face}


class Bench:
    """Where a check takes place: folders, servers, and what is left of them."""

    def __init__(self, program, venvs, root, model):
        self.program, self.model, self._venvs, self._root = program, model, venvs, root
        self._count = itertools.count(1)

    def place(self):
        """A folder to work in, with a home beside it."""
        folder = self._root / str(next(self._count)) / "work"
        folder.mkdir(parents=True)
        (folder.parent / "home").mkdir()
        return folder

    def mark(self):
        """A word that no other process has."""
        return f"mark-{os.getpid()}-{next(self._count)}"

    def python(self, venv="newest"):
        """The interpreter of an environment."""
        return str(self._venvs / venv / "bin/python")

    def peer(self, mark, *arguments, venv="newest", name="peer", script="server.py", **members):
        """A server that is started by its command."""
        command = [str(HERE / script), mark, *map(str, arguments)]
        return {"name": name, "command": self.python(venv), "args": command, "env": {"OF_THE_SERVER": "1"}, **members}

    def open(self, dialect, servers, **settings):
        """The program, and a session with these servers."""
        folder = settings.pop("folder", None) or self.place()
        variables = talk.environment(folder.parent / "home", **self.model.variables())
        return dialect(self.program, variables, folder, servers, **settings)

    def serve(self, mark, *arguments, venv="newest"):
        """A server of its own that is reached over HTTP: it, and how it is named."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        return Served(self, mark, port, arguments, venv)


class Served:
    """A server on a port."""

    def __init__(self, bench, mark, port, arguments, venv):
        self.port = port
        way = "sse" if "sse" in arguments else "http"
        self.entry = {"name": "peer", "type": way, "url": f"http://127.0.0.1:{port}/{'sse' if way == 'sse' else 'mcp'}"}
        home = bench.place().parent / "home"
        self._command = [bench.python(venv), str(HERE / "server.py"), mark, "--http", str(port), *map(str, arguments)]
        self._variables = talk.environment(home)
        self._log = open(home / "server.log", "ab")
        self.start()

    def start(self):
        """Starts it, and waits until it listens."""
        self.process = subprocess.Popen(self._command, env=self._variables, stdout=self._log, stderr=self._log)
        last = time.monotonic() + client.ANSWER_MAX
        while self.process.poll() is None and time.monotonic() < last:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the server on port {self.port} does not come up")

    def stop(self, number=signal.SIGKILL):
        """Ends it."""
        self.process.send_signal(number)
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self._log.close()


def main():
    """Runs the checks; the exit status says whether all have passed."""
    if len(sys.argv) < 3 or not set(sys.argv[3:]) <= set(PARTS):
        print(__doc__, file=sys.stderr)
        return 2
    program, venvs = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).absolute()
    loopback.stay_on_loopback()
    report = Report()
    with tempfile.TemporaryDirectory() as root, Model() as model:
        bench = Bench(program, venvs, pathlib.Path(root).resolve(), model)
        for name in sys.argv[3:] or PARTS:
            PARTS[name].run(report, bench)
        with report.section("what was asked of the model"), report.case("refused by the service") as case:
            case.equal("requests", model.refused, [])
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
