#!/usr/bin/env python3
"""Drives the built program over its pipe with random messages, right and broken, and holds what must hold.

    Scripts/storm.py PROGRAM [SECONDS [SEED]]

It asks every method that server/describe tells of, with params made of their schemas and then damaged, in both framings, alone and
in batches; it cancels, answers questions in all ways, registers tools, and has a model on 127.0.0.1 that answers at random. It
holds: each id is answered once, the seq of a session has no gap, nothing is written that is no message, the process lives until its
input ends, and ends then with the status that it should. Several processes are tried, one after the other, each with a seed of its
own; what breaks is told with its seed: `Scripts/storm.py PROGRAM 0 SEED` tries that one again. No request leaves the machine.
"""
import http.server, json, os, random, select, shutil, socketserver, subprocess, sys, tempfile, threading, time

PROGRAM = os.path.abspath(sys.argv[1])
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 20
FIRST = int(sys.argv[3]) if len(sys.argv) > 3 else 1
MESSAGES, PENDING_MAX, PATIENCE = 400, 120, 60


class Broken(Exception):
    pass


def sse(events):
    return b"".join(b"event: %s\ndata: %s\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in events)


def answer(rng):
    """A stream of the Messages API: texts, thoughts and calls, numbers of any size, perhaps cut off."""
    count = lambda: rng.choice([0, 1, 500, -1, 2**63 - 1, 2**70, 1.5, None])
    blocks, calls = [], False
    for n in range(rng.randrange(1, 4)):
        kind = rng.choice(["text", "text", "text", "tool_use", "thinking"])
        if kind == "tool_use":
            name, given = rng.choice([
                ("read_file", {"path": "a.txt", "start_line": rng.choice([1, "1", 0, "x", 2**63])}), ("list_files", {}),
                ("execute_command", {"command": "true"}), ("write_file", {"path": "b.txt", "content": "x\u2028"}),
                ("pick", {"n": rng.choice([5, "5", None])}), ("update_plan", {"steps": []}), ("nothing", {}), ("search_files", {"pattern": "(a*)*"})])
            calls = True
            text = json.dumps(given)
            if rng.random() < .1: text = text[: rng.randrange(len(text))]
            blocks += [{"type": "content_block_start", "index": n, "content_block": {"type": kind, "id": "toolu_%d" % rng.randrange(10**9), "name": name, "input": {}}},
                       {"type": "content_block_delta", "index": n, "delta": {"type": "input_json_delta", "partial_json": text}}]
        elif kind == "thinking":
            blocks += [{"type": "content_block_start", "index": n, "content_block": {"type": kind, "thinking": "", "signature": ""}},
                       {"type": "content_block_delta", "index": n, "delta": {"type": "thinking_delta", "thinking": "hm"}},
                       {"type": "content_block_delta", "index": n, "delta": {"type": "signature_delta", "signature": "c2ln"}}]
        else:
            blocks += [{"type": "content_block_start", "index": n, "content_block": {"type": kind, "text": ""}}]
            blocks += [{"type": "content_block_delta", "index": n, "delta": {"type": "text_delta", "text": rng.choice(["one ", "\u2028", "\ud83d", "\u00e9" * 50])}} for _ in range(rng.randrange(6))]
        blocks += [{"type": "content_block_stop", "index": n}]
    stop = "tool_use" if calls else rng.choice(["end_turn", "end_turn", "max_tokens", "refusal", "pause_turn", None, "other"])
    usage = {"input_tokens": count(), "output_tokens": count(), "cache_read_input_tokens": count()}
    stream = sse([{"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "content": [], "usage": usage}}, {"type": "ping"}]
                 + blocks + [{"type": "message_delta", "delta": {"stop_reason": stop}, "usage": {"output_tokens": count()}}, {"type": "message_stop"}])
    return stream[: rng.randrange(len(stream))] if rng.random() < .1 else stream


class Model:
    """Whatever is asked over HTTP is answered at random, and soon."""

    def __init__(self, seed):
        rng, lock = random.Random(seed), threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *_): pass
            def do_POST(self):
                self.rfile.read(int(self.headers.get("content-length") or 0))
                with lock:
                    kind, wait = rng.random(), rng.choice([0, 0, 0, .02, .1])
                    status, form, body = 200, "text/event-stream", answer(rng)
                    if kind > .97: body, form = b"<html>no</html>", "text/html"
                    elif kind > .92: status, form, body = rng.choice([400, 401, 404, 413, 429, 500, 529]), "application/json", json.dumps({"type": "error", "error": {"type": "api_error", "message": "no"}}).encode()
                time.sleep(wait)
                try:
                    self.send_response(status)
                    self.send_header("content-type", form)
                    self.send_header("retry-after", "99999999999999999999")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError: pass
            do_GET = do_PUT = do_POST

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            def handle_error(self, *_): pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Storm:
    def __init__(self, seed):
        self.seed, self.rng = seed, random.Random(seed)
        self.headers = self.rng.random() < .5
        self.folder = tempfile.mkdtemp(prefix="storm-")
        os.makedirs(self.folder + "/ws")
        open(self.folder + "/ws/a.txt", "w").write("one\ntwo\n")
        self.model = Model(seed)
        url = self.model.url
        env = {"PATH": "/usr/bin:/bin", "HOME": self.folder, "LANG": "C.UTF-8", "NO_PROXY": "127.0.0.1", "ANTHROPIC_API_KEY": "test-key-000000", "ANTHROPIC_BASE_URL": url,
               "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": url, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url, "AWS_REGION": "us-east-1"}
        self.errors = open(self.folder + "/errors", "w+")
        self.process = subprocess.Popen([PROGRAM] + self.rng.choice([[], ["--allow", "all"], ["--retries", "0"]]), env=env, cwd=self.folder + "/ws",
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, bufsize=0)
        os.set_blocking(self.process.stdin.fileno(), False)
        self.buffer, self.outgoing, self.count = b"", b"", 0
        self.pending, self.maybe, self.answered = {}, set(), set()
        self.sessions, self.runs, self.seqs, self.last = ["s"], ["r"], {}, {}
        self.methods, self.sent = {}, 0

    # Writing and reading; a client that does not read while it writes would stand still with a server that does the same.

    def write(self, text, length=None):
        body = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        if self.headers:
            body = b"%s: %d\r\n%s\r\n" % (self.rng.choice([b"Content-Length", b"content-length"]), len(body) + (length or 0),
                                         self.rng.choice([b"", b"", b"Content-Type: application/vscode-jsonrpc; charset=utf8\r\n"])) + body
        else: body += b"\n"
        self.outgoing += body
        self.turn(0)

    def turn(self, wait):
        """Writes and reads what can be; whether anything came."""
        writes = [self.process.stdin] if self.outgoing else []
        readable, writable, _ = select.select([self.process.stdout], writes, [], wait)
        if writable:
            try: self.outgoing = self.outgoing[os.write(self.process.stdin.fileno(), self.outgoing[:65536]):]
            except BlockingIOError: pass
            except OSError as error: raise Broken("the input is closed: %s" % error)
        if not readable: return False
        piece = os.read(self.process.stdout.fileno(), 1 << 18)
        if not piece: raise Broken("the output ended, status %s" % self.process.wait(10))
        self.buffer += piece
        self.read()
        return True

    def read(self):
        while True:
            if self.headers:
                end = self.buffer.find(b"\r\n\r\n")
                if end < 0: return
                if not self.buffer.startswith(b"Content-Length: "): raise Broken("no header: %r" % self.buffer[:80])
                length = int(self.buffer[16:end])
                if len(self.buffer) < end + 4 + length: return
                frame, self.buffer = self.buffer[end + 4:end + 4 + length], self.buffer[end + 4 + length:]
            else:
                end = self.buffer.find(b"\n")
                if end < 0: return
                frame, self.buffer = self.buffer[:end], self.buffer[end + 1:]
                if len(frame.decode().splitlines()) > 1: raise Broken("a line is several for others: %r" % frame[:200])
            message = json.loads(frame.decode())
            for one in message if isinstance(message, list) else [message]: self.take(one)

    def take(self, message):
        if "method" in message:
            if "id" in message: return self.reply(message)
            params = message["params"]
            if "seq" in params:
                session, seq = params["sessionId"], params["seq"]
                before = self.seqs.get(session, 0)
                if seq != before + 1 and not (seq == 1 and session in self.reused): raise Broken("seq %s of %s comes after %s" % (seq, session, before))
                self.seqs[session] = seq
            return
        identifier = json.dumps(message["id"])
        if ("result" in message) == ("error" in message): raise Broken("neither or both: %s" % json.dumps(message)[:200])
        if message["id"] is None:
            if "error" not in message: raise Broken("a result for nobody: %s" % json.dumps(message)[:200])
            return
        if identifier in self.answered: raise Broken("answered twice: %s" % json.dumps(message)[:300])
        if identifier not in self.pending and identifier not in self.maybe: raise Broken("an answer that nobody asked: %s" % json.dumps(message)[:300])
        self.answered.add(identifier)
        method = self.pending.pop(identifier, None)
        result = message.get("result")
        if isinstance(result, dict):
            if isinstance(result.get("sessionId"), str):
                if method == "session/import": self.reused.add(result["sessionId"])
                self.sessions = (self.sessions + [result["sessionId"]])[-8:]
            if isinstance(result.get("runId"), str): self.runs = (self.runs + [result["runId"]])[-8:]
            if method == "session/import" and self.rng.random() < .3: self.sessions.append(result["sessionId"])
            if method == "session/export": self.last["document"] = result["document"]
            if method == "server/describe" and not self.methods: self.methods = {n: d["params"] for n, d in result["requests"].items() if d["from"] == "client"}

    reused = set()

    def reply(self, question):
        # What a detached run asks when nobody can answer any more.
        if self.process.stdin.closed: return
        right = {"tool/call": {"content": "picked"}, "permission/request": {"optionId": self.rng.choice(["allowOnce", "rejectOnce", "allowAlways", "x"])}, "auth/credentials": {}}[question["method"]]
        text = json.dumps({"jsonrpc": "2.0", "id": question["id"], "result": right})
        kind = self.rng.random()
        if kind < .5: self.write(text)
        elif kind < .6: self.write(json.dumps({"id": question["id"], "result": self.value({}, "", 2), "error": None}))
        elif kind < .7: self.write(json.dumps({"id": question["id"], "error": self.rng.choice([{"code": -32603, "message": "no"}, "no", {}, {"code": 2**70}])}))
        elif kind < .8: self.write(text[:-2] + ',"x":"\\ud83d"}}')
        elif kind < .9: self.write(text[:-1] + ',"x":nan}')
        else: self.write(json.dumps({"id": question["id"]}))

    # Making messages.

    def word(self, name):
        if name == "sessionId": return self.rng.choice(self.sessions)
        if name in ("runId", "expectedRunId"): return self.rng.choice(self.runs)
        if name == "cwd": return self.rng.choice([self.folder + "/ws", self.folder + "/ws", "/nonexistent", "x", ""])
        if name in ("model", "id"): return self.rng.choice(["sonnet", "haiku", "claude-sonnet-4-5", "x", "arn:aws:bedrock:us-east-1:1:inference-profile/x", ""])
        return self.rng.choice(["", "x", "hello", "\u00e9\u2028", "a" * 300, "\u0000", "t\u0301", "1"])

    def value(self, schema, name, depth):
        rng = self.rng
        if name == "document" and "document" in self.last and rng.random() < .8: return self.last["document"]
        if name == "inputSchema": return rng.choice([{"type": "object"}, {"type": "object", "properties": {"n": {"type": "integer"}}}, {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, {}])
        if name == "stream" or name == "optOut": return None
        if name == "prompt" and rng.random() < .7: return rng.choice(["hi", "go on", [{"type": "text", "text": "hi"}]])
        if isinstance(schema, dict) and "enum" in schema and rng.random() < .9: return rng.choice(schema["enum"])
        for several in ("oneOf", "anyOf"):
            if isinstance(schema, dict) and schema.get(several): return self.value(rng.choice(schema[several]), name, depth)
        kinds = schema.get("type") if isinstance(schema, dict) else None
        if not kinds or rng.random() < .04: kinds = ["null", "boolean", "integer", "number", "string", "array", "object"]
        kind = rng.choice(kinds) if isinstance(kinds, list) else kinds
        if depth <= 0 and kind in ("array", "object"): return rng.choice([[], {}])
        if kind == "object":
            properties, required = (schema.get("properties") or {}, schema.get("required") or []) if isinstance(schema, dict) else ({}, [])
            made = {n: self.value(s, n, depth - 1) for n, s in properties.items() if n in required and rng.random() > .03 or rng.random() < .25}
            if rng.random() < .1: made[rng.choice(["_meta", "x", "type"])] = self.value({}, "", depth - 1)
            return made
        if kind == "array": return [self.value(schema.get("items", {}) if isinstance(schema, dict) else {}, name, depth - 1) for _ in range(rng.randrange(4))]
        return {"null": None, "boolean": rng.random() < .5, "string": self.word(name),
                "integer": rng.choice([0, 1, 5, 5000, -1, 2**63 - 1, -2**63, 2**63, 10**30, 1.0]), "number": rng.choice([0, .5, -1, 1e308, 2**63, 3])}[kind]

    def identifier(self):
        self.count += 1
        n = self.count
        return self.rng.choice([n, -n, "i%d" % n, float(n) + .5, "\u00e9%d" % n, str(n)])

    def request(self):
        method = self.rng.choice(list(self.methods) + ["agent/run"] * 6 + ["session/new"] * 2)
        if self.rng.random() < .03: method = self.rng.choice(["no/such", "", "agent/rum", "initialized"])
        message = {"jsonrpc": "2.0", "id": self.identifier(), "method": method}
        params = self.value(self.methods.get(method, {}), "", 5)
        if method == "agent/run" and self.rng.random() < .7: params = {"prompt": "hi", "sessionId": self.sessions[-1], **self.rng.choice([{}, {}, {"maxTurns": 3}, {"whenBusy": "steer"}, {"detach": True}, {"maxTokens": 2**63 - 1}])}
        kind = self.rng.random()
        if kind < .9 or params: message["params"] = params
        elif kind < .95: message["params"] = self.rng.choice([None, [], [None], 7, "x"])
        self.pending[json.dumps(message["id"])] = method
        return message

    def notification(self):
        target = self.rng.choice([json.loads(i) for i in self.pending] or [1])
        return self.rng.choice([
            {"method": "$/cancelRequest", "params": {"id": target}}, {"method": "$/cancelRequest", "params": {"id": target}}, {"method": "$/cancel_request", "params": {"requestId": target}},
            {"method": "$/setTrace", "params": {"value": self.rng.choice(["off", "messages", "verbose", 7])}}, {"method": "x", "params": None}, {"id": "zz", "result": 1}])

    def broken(self):
        message = self.request()
        identifier = json.dumps(message["id"])
        del self.pending[identifier]
        self.maybe.add(identifier)
        text = json.dumps(message)
        kind = self.rng.randrange(6)
        if kind == 0: self.write(text[: self.rng.randrange(len(text))])
        elif kind == 1: self.write(text.encode() + b"\xff\xfe")
        elif kind == 2: self.write(text.replace('"jsonrpc"', '"x":"\\ud83d","jsonrpc"', 1))
        elif kind == 3: self.write(self.rng.choice(["7", "null", "[]", "{}", '"x"', "[[]]", "[" * 600 + "]" * 600, "garbage"]))
        elif kind == 4 and self.headers: self.write(text, length=self.rng.choice([-1, -20, 1]))
        else: self.write(json.dumps({**message, "jsonrpc": "1.0"}))

    # A life.

    def ask(self, method, params):
        identifier = self.identifier()
        self.pending[json.dumps(identifier)] = method
        self.write(json.dumps({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}))
        self.settle(0)

    def settle(self, most):
        end = time.monotonic() + PATIENCE
        while len(self.pending) > most or self.outgoing:
            if not self.turn(.5) and time.monotonic() > end: raise Broken("no answer to %s" % json.dumps(self.pending)[:400])

    def live(self):
        rng = self.rng
        self.reused = set()
        self.ask("initialize", {"processId": rng.choice([None, 0, -1, 2**31]), "capabilities": {"tools": rng.random() < .8, "permission": rng.random() < .8, "credentials": rng.random() < .3},
                                "initializationOptions": {"endOfInput": "drain"}})
        self.ask("server/describe", {})
        for method in ("initialize", "shutdown"): self.methods.pop(method, None)
        self.ask("session/new", {"cwd": self.folder + "/ws"})
        self.ask("tools/register", {"tools": [{"name": "pick", "description": "d", "inputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}}}]})
        for _ in range(MESSAGES):
            kind = rng.random()
            if kind < .75: self.write(json.dumps(self.request()))
            elif kind < .83: self.write(json.dumps([self.request() for _ in range(rng.randrange(1, 5))] + [self.notification()]))
            elif kind < .93: self.write(json.dumps({"jsonrpc": "2.0", **self.notification()}))
            else: self.broken()
            self.sent += 1
            self.settle(PENDING_MAX)
        # What hangs on a session that nobody works in any more is let go.
        self.settle(0)
        if rng.random() < .5: self.ask("shutdown", None)
        self.process.stdin.close()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if select.select([self.process.stdout], [], [], .5)[0]:
                piece = os.read(self.process.stdout.fileno(), 1 << 18)
                if not piece: break
                self.buffer += piece
                self.read()
        status = self.process.wait(10)
        if status != 0: raise Broken("the status is %s" % status)
        if self.buffer: raise Broken("half a message at the end: %r" % self.buffer[:200])

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.model.stop()
        self.errors.seek(0)
        errors = self.errors.read()
        shutil.rmtree(self.folder, ignore_errors=True)
        return errors


def main():
    end, seed, sent = time.monotonic() + SECONDS, FIRST, 0
    while True:
        storm = Storm(seed)
        broken = None
        try: storm.live()
        except Broken as found: broken = str(found)
        except Exception as found: broken = "%s: %s" % (type(found).__name__, found)
        errors = storm.stop()
        sent += storm.sent
        if broken or "Fatal error" in errors:
            print("seed %d, message %d: %s\n%s" % (seed, storm.sent, broken, errors[-2000:]))
            sys.exit(1)
        seed += 1
        if time.monotonic() >= end: break
    print("%d processes, %d messages: nothing found" % (seed - FIRST, sent))


main()
