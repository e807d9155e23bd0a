#!/usr/bin/env python3
"""Measures what sessions cost in memory, idle and with an exchange each, and fails above the limits.

    Scripts/memory.py PROGRAM [SESSIONS]

Everything stays on 127.0.0.1: the model is a server of this script's.
"""

import http.server
import json
import os
import subprocess
import sys
import threading

IDLE_BYTES_MAX = 16 * 1024
ALL_BYTES_MAX_OF_10_000 = 150_000_000
AT_ONCE = 8


class Model(http.server.BaseHTTPRequestHandler):
    """Answers everything with the same few sentences."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        message = {"id": "m", "type": "message", "role": "assistant", "model": "claude-test", "content": [],
                   "stop_reason": None, "usage": {"input_tokens": 25, "output_tokens": 1}}
        text = "This is an answer of a usual length, in several pieces as they come. "
        events = [{"type": "message_start", "message": message},
                  {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}]
        events += [{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}] * 5
        events += [{"type": "content_block_stop", "index": 0},
                   {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 80}},
                   {"type": "message_stop"}]
        body = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Program:
    """The program as a child process."""

    def __init__(self, path, port):
        environment = {"ANTHROPIC_API_KEY": "none", "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}",
                       "HOME": "/nonexistent", "PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"}
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.number = 0

    def send(self, method, params):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.process.stdin.write((json.dumps(request) + "\n").encode())
        self.process.stdin.flush()
        return self.number

    def answers(self, numbers):
        """The results of these requests, by their numbers."""
        results = {}
        while len(results) < len(numbers):
            message = json.loads(self.process.stdout.readline())
            if "method" not in message:
                results[message["id"]] = message["result"]
        return results

    def call(self, method, params):
        number = self.send(method, params)
        return self.answers([number])[number]

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024


def ask(program, sessions):
    prompt = "Hello, how are you today?"
    program.answers([program.send("agent/run", {"sessionId": s, "prompt": prompt}) for s in sessions])


def main(path, count):
    model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    program = Program(os.path.abspath(path), model.server_port)
    # What the first request needs once, like libcurl, is not a session's.
    ask(program, [program.call("session/new", {})["sessionId"]])
    start = program.resident_bytes()
    sessions = [program.call("session/new", {})["sessionId"] for _ in range(count)]
    idle = (program.resident_bytes() - start) / count
    for place in range(0, count, AT_ONCE):
        ask(program, sessions[place:place + AT_ONCE])
    end = program.resident_bytes()
    print(f"{count} sessions: {idle / 1024:.1f} KiB each when idle, "
          f"{(end - start) / count / 1024:.1f} KiB each with an exchange, {end / 1e6:.1f} MB in all")
    program.process.stdin.close()
    program.process.wait()
    is_small = idle <= IDLE_BYTES_MAX and start + (end - start) / count * 10_000 <= ALL_BYTES_MAX_OF_10_000
    return 0 if is_small else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10_000))
