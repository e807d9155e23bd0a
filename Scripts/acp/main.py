"""Real clients of the Agent Client Protocol against the real program, and every frame against the schema.

Usage: main.py PROGRAM VENVS. It runs in the venv of the stable reference client. ACP_SCHEMA names another schema.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import ends
import examples
import frames
import others
import talk
import twins
from interop import loopback
from interop.report import Report
from upstream import Upstream

SCHEMA = os.environ.get("ACP_SCHEMA") or HERE.parent.parent / "Tests/ACP/schema-v1.json"
NOTES = "first line\nsecond line\nthird line\n"


class Places:
    """Folders to work in, each with a file in it and a home beside it."""

    def __init__(self, root):
        self._root, self._count = root, 0

    def new(self):
        self._count += 1
        folder, home = self._root / f"{self._count}/work", self._root / f"{self._count}/home"
        folder.mkdir(parents=True)
        (home / "tmp").mkdir(parents=True)
        (folder / "notes.txt").write_text(NOTES)
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        return folder, home


def main():
    """Runs all checks; the exit status says whether all have passed."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, venvs = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    loopback.stay_on_loopback()
    report = Report()
    with tempfile.TemporaryDirectory() as root, Upstream() as upstream:
        root = pathlib.Path(root).resolve()
        places = Places(root)
        logs = root / "logs"
        logs.mkdir()

        def relayed(name):
            return [sys.executable, str(HERE / "relay.py"), str(logs / name), program]

        for venv in ("stable", "preview"):
            report_of(
                report, venv, [venvs / venv / "bin/python", HERE / "reference.py", *relayed(venv)], upstream, places
            )
        others.run(report, relayed("others"), upstream, places, venvs)
        examples.run(report, program, relayed("examples"), upstream, places, venvs)
        twins.run(report, program, upstream, places)
        ends.run(report, program, upstream, places)
        schema = frames.Schema(SCHEMA, pathlib.Path(SCHEMA).with_name("newer-v1.json"))
        for log in sorted(logs.iterdir()):
            with report.section(f"frames of {log.name}"):
                frames.check(schema, log, report, is_careful=log.name != "others")
        with report.section("what was asked of the model"), report.case("refused by the service") as case:
            case.equal("requests", upstream.refused, [])
    return report.close()


def report_of(report, name, command, upstream, places):
    """A client's own checks, which it reports itself, as one case."""
    folder, home = places.new()
    variables = talk.environment(home, WORKSPACE=str(folder), **upstream.variables())
    with report.section(f"{name} client"), report.case("its checks") as case:
        case.equal("exit status", subprocess.run(command, env=variables, check=False).returncode, 0)


if __name__ == "__main__":
    sys.exit(main())
