"""The examples, as they stand in Examples/, with the program as it is called in a shell: `wyn360`."""

import json
import pathlib
import shutil
import subprocess

import upstream as service
from talk import ANSWER_MAX, environment

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "Examples"
ASKED = "Edit notes.txt"


def run(report, program, relayed, upstream, places, venvs):
    """Each example whose language is installed; one that is not is named.

    Those of the Agent Client Protocol go through the relay.
    """
    with report.section("examples"):
        native = _Visit(report, [program], upstream, places)
        native.shell()
        native.python("ask.py", venvs / "stable/bin/python")
        editor = _Visit(report, relayed, upstream, places)
        for venv in ("stable", "preview"):
            editor.python("acp_client.py", venvs / venv / "bin/python")
        editor.extension()


class _Visit:
    def __init__(self, report, command, upstream, places):
        self._report, self._places = report, places
        folder, _ = places.new()
        self._bin = folder / "bin"
        self._bin.mkdir()
        (self._bin / "wyn360").write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in command) + ' "$@"\n')
        (self._bin / "wyn360").chmod(0o755)
        self._upstream = upstream

    def _run(self, command, given=b""):
        """Runs an example in a folder of its own: the folder, the status, and what it printed."""
        folder, home = self._places.new()
        variables = environment(home, **self._upstream.variables())
        variables["PATH"] = f"{self._bin}:{variables['PATH']}"
        command = [str(word).replace("@FOLDER@", str(folder)) for word in command]
        done = subprocess.run(
            command, cwd=folder, env=variables, input=given, capture_output=True, timeout=ANSWER_MAX, check=False
        )
        return folder, done.returncode, done.stdout.decode(), done.stderr.decode()

    def shell(self):
        if not shutil.which("jq"):
            return print("ask.sh: skipped: there is no jq")
        with self._report.case("ask.sh") as case:
            _, status, output, errors = self._run(["sh", EXAMPLES / "ask.sh", "play speech"])
            case.equal("answer", (status, output, errors), (0, service.SPOKEN + "\n", ""))
        with self._report.case("ask.sh without a key") as case:
            _, status, output, errors = self._run(
                ["env", "ANTHROPIC_API_KEY=", "sh", EXAMPLES / "ask.sh", "play speech"]
            )
            case.true(f"{status}, {output!r}, {errors!r}", status != 0 and errors.strip() and "null" not in errors)

    def python(self, name, python):
        with self._report.case(f"{name}: text") as case:
            _, status, output, errors = self._run([python, EXAMPLES / name, "play speech"])
            case.true(f"{status}, {output!r}, {errors!r}", status == 0 and output.startswith(service.SPOKEN))
        for choice, end in (("0", "[done]"), ("2", "[failed]")):
            with self._report.case(f"{name}: the person's choice {choice}") as case:
                folder, status, output, errors = self._run(
                    [python, EXAMPLES / name, "play editing"], f"{choice}\n".encode()
                )
                case.true(
                    f"{status}, {output!r}, {errors!r}",
                    status == 0 and not errors and end in output and ASKED in output,
                )
                case.equal("the file", "2nd line" in (folder / "notes.txt").read_text(), choice == "0")

    def extension(self):
        if not shutil.which("node"):
            return print("vscode/extension.js: skipped: there is no Node")
        with self._report.case("vscode/extension.js") as case:
            script, extension = HERE / "extension.js", EXAMPLES / "vscode/extension.js"
            folder, status, output, errors = self._run(["node", script, extension, "@FOLDER@"])
            case.equal("status", (status, errors), (0, ""))
            came = json.loads(output or "{}")
            ends = ["end_turn", "end_turn", "end_turn", "cancelled"]
            case.equal("ends", (came.get("ends"), came.get("code"), came.get("wrong")), (ends, 0, -32602))
            case.true(f"text {came.get('text')!r}", came.get("text", "").startswith(service.SPOKEN))
            case.equal("tools", came.get("tools"), ["completed", "completed", "failed"])
            case.true(f"questions {came.get('questions')}", came.get("questions", [""])[0] == ASKED)
            case.equal("what is not saved", came.get("buffer"), "first line\n2nd line, not yet saved\nthird line\n")
            case.equal("the disk", (folder / "notes.txt").read_text(), "first line\nsecond line\nthird line\n")
        manifest = json.loads((EXAMPLES / "vscode/package.json").read_text())
        with self._report.case("vscode/package.json") as case:
            case.true("its file is there", (EXAMPLES / "vscode" / manifest["main"]).exists())
