"""The reference client, unchanged, through all that an editor does: `python reference.py AGENT…` where it is installed.

`WORKSPACE` is the folder to work in; the parts that are played are the upstream's. What the client logs as unknown or
wrong is a failure.
"""

import asyncio
import importlib.metadata
import inspect
import logging
import os
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

import acp
import acp.schema as wire
from interop.report import Report

import upstream

# No check waits for it to pass.
ANSWER_MAX = 60
VERSION = importlib.metadata.version("agent-client-protocol")


class Logged(logging.Handler):
    """What the client's library complains of."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        cause = record.exc_info[1] if record.exc_info else ""
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()} {cause}"[:1000])


class Editor(acp.Client):
    """Keeps what it is told, and answers permissions with the next of `choices`."""

    def __init__(self):
        self.choices, self.asked, self.updates = [], [], []
        self.heard = asyncio.Event()

    async def session_update(self, session_id, update, **_):
        self.updates.append((session_id, update))
        self.heard.set()

    async def request_permission(self, options=None, session_id=None, tool_call=None, **_):
        self.asked.append(tool_call)
        self.heard.set()
        choice = self.choices.pop(0) if self.choices else None
        if choice == "never":
            await asyncio.Event().wait()
        option = next((one for one in options if one.kind == choice), None)
        if option is None:
            return wire.RequestPermissionResponse(outcome=wire.DeniedOutcome(outcome="cancelled"))
        selected = getattr(wire, "AllowedOutcome", None) or wire.SelectedPermissionOutcome
        return wire.RequestPermissionResponse(outcome=selected(outcome="selected", option_id=option.option_id))

    def take(self, session_id):
        """The updates of a session since the last time."""
        taken = [update for session, update in self.updates if session == session_id]
        self.updates = [(session, update) for session, update in self.updates if session != session_id]
        return taken


def kind(update):
    """An update's kind, as on the wire."""
    return update.session_update


def text(updates, of="agent_message_chunk"):
    """What the chunks of a kind say together."""
    return "".join(update.content.text for update in updates if kind(update) == of)


def calls(updates):
    """By tool call: all that was told of it, in order."""
    told = {}
    for update in updates:
        if kind(update) in ("tool_call", "tool_call_update"):
            told.setdefault(update.tool_call_id, []).append(update)
    return told


def states(updates):
    """The last state of each tool call, in the order in which they began."""
    return [[one.status for one in told if one.status][-1] for told in calls(updates).values()]


def options(answer):
    """The current values of a session's options."""
    # Newer releases of the client wrap each option.
    listed = [getattr(option, "root", option) for option in answer.config_options or []]
    return {option.id: option for option in listed}


def values(option):
    """What an option can be set to: the values that it names, or on and off; nothing for none."""
    return [] if option is None else [one.value for one in getattr(option, "options", None) or []] or [True, False]


async def within(awaitable):
    return await asyncio.wait_for(awaitable, ANSWER_MAX)


