"""A client of the `mcp` package, of 2.x or 1.x, for which the program is a server: prints what it met as JSON.

Usage: asker.py ERA PLAY_WRITE PLAY_HANG PROGRAM [ARGUMENT…]. ERA is `auto`, `legacy`, or `older` for 1.x.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys

ERA, WRITE, HANG, *COMMAND = sys.argv[1:]
met = {"asked": [], "progress": []}
logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def variables():
    """All of ours: the package itself would pass on a few alone."""
    return dict(os.environ)


@contextlib.asynccontextmanager
async def connected():
    """A call of tools, and a list of them."""
    if ERA == "older":
        from mcp import ClientSession, StdioServerParameters
        from mcp.client.stdio import stdio_client
        from mcp.types import ElicitResult

        async def elicit(_, params):
            met["asked"].append(params.message)
            return ElicitResult(action="accept", content={"answer": "allowOnce"})

        parameters = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=variables())
        async with stdio_client(parameters) as streams, ClientSession(*streams, elicitation_callback=elicit) as session:
            met["revision"] = (await session.initialize()).protocolVersion
            yield session
        return
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client
    from mcp_types import ElicitResult

    async def elicit(_, params):
        met["asked"].append(params.message)
        return ElicitResult(action="accept", content={"answer": "allowOnce"})

    parameters = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=variables())
    async with Client(stdio_client(parameters), mode=ERA, elicitation_callback=elicit) as client:
        met["revision"] = client.protocol_version
        yield client


async def progress(done, _, message):
    met["progress"].append([done, message])


def facts(result):
    """What a result says, whichever release it is of."""
    dumped = result.model_dump(by_alias=True)
    return {name: dumped.get(name) for name in ("content", "structuredContent", "isError")}


async def take_back(session, number):
    """What 1.x leaves to its users: it forgets a call that is cancelled, and does not say so."""
    from mcp import types

    params = types.CancelledNotificationParams(requestId=number, reason="no longer needed")
    notification = types.CancelledNotification(method="notifications/cancelled", params=params)
    await session.send_notification(types.ClientNotification(notification))


async def main():
    """One visit."""
    async with connected() as client:
        met["tools"] = [tool.name for tool in (await client.list_tools()).tools]
        met["wrote"] = facts(await client.call_tool("ask", {"prompt": WRITE}, progress_callback=progress))
        session = met["wrote"]["structuredContent"]["sessionId"]
        met["again"] = facts(await client.call_tool("ask", {"prompt": "PLAY [\"again\"]", "sessionId": session}))
        met["wrong"] = facts(await client.call_tool("ask", {"prompt": 7}))
        number = getattr(client, "_request_id", None)
        waiting = asyncio.create_task(client.call_tool("ask", {"prompt": HANG}))
        await asyncio.sleep(1)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        if ERA == "older":
            await take_back(client, number)
        met["afterwards"] = facts(await client.call_tool("ask", {"prompt": "PLAY [\"still here\"]"}))


asyncio.run(asyncio.wait_for(main(), 60))
print(json.dumps(met))
