"""The reference client as an editor that offers all it can: buffers that are not saved, terminals, forms to fill in."""

import asyncio
import itertools
import os
import signal

import acp
import acp.schema as wire

import reference
from reference import calls, states, text, within

UNSAVED = "first line\nsecond line, not saved\nthird line\n"


def capabilities():
    """What is offered, as far as the release of the client knows it."""
    session = {"config_options": wire.SessionConfigOptionsCapabilities(boolean=wire.BooleanConfigOptionCapabilities())}
    for member, name in (("notices", "NoticeCapabilities"), ("compaction", "CompactionCapabilities")):
        if hasattr(wire, name):
            session[member] = getattr(wire, name)()
    return wire.ClientCapabilities(
        fs=wire.FileSystemCapabilities(read_text_file=True, write_text_file=True),
        terminal=True,
        session=wire.ClientSessionCapabilities(**session),
        elicitation=wire.ElicitationCapabilities(form=wire.ElicitationFormCapabilities()),
    )


class _Terminal:
    """A command that an editor shows."""

    def __init__(self, process):
        self.process, self.output, self.is_released, self.is_killed = process, b"", False, False
        self.reading = asyncio.ensure_future(self._read())

    async def _read(self):
        while data := await self.process.stdout.read(4096):
            self.output += data

    async def ended(self):
        await self.reading
        status = await self.process.wait()
        return {"exit_code": status} if status >= 0 else {"signal": str(-status)}