class Visit:
    """The program, as one client meets it."""

    def __init__(self, report, connection, editor, folder):
        self.report, self.connection, self.editor, self.folder = report, connection, editor, folder

    async def new(self):
        answer = await within(self.connection.new_session(cwd=str(self.folder), mcp_servers=[]))
        return answer.session_id, answer

    def begin(self, session, part):
        """Begins a prompt: its answer to come; what was told before is forgotten."""
        self.editor.take(session)
        blocks = [wire.TextContentBlock(type="text", text=f"Please play {part}")]
        return asyncio.ensure_future(self.connection.prompt(session_id=session, prompt=blocks))

    async def reach(self, prompt, holds):
        """Waits until something holds, or the prompt is answered."""
        while not holds() and not prompt.done():
            self.editor.heard.clear()
            heard = asyncio.ensure_future(self.editor.heard.wait())
            await within(asyncio.wait([prompt, heard], return_when=asyncio.FIRST_COMPLETED))
            heard.cancel()

    def said(self, session):
        """What was said since the prompt began."""
        return text([update for one, update in self.editor.updates if one == session])

    async def play(self, session, part):
        """One prompt: how it ended, and what was told of it by then."""
        answer = await within(self.begin(session, part))
        return answer.stop_reason, self.editor.take(session)

    async def all(self):
        """Each of the protocol's features as a case."""
        for name, check in inspect.getmembers(self, inspect.iscoroutinefunction):
            if name.startswith("check_"):
                with self.report.case(f"{VERSION}: {name[6:].replace('_', ' ')}") as case:
                    await check(case)

    async def check_text_streams(self, case):
        session, _ = await self.new()
        reason, updates = await self.play(session, "speech")
        case.equal("stop reason", reason, "end_turn")
        case.equal("text", text(updates), upstream.SPOKEN)
        case.equal("thought", text(updates, "agent_thought_chunk"), "What is there to say?")
        chunks = [update for update in updates if kind(update) == "agent_message_chunk"]
        case.true(f"{len(chunks)} chunks", len(chunks) > 1)
        ids = {getattr(update, "message_id", "?") for update in chunks}
        case.true(f"message ids {ids}", len(ids) == 1 and None not in ids)
        usage = [update for update in updates if kind(update) == "usage_update"]
        case.true("the last update has the cost", usage and kind(updates[-1]) == "usage_update" and usage[-1].cost)
        if usage and usage[-1].cost:
            case.true(f"{usage[-1]}", usage[-1].cost.amount > 0 and 0 < usage[-1].used < usage[-1].size)

    async def check_commands_are_told(self, case):
        session, _ = await self.new()
        # Whichever comes first: nothing is told between the two that is not taken.
        told = self.editor.take(session)
        told += (await self.play(session, "speech"))[1]
        commands = [one.available_commands for one in told if kind(one) == "available_commands_update"]
        case.true(f"commands in {[kind(one) for one in told]}", commands and all(commands))

    async def check_a_call_begins_before_it_ends(self, case):
        session, _ = await self.new()
        reason, updates = await self.play(session, "reading")
        case.equal("stop reason", reason, "end_turn")
        (told,) = calls(updates).values()
        case.equal("its first update", (kind(told[0]), told[0].kind, told[0].status), ("tool_call", "read", "pending"))
        case.equal("its last state", states(updates), ["completed"])
        places = [one.locations[0].path for one in told if one.locations]
        case.equal("its place", set(places), {str(self.folder / "notes.txt")})
        case.true("its input", any(one.raw_input == {"path": "notes.txt"} for one in told))
        case.true(f"titles {[one.title for one in told]}", "notes.txt" in [one.title for one in told if one.title][-1])
        case.equal("the answer", text(updates), "I have read it. [done]")

    async def check_three_calls_at_once(self, case):
        session, _ = await self.new()
        _, updates = await self.play(session, "many")
        case.equal("states", states(updates), ["completed"] * 3)

    async def check_a_call_that_fails(self, case):
        session, _ = await self.new()
        _, updates = await self.play(session, "nonsense")
        case.equal("states", states(updates), ["failed"])
        case.equal("the answer", text(updates), "It is not there. [failed]")

    async def check_a_change_that_is_allowed(self, case):
        session, _ = await self.new()
        notes = self.folder / "notes.txt"
        before = notes.read_text()
        self.editor.asked, self.editor.choices = [], ["allow_once"]
        reason, updates = await self.play(session, "editing")
        case.equal("stop reason", reason, "end_turn")
        case.equal("states", states(updates), ["completed", "completed"])
        case.equal("the file", notes.read_text(), before.replace("second line", "2nd line"))
        (asked,) = self.editor.asked
        case.equal("the kind that is asked about", asked.kind, "edit")
        case.true("its title, input and places are shown", asked.title and asked.raw_input and asked.locations)
        edits = [told for told in calls(updates).values() if told[0].kind == "edit"][0]
        for shown in (asked.content, [part for one in edits for part in one.content or []]):
            diffs = [part for part in shown or [] if part.type == "diff"]
            case.true("a diff is shown", diffs)
            for diff in diffs:
                case.true(f"the diff {diff}", "second line" in (diff.old_text or "") and "2nd line" in diff.new_text)
                case.equal("its file", diff.path, str(notes))
        notes.write_text(before)

    async def check_a_change_that_is_refused(self, case):
        session, _ = await self.new()
        before = (self.folder / "notes.txt").read_text()
        self.editor.asked, self.editor.choices = [], ["reject_once"]
        reason, updates = await self.play(session, "editing")
        case.equal("stop reason", reason, "end_turn")
        case.equal("states", states(updates), ["completed", "failed"])
        case.equal("the file", (self.folder / "notes.txt").read_text(), before)
        case.equal("questions", len(self.editor.asked), 1)
        case.true(f"the answer {text(updates)!r}", text(updates).endswith("[failed]"))

    async def check_a_new_file(self, case):
        session, _ = await self.new()
        self.editor.asked, self.editor.choices = [], ["allow_once"]
        _, updates = await self.play(session, "writing")
        case.equal("states", states(updates), ["completed"])
        diffs = [part for part in self.editor.asked[0].content or [] if part.type == "diff"]
        case.equal("the diff", [(diff.old_text, diff.new_text) for diff in diffs], [(None, "new\n")])
        case.equal("the file", (self.folder / "new.txt").read_text(), "new\n")
        (self.folder / "new.txt").unlink()

    async def check_always_is_asked_once(self, case):
        session, _ = await self.new()
        self.editor.asked, self.editor.choices = [], ["allow_always"]
        reason, updates = await self.play(session, "twice")
        case.equal(
            "questions, states, end",
            (len(self.editor.asked), states(updates), reason),
            (1, ["completed"] * 2, "end_turn"),
        )

    async def check_a_command_shows_what_it_prints(self, case):
        session, _ = await self.new()
        self.editor.asked, self.editor.choices = [], ["allow_once"]
        _, updates = await self.play(session, "command")
        (told,) = calls(updates).values()
        shown = [part.content.text for one in told for part in one.content or [] if part.type == "content"]
        case.true(f"the output in {shown}", any("one\ntwo" in one for one in shown))
        case.equal("kind and state", (self.editor.asked[0].kind, states(updates)), ("execute", ["completed"]))
        case.equal("what it made", (self.folder / "made.txt").read_text(), "made")
        (self.folder / "made.txt").unlink()

    async def check_huge_output(self, case):
        session, _ = await self.new()
        self.editor.choices = ["allow_once"]
        _, updates = await self.play(session, "loud")
        sizes = [len(update.model_dump_json()) for update in updates]
        case.equal("states", states(updates), ["completed"])
        case.true(f"{sum(sizes)} bytes in {len(sizes)} updates", max(sizes) < 200_000 and sum(sizes) < 4_000_000)

    async def check_a_plan(self, case):
        session, _ = await self.new()
        _, updates = await self.play(session, "planning")
        plans = [[(entry.content, entry.status) for entry in one.entries] for one in updates if kind(one) == "plan"]
        case.equal("plans", plans, [[("Look", "completed"), ("Change", "in_progress")]])

    async def check_cancel_in_mid_stream(self, case):
        session, _ = await self.new()
        prompt = self.begin(session, "endless")
        await self.reach(prompt, lambda: self.said(session))
        await self.connection.cancel(session_id=session)
        case.equal("stop reason", (await within(prompt)).stop_reason, "cancelled")
        # The session goes on, with what had been said.
        reason, updates = await self.play(session, "speech")
        case.equal("the next prompt", (reason, text(updates)), ("end_turn", upstream.SPOKEN))

    async def check_cancel_while_a_question_stands(self, case):
        session, _ = await self.new()
        self.editor.asked, self.editor.choices = [], ["never"]
        prompt = self.begin(session, "command")
        await self.reach(prompt, lambda: self.editor.asked)
        await self.connection.cancel(session_id=session)
        case.equal("stop reason", (await within(prompt)).stop_reason, "cancelled")
        case.equal("states", states(self.editor.take(session)), ["failed"])
        case.true("nothing has run", not (self.folder / "made.txt").exists())

    async def check_a_second_prompt_waits_its_turn(self, case):
        session, _ = await self.new()
        answers = await within(asyncio.gather(*(self.begin(session, "speech") for _ in range(2))))
        case.equal("stop reasons", [answer.stop_reason for answer in answers], ["end_turn"] * 2)
        case.equal("text", text(self.editor.take(session)), upstream.SPOKEN * 2)

    async def check_prompts_of_all_kinds(self, case):
        session, _ = await self.new()
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        uri = (self.folder / "notes.txt").as_uri()
        resource = wire.TextResourceContents(uri=uri, text="embedded", mime_type="text/plain")
        blocks = [
            wire.TextContentBlock(type="text", text="play speech"),
            wire.ImageContentBlock(type="image", data=pixel, mime_type="image/png"),
            wire.ResourceContentBlock(type="resource_link", name="notes.txt", uri=uri),
            wire.EmbeddedResourceContentBlock(type="resource", resource=resource),
        ]
        answer = await within(self.connection.prompt(session_id=session, prompt=blocks))
        case.equal("stop reason", answer.stop_reason, "end_turn")

    async def check_load_tells_again_what_was_told(self, case):
        session, _ = await self.new()
        self.editor.choices = ["allow_once"]
        _, live = await self.play(session, "editing")
        _, more = await self.play(session, "speech")
        (self.folder / "notes.txt").write_text(
            (self.folder / "notes.txt").read_text().replace("2nd line", "second line")
        )
        answer = await within(self.connection.load_session(session_id=session, cwd=str(self.folder), mcp_servers=[]))
        again = self.editor.take(session)
        case.true("options", "mode" in options(answer) and answer.modes)
        case.equal("what the person said", text(again, "user_message_chunk").count("Please play"), 2)
        case.equal("what was answered", text(again), text(live) + text(more))
        case.equal("thoughts", text(again, "agent_thought_chunk"), text(more, "agent_thought_chunk"))
        case.equal("states", states(again), states(live))

        def ids(updates):
            return list(dict.fromkeys(one.message_id for one in updates if kind(one) == "agent_message_chunk"))

        case.equal("message ids", ids(again), ids(live + more))

    async def check_load_while_a_prompt_goes_on_touches_nothing(self, case):
        session, _ = await self.new()
        prompt = self.begin(session, "endless")
        await self.reach(prompt, lambda: self.said(session))
        try:
            await within(self.connection.load_session(session_id=session, cwd=str(self.folder), mcp_servers=[]))
            case.true("it was loaded", False)
        except acp.RequestError as error:
            case.equal("loading it", error.code, -32602)
        case.true("the prompt goes on", not prompt.done())
        await self.connection.cancel(session_id=session)
        case.equal("stop reason", (await within(prompt)).stop_reason, "cancelled")

    async def check_a_second_folder(self, case):
        other = self.folder.parent / "other"
        other.mkdir(exist_ok=True)
        answer = await within(
            self.connection.new_session(cwd=str(self.folder), additional_directories=[str(other)], mcp_servers=[])
        )
        listed = await within(self.connection.list_sessions(cwd=str(self.folder)))
        folders = [one.additional_directories for one in listed.sessions if one.session_id == answer.session_id]
        case.equal("its folders", folders, [[str(other)]])

    async def check_resume_tells_nothing(self, case):
        session, _ = await self.new()
        await self.play(session, "speech")
        answer = await within(self.connection.resume_session(session_id=session, cwd=str(self.folder), mcp_servers=[]))
        told = [kind(update) for update in self.editor.take(session)]
        chunks = [one for one in told if one.endswith("_chunk") or one.startswith("tool_call")]
        case.equal("told", chunks, [])
        case.true("options", "mode" in options(answer))
        case.equal("the next prompt", (await self.play(session, "reading"))[0], "end_turn")

    async def check_list_and_close(self, case):
        session, _ = await self.new()
        await self.play(session, "speech")
        listed = await within(self.connection.list_sessions(cwd=str(self.folder)))
        case.true("listed", session in [one.session_id for one in listed.sessions])
        await within(self.connection.close_session(session_id=session))

    async def check_fork(self, case):
        session, _ = await self.new()
        await self.play(session, "speech")
        fork = await within(self.connection.fork_session(session_id=session, cwd=str(self.folder), mcp_servers=[]))
        case.true("another session", fork.session_id != session)
        await within(self.connection.load_session(session_id=fork.session_id, cwd=str(self.folder), mcp_servers=[]))
        case.equal("what was said", text(self.editor.take(fork.session_id)), upstream.SPOKEN)
        case.equal("it goes on", (await self.play(fork.session_id, "reading"))[0], "end_turn")

    async def check_options_are_told_whole(self, case):
        session, answer = await self.new()
        known = options(answer)
        case.true(f"options {list(known)}", list(known)[:3] == ["mode", "model", "effort"])
        case.equal(
            "categories",
            [getattr(known[one], "category", None) for one in ("mode", "model", "effort")],
            ["mode", "model", "thought_level"],
        )
        set_one = self.connection.set_config_option
        # The models first: what the others take is the last one's.
        for name in ("model", *(name for name in known if name != "model")):
            for value in [value for value in values(known.get(name)) if name != "model" or "5-5" in value]:
                known = options(await within(set_one(config_id=name, session_id=session, value=value)))
                case.equal(name, known[name].current_value, value)
                case.true(f"options for {value}: {list(known)}", {"mode", "model"} <= set(known))
                for one in known.values():
                    taken = values(one)
                    case.true(f"{one.id}: {one.current_value} is none of {taken}", one.current_value in taken)
        case.equal("a prompt after all of it", (await self.play(session, "speech"))[0], "end_turn")

    async def check_modes(self, case):
        session, answer = await self.new()
        modes = [mode.id for mode in answer.modes.available_modes]
        case.equal("modes are the option's values", modes, [one.value for one in options(answer)["mode"].options])
        self.editor.take(session)
        await within(self.connection.set_session_mode(session_id=session, mode_id="acceptEdits"))
        self.editor.asked = []
        notes = self.folder / "notes.txt"
        before = notes.read_text()
        _, updates = await self.play(session, "editing")
        case.equal("questions", self.editor.asked, [])
        case.equal("states", states(updates), ["completed"] * 2)
        notes.write_text(before)
        await within(self.connection.set_session_mode(session_id=session, mode_id="readOnly"))
        _, updates = await self.play(session, "editing")
        case.equal("states when only reading", states(updates), ["completed", "failed"])
        case.equal("the file", notes.read_text(), before)

    async def check_what_there_is_not(self, case):
        session, _ = await self.new()
        connection, folder = self.connection, str(self.folder)
        blocks = [wire.TextContentBlock(type="text", text="play speech")]
        for name, code, asked in [
            ("an unknown session", -32002, lambda: connection.prompt(session_id="none", prompt=blocks)),
            ("loading it", -32002, lambda: connection.load_session(session_id="none", cwd=folder, mcp_servers=[])),
            ("resuming it", -32002, lambda: connection.resume_session(session_id="none", cwd=folder, mcp_servers=[])),
            ("an unknown mode", -32602, lambda: connection.set_session_mode(session_id=session, mode_id="none")),
            (
                "an unknown option",
                -32602,
                lambda: connection.set_config_option(config_id="none", session_id=session, value="x"),
            ),
            (
                "an unknown value",
                -32602,
                lambda: connection.set_config_option(config_id="mode", session_id=session, value="x"),
            ),
            ("a relative folder", -32602, lambda: connection.new_session(cwd="here", mcp_servers=[])),
            ("an unknown method", -32601, lambda: connection.ext_method("none/such", {})),
        ]:
            try:
                case.true(f"{name} was answered with {await within(asked())}", False)
            except acp.RequestError as error:
                case.equal(name, error.code, code)

    async def check_delete(self, case):
        session, _ = await self.new()
        await self.play(session, "speech")
        if not hasattr(self.connection, "delete_session"):
            return
        await within(self.connection.delete_session(session_id=session))
        listed = await within(self.connection.list_sessions())
        case.true("it is gone", session not in [one.session_id for one in listed.sessions])


