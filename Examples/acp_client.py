#!/usr/bin/env python3
"""Asks by the reference client, of `pip install agent-client-protocol`: acp_client.py "make a file with a haiku"."""

import asyncio
import os
import sys

import acp
from acp import schema


class Terminal(acp.Client):
    """Prints what it is told, and asks the person what may happen."""

    async def session_update(self, session_id, update, **_):
        if update.session_update == "agent_message_chunk" and update.content.type == "text":
            print(update.content.text, end="", flush=True)
        elif update.session_update == "tool_call_update" and update.status in ("completed", "failed"):
            print(f"\n[{update.title}: {update.status}]")

    async def request_permission(self, options=None, session_id=None, tool_call=None, **_):
        print(f"\n{tool_call.title}", *(f"{i}: {one.name}" for i, one in enumerate(options)), sep="\n  ")
        chosen = options[int(await asyncio.to_thread(input, "? "))].option_id
        # Releases before 1.0 have another name for it.
        selected = getattr(schema, "AllowedOutcome", None) or schema.SelectedPermissionOutcome
        return schema.RequestPermissionResponse(outcome=selected(outcome="selected", option_id=chosen))


async def main(prompt):
    """One prompt in the current folder."""
    async with acp.spawn_agent_process(Terminal(), "wyn360", env=dict(os.environ)) as (agent, _):
        await agent.initialize(protocol_version=1)
        session = await agent.new_session(cwd=os.getcwd(), mcp_servers=[])
        text = schema.TextContentBlock(type="text", text=prompt)
        answer = await agent.prompt(session_id=session.session_id, prompt=[text])
        print(f"\n({answer.stop_reason})")


asyncio.run(main(" ".join(sys.argv[1:])))
