"""A server on the `mcp` package, of 2.x or 1.x, with the tools that a client must survive.

Usage: server.py MARK [--http PORT [--way stateless|json|sse]] [--slow SECONDS] [--chatty] [--tools COUNT] [--stays]. MARK is only there to be found among processes.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time

import pydantic

arguments = argparse.ArgumentParser()
arguments.add_argument("mark")
arguments.add_argument("--http", type=int)
arguments.add_argument("--way", choices=["stateless", "json", "sse"])
arguments.add_argument("--slow", type=float, default=0)
arguments.add_argument("--chatty", action="store_true")
arguments.add_argument("--tools", type=int, default=0)
arguments.add_argument("--stays", action="store_true")
asked = arguments.parse_args()

if asked.stays:
    # As under npx or a shell: whoever ends this one does not end the other.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(900)", asked.mark])
if asked.chatty:
    print("Server is starting…\n\n{not json}\n[1, 2]\nListening!", flush=True)
time.sleep(asked.slow)

try:
    from mcp.server import MCPServer
    from mcp.server.mcpserver import Context, Image

    IS_NEWEST = True
except ImportError:
    from mcp.server.fastmcp import Context, FastMCP as MCPServer, Image

    IS_NEWEST = False

SETTINGS = {"host": "127.0.0.1", "port": asked.http} if asked.http else {}
SETTINGS |= {"stateless": {"stateless_http": True}, "json": {"json_response": True}}.get(asked.way, {})
server = MCPServer("peer", instructions="A peer for tests.", **({} if IS_NEWEST else SETTINGS))
# The least of a PNG: one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


@server.tool()
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@server.tool()
def echo(text: str) -> str:
    """Says the same again."""
    return text


@server.tool()
def fail() -> str:
    """Raises."""
    raise ValueError("it broke")


@server.tool()
def picture() -> Image:
    """A picture."""
    return Image(data=PIXEL, format="png")


@server.tool()
def facts() -> dict[str, int]:
    """A value."""
    return {"answer": 42}


@server.tool()
def surroundings() -> list[str]:
    """What the process was given: its folder, and the names of its variables."""
    return [os.getcwd(), str(os.getpid()), *sorted(os.environ)]


@server.tool()
async def slow(seconds: float, context: Context) -> str:
    """Waits, and tells of it."""
    steps = int(seconds * 10)
    for step in range(steps):
        await asyncio.sleep(0.1)
        await context.report_progress(step + 1, steps, f"step {step + 1}")
    return "done"


@server.tool()
async def hang() -> str:
    """Never answers."""
    await asyncio.sleep(900)
    return "?"


@server.tool()
def die() -> str:
    """Ends the process."""
    print("out of luck", file=sys.stderr, flush=True)
    os._exit(3)


@server.tool(structured_output=False)
def big(size: int) -> str:
    """A text of that size."""
    return "large " * (size // 6)


@server.tool()
def huge(size: int) -> str:
    """A text of that size, which the package sends twice: as text, and as a value."""
    return "large " * (size // 6)


@server.tool()
def noisy() -> str:
    """Prints where messages go."""
    print("stray text\n{'and': more}", flush=True)
    return "said"


class Colour(pydantic.BaseModel):
    """What is asked for."""

    colour: str


@server.tool()
async def ask(context: Context) -> str:
    """Asks the person."""
    answer = await context.elicit("Which colour?", Colour)
    return f"{answer.action} {getattr(answer, 'data', None)}"


@server.tool()
async def storm(count: int, context: Context) -> str:
    """Tells of so many changes, and has a tool more at the end."""
    session = getattr(context, "session", None) or context.request_context.session


    async def tell():
        await session.send_tool_list_changed()
        if hasattr(context, "notify_tools_changed"):
            # Where there is no session, those are told who listen.
            await context.notify_tools_changed()

    for _ in range(count):
        await tell()
    server.add_tool(lambda: "after", name="after", description="There since the storm.")
    await tell()
    return "calm"


for place in range(asked.tools):
    text = f"Tool number {place} of many: looks up the price of article {place} in the catalogue of spare parts."
    server.add_tool(lambda article="x", place=place: f"{place}: {article}", name=f"price_{place}", description=text)

if asked.http:
    server.run(transport="sse" if asked.way == "sse" else "streamable-http", **(SETTINGS if IS_NEWEST else {}))
else:
    server.run()
while asked.stays:
    time.sleep(1)