async def meet(report, command, editor, visit, **offered):
    """All checks of a visit over one process; what the client logged is the last case."""
    logged = Logged()
    logging.getLogger().addHandler(logged)
    folder = pathlib.Path(os.environ["WORKSPACE"])
    async with acp.spawn_agent_process(
        editor, *command, env=dict(os.environ), cwd=folder, use_unstable_protocol=True
    ) as (connection, process):
        with report.case("initialize") as case:
            hello = await within(connection.initialize(protocol_version=1, **offered))
            case.equal("version", hello.protocol_version, 1)
            case.true("a way to authenticate", hello.auth_methods)
            first = hello.auth_methods[0]
            await within(connection.authenticate(method_id=getattr(first, "root", first).id))
        await visit(report, connection, editor, folder).all()
    with report.case("the end") as case:
        case.equal("exit status", await asyncio.wait_for(process.wait(), ANSWER_MAX), 0)
    with report.case("what the client logged") as case:
        case.equal("lines", logged.lines, [])
    logging.getLogger().removeHandler(logged)


async def main(command):
    """An editor that offers nothing, and one that offers all there is."""
    import offering

    report = Report()
    with report.section(f"the reference client {VERSION}"):
        await meet(report, command, Editor(), Visit)
    with report.section(f"the reference client {VERSION}, with buffers, terminals and forms"):
        await meet(report, command, offering.Editor(), offering.Visit, client_capabilities=offering.capabilities())
    return report.close()


if __name__ == "__main__":
    sys.modules["reference"] = sys.modules["__main__"]
    sys.exit(asyncio.run(main(sys.argv[1:])))
