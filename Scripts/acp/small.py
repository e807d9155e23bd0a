"""The library acp-client, as it is: `python small.py AGENT…` prints what its user would see."""

import asyncio
import json
import os
import pathlib
import sys

from acp_client import Agent


async def main(command):
    """A few questions, of which one is taken back; a session that another process had is begun anew."""
    folder, told = pathlib.Path(os.environ["WORKSPACE"]), {}

    async def permission(request):
        kinds = {option["kind"]: option["optionId"] for option in request["options"]}
        return kinds["allow_once"] if "refused" in told else None

    agent = Agent(command, folder, permission=permission)
    told["speech"] = await agent.ask("play speech")
    told["refused"] = await agent.ask("play editing")
    told["allowed"] = await agent.ask("play editing")
    begun = asyncio.Event()
    asking = asyncio.ensure_future(agent.ask("play endless", on_text=lambda _: begun.set()))
    await begun.wait()
    agent.cancel()
    told["cancelled"] = await asking
    told["afterwards"] = await agent.ask("play reading")
    await agent.stop()
    later = Agent(command, folder, session="gone")
    told["gone"] = await later.ask("play speech")
    await later.stop()
    print(json.dumps(told))


asyncio.run(main(sys.argv[1:]))
