#!/usr/bin/env python3
"""Stands between a client and the program, passes all bytes on as they are, and writes down each line.

Usage: relay.py LOG PROGRAM [ARGUMENT…]. LOG gets a line of JSON for each line that passed: `[side, text]`, the side being
`client`, `agent`, or `end` with the program's status. stderr goes past it. It ends with the program, by the same status.
"""

import json
import os
import signal
import subprocess
import sys
import threading


def main():
    """Relays until the program ends."""
    log = open(sys.argv[1], "a", buffering=1, encoding="utf-8")
    lock = threading.Lock()
    process = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def note(side, text):
        with lock:
            log.write(json.dumps([side, text]) + "\n")

    def pump(source, sink, side):
        rest = b""
        while data := os.read(source, 65536):
            *lines, rest = (rest + data).split(b"\n")
            # Written down first: what the client has answered to was there before.
            for line in lines:
                note(side, line.decode("utf-8", "surrogateescape"))
            try:
                while data:
                    data = data[os.write(sink, data) :]
            except OSError:
                break
        if rest:
            note(side, rest.decode("utf-8", "surrogateescape"))

    def listen():
        pump(0, process.stdin.fileno(), "client")
        process.stdin.close()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: process.send_signal(number))
    threading.Thread(target=listen, daemon=True).start()
    pump(process.stdout.fileno(), 1, "agent")
    status = process.wait()
    note("end", str(status))
    os._exit(status if status >= 0 else 128 - status)


main()