class Editor(reference.Editor):
    """Keeps buffers by their paths, terminals by their ids, and what was asked in forms."""

    def __init__(self):
        super().__init__()
        self.buffers, self.terminals, self.forms, self.read = {}, {}, [], []
        self.has_terminals, self.answer = True, None
        self._numbers = itertools.count()

    async def read_text_file(self, path=None, session_id=None, line=None, limit=None, **_):
        self.read.append(path)
        if path not in self.buffers:
            raise acp.RequestError(-32002, "no such buffer")
        lines = self.buffers[path].splitlines(keepends=True)[(line or 1) - 1 :]
        return wire.ReadTextFileResponse(content="".join(lines[:limit]))

    async def write_text_file(self, content=None, path=None, session_id=None, **_):
        self.buffers[path] = content
        return wire.WriteTextFileResponse()

    async def create_terminal(self, command=None, session_id=None, args=None, env=None, cwd=None, **_):
        if not self.has_terminals:
            raise acp.RequestError(-32603, "no room for a terminal")
        variables = {one.name: one.value for one in env or []} or None
        process = await asyncio.create_subprocess_exec(
            command,
            *(args or []),
            cwd=cwd,
            env=variables,
            start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        name = f"terminal-{next(self._numbers)}"
        self.terminals[name] = _Terminal(process)
        self.heard.set()
        return wire.CreateTerminalResponse(terminal_id=name)

    async def terminal_output(self, terminal_id=None, session_id=None, **_):
        terminal = self.terminals[terminal_id]
        status = None
        if terminal.process.returncode is not None:
            status = wire.TerminalExitStatus(**await terminal.ended())
        return wire.TerminalOutputResponse(output=terminal.output.decode(), truncated=False, exit_status=status)

    async def wait_for_terminal_exit(self, terminal_id=None, session_id=None, **_):
        return wire.WaitForTerminalExitResponse(**await self.terminals[terminal_id].ended())

    async def kill_terminal(self, terminal_id=None, session_id=None, **_):
        self._kill(self.terminals[terminal_id])
        return wire.KillTerminalResponse()

    async def release_terminal(self, terminal_id=None, session_id=None, **_):
        self.terminals[terminal_id].is_released = True
        self.heard.set()
        self._kill(self.terminals[terminal_id])
        return wire.ReleaseTerminalResponse()

    @staticmethod
    def _kill(terminal):
        terminal.is_killed = terminal.process.returncode is None
        if terminal.is_killed:
            os.killpg(terminal.process.pid, signal.SIGKILL)

    async def create_elicitation(self, message=None, mode=None, **_):
        self.forms.append((message, mode))
        if self.answer is None:
            return wire.DeclineElicitationResponse(action="decline")
        return wire.AcceptElicitationResponse(action="accept", content=self.answer)


class Visit(reference.Visit):
    """What there is beside everything that an editor without these has; all of that is checked again."""

    def _notes(self, content=UNSAVED):
        self.editor.buffers = {str(self.folder / "notes.txt"): content}
        return self.folder / "notes.txt"

    async def check_unsaved_text_is_read(self, case):
        session, _ = await self.new()
        self._notes()
        _, updates = await self.play(session, "quoting")
        case.true(f"the answer {text(updates)!r}", "second line, not saved" in text(updates))

    async def check_what_is_in_no_buffer_is_read_from_the_disk(self, case):
        session, _ = await self.new()
        self.editor.buffers = {}
        _, updates = await self.play(session, "quoting")
        case.true(f"the answer {text(updates)!r}", "second line\n" in text(updates))

    async def check_a_change_that_is_allowed(self, case):
        session, _ = await self.new()
        notes = self._notes()
        before = notes.read_text()
        self.editor.asked, self.editor.choices = [], ["allow_once"]
        reason, updates = await self.play(session, "editing")
        case.equal("end", (reason, states(updates)), ("end_turn", ["completed", "completed"]))
        case.equal("the buffer", self.editor.buffers, {str(notes): UNSAVED.replace("second line", "2nd line")})
        case.equal("the disk", notes.read_text(), before)
        for shown in (
            self.editor.asked[0].content,
            [
                part
                for one in updates
                for part in getattr(one, "content", None) or []
                if reference.kind(one) == "tool_call_update"
            ],
        ):
            diffs = [part for part in shown if part.type == "diff"]
            case.true(f"the diff {diffs}", diffs and all("second line, not saved" in diff.old_text for diff in diffs))

    async def check_a_change_that_is_refused(self, case):
        session, _ = await self.new()
        notes = self._notes()
        self.editor.asked, self.editor.choices = [], ["reject_once"]
        _, updates = await self.play(session, "editing")
        case.equal("states", states(updates), ["completed", "failed"])
        case.equal("the buffer", self.editor.buffers, {str(notes): UNSAVED})

    async def check_a_new_file(self, case):
        session, _ = await self.new()
        self.editor.buffers = {}
        self.editor.asked, self.editor.choices = [], ["allow_once"]
        _, updates = await self.play(session, "writing")
        case.equal("states", states(updates), ["completed"])
        case.equal("the buffer", self.editor.buffers, {str(self.folder / "new.txt"): "new\n"})
        case.true("nothing is on the disk", not (self.folder / "new.txt").exists())

    async def check_modes(self, case):
        self._notes((self.folder / "notes.txt").read_text())
        session, _ = await self.new()
        await within(self.connection.set_session_mode(session_id=session, mode_id="acceptEdits"))
        self.editor.asked = []
        _, updates = await self.play(session, "editing")
        case.equal("questions and states", (self.editor.asked, states(updates)), ([], ["completed"] * 2))

    async def check_load_tells_again_what_was_told(self, case):
        session, _ = await self.new()
        self._notes()
        self.editor.choices = ["allow_once"]
        _, live = await self.play(session, "editing")
        await within(self.connection.load_session(session_id=session, cwd=str(self.folder), mcp_servers=[]))
        again = self.editor.take(session)
        case.equal("what was answered", text(again), text(live))
        case.equal("states", states(again), states(live))

    async def check_a_command_shows_what_it_prints(self, case):
        session, _ = await self.new()
        self.editor.asked, self.editor.choices, self.editor.terminals = [], ["allow_once"], {}
        _, updates = await self.play(session, "showing")
        case.equal("terminals", [one.is_released for one in self.editor.terminals.values()], [True])
        (told,) = calls(updates).values()
        shown = {part.terminal_id for one in told for part in one.content or [] if part.type == "terminal"}
        case.equal("what is shown", shown, set(self.editor.terminals))
        case.true(f"the model gets {text(updates)!r}", "on screen" in text(updates) and "3" in text(updates))
        shown = [one.status for one in told if any(part.type == "terminal" for part in one.content or [])]
        case.true(f"it is shown while it runs: {shown}", len(shown) > 1 and shown[0] in (None, "in_progress"))

    async def check_when_no_terminal_opens_none_is_asked_for_again(self, case):
        session, _ = await self.new()
        self.editor.choices, self.editor.terminals, self.editor.has_terminals = ["allow_once"] * 2, {}, False
        _, updates = await self.play(session, "showing")
        case.true(f"the model gets {text(updates)!r}", "on screen" in text(updates))

    async def check_cancel_within_a_terminal(self, case):
        session, _ = await self.new()
        self.editor.choices, self.editor.terminals = ["allow_once"], {}
        prompt = self.begin(session, "waiting")
        await self.reach(prompt, lambda: self.editor.terminals)
        await self.connection.cancel(session_id=session)
        case.equal("stop reason", (await within(prompt)).stop_reason, "cancelled")
        case.equal("states", states(self.editor.take(session)), ["failed"])
        for terminal in self.editor.terminals.values():
            await within(terminal.process.wait())
        (self.folder / "here.pid").unlink(missing_ok=True)
        # It is released in its own time; the next prompt does not wait for that.
        await self.play(session, "speech")
        while not all(one.is_released for one in self.editor.terminals.values()):
            self.editor.heard.clear()
            await within(self.editor.heard.wait())
        case.equal("released", [one.is_released for one in self.editor.terminals.values()], [True])

    async def check_a_form(self, case):
        session, _ = await self.new()
        self.editor.forms, self.editor.answer = [], {"answer": "other"}
        _, updates = await self.play(session, "asking")
        case.equal("the model gets", text(updates), "Said: other")
        case.true(f"the question {self.editor.forms}", self.editor.forms and "Which one?" in self.editor.forms[0][0])

    async def check_a_form_that_is_declined(self, case):
        session, _ = await self.new()
        self.editor.forms, self.editor.answer = [], None
        reason, updates = await self.play(session, "asking")
        case.equal("stop reason", (reason, len(self.editor.forms)), ("end_turn", 1))
        case.true(f"the model gets {text(updates)!r}", "Said:" in text(updates) and "other" not in text(updates))
