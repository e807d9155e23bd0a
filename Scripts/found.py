#!/usr/bin/env python3
"""Holds what the tools find, list and search against git, on repositories made at random.

    Scripts/found.py PROGRAM [COUNT [SEED]]

COUNT repositories (100), the first with the seed SEED (0): nested .gitignore files with patterns of every kind, files that
git keeps track of although they are ignored, repositories within, linked work trees, excludes files, links, odd names. In
each, from its top and from a folder within, `find_files **`, `list_files` and `search_files` must name what
`git ls-files -co --exclude-standard` and `git grep` do. Everything stays on 127.0.0.1: the model is a server of this
script's. A difference is printed with its seed, and the status is 1.
"""

import http.server
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading

NAMES = ["a", "b", "c.txt", "d.log", "e.o", "build", "out", "src", "keep.log", "x y", "[id]", "A", "C.TXT", "é.txt", "-n",
         "#h", "!b", "tab\tname", "back\\slash", "qu\"ote", "a.b.c", "star*", "foo", "foobar", "deep", "z", ".hid", "new\nline"]
ODD = [b"odd\xff", b"\xe9t\xe9"]
PATTERNS = ["*.log", "*.o", "build/", "/out", "out/", "!keep.log", "src/*.txt", "**/deep", "deep/**", "a/**/b", "foo*", "foo**/b",
            "/a", "a/", "!a", "!a/", "\\#h", "\\!b", "x\\ y", "x y   ", "[ab]", "[!ab].txt", "[a-c]*", "*.[lo]*", "é.txt", "?",
            "??", "\\[id\\]", "[[]id]", "[[:upper:]]", "[[:lower:]]*.txt", "c.txt ", "c.txt\\ ", "**", "***", "a/*", "!a/b",
            "/src/", "src", "*/b", "**/b/", "/**/c.txt", "a//b", "/", "//a", "no[", "b\\", "*.txt\r", "\\*", "star\\*",
            "star[*]", "back\\\\slash", "", "# c", "!", "!*.o", "/*", "!/src", "!src/", "*", "!*/", "!*.txt", "a/**", "!a/**/c.txt",
            ".*", "!.gitignore", "[]ab]", "[^a]", "[a\\-c]", "[!a-z]", "de[e]p/", "**/src/**", "f**r", "*o", "foo/bar", "/foo/*/b"]


def git(folder, *arguments, env):
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True)
    return done.stdout


class Repository:
    """A work tree made at random."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.base = os.fsencode(os.path.realpath(tempfile.mkdtemp(prefix="found-")))
        self.home = self.base + b"/home"
        self.top = self.base + b"/top"
        os.makedirs(self.home)
        self.env = {"PATH": os.environ["PATH"], "HOME": os.fsdecode(self.home), "LC_ALL": "C.UTF-8",
                    "GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "e", "GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "e"}
        self.make(self.top)
        if self.random.random() < .5:
            self.personal()
        self.tops = [self.top]
        if self.random.random() < .3:
            inner = self.top + b"/inner"
            os.makedirs(inner, exist_ok=True)
            self.make(inner, size=8)
            self.tops.append(inner)
        if self.random.random() < .2:
            other = self.base + b"/tree"
            git(self.top, "commit", "-qm", "c", "--allow-empty", env=self.env)
            git(self.top, "worktree", "add", "-q", other, env=self.env)
            if os.path.isdir(other):
                self.fill(other, 20)
                self.tops.append(other)

    def personal(self):
        rules = self.rules(3)
        if self.random.random() < .5:
            os.makedirs(self.home + b"/.config/git")
            self.write(self.home + b"/.config/git/ignore", rules)
        else:
            self.write(self.home + b"/mine", rules)
            self.write(self.home + b"/.gitconfig", b"[core] ; c\n\texcludesFile = \"~/mine\" # c\n")

    def write(self, path, content):
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
            return True
        except OSError:
            return False

    def rules(self, most):
        lines = [self.random.choice(PATTERNS) for _ in range(self.random.randint(1, most))]
        return b"\n".join(line.encode() for line in lines) + self.random.choice([b"", b"\n", b"\r\n"])

    def fill(self, top, size):
        for _ in range(size):
            names = [os.fsencode(self.random.choice(NAMES)) for _ in range(self.random.randint(1, 4))]
            if self.random.random() < .05:
                names[-1] = self.random.choice(ODD)
            path = top + b"/" + b"/".join(names)
            if self.write(path, b"one\nneedle %d\n" % self.random.randint(0, 3)) and self.random.random() < .1:
                try:
                    os.symlink(self.random.choice([b"a", b"..", b"nowhere", self.home]), path + b".link")
                except OSError:
                    pass

    def make(self, top, size=40):
        os.makedirs(top, exist_ok=True)
        git(top, "init", "-q", env=self.env)
        foldsCase = self.random.random() < .2
        if foldsCase:
            git(top, "config", "core.ignorecase", "true", env=self.env)
        self.fill(top, size)
        folders = [folder for folder, _, _ in os.walk(top) if b"/.git" not in folder]
        for folder in [top] + self.random.sample(folders, min(3, len(folders))):
            if self.random.random() < .8:
                self.write(folder + b"/.gitignore", self.rules(6))
        if self.random.random() < .3:
            self.write(top + b"/.git/info/exclude", self.rules(3))
        files = [os.path.join(folder, name) for folder, _, names in os.walk(top) for name in names if b"/.git/" not in folder + b"/"]
        # Where git takes two names for one, it does not name the one of which it keeps track by the other.
        for path in [] if foldsCase else self.random.sample(files, min(5, len(files))):
            git(top, "add", "-f", "--", path, env=self.env)
        choice = self.random.random()
        if choice < .2:
            git(top, "update-index", "--index-version", "4", env=self.env)
        elif choice < .3:
            git(top, "update-index", "--split-index", env=self.env)

    def places(self):
        """Folders to look from: each top, and one within that is not ignored itself."""
        places = []
        for top in self.tops:
            places.append(top)
            folders = sorted({os.path.dirname(path) for path in self.known(top)} - {b""})
            if folders:
                places.append(top + b"/" + self.random.choice(folders))
        return [place for place in places if not self.isIgnored(place)]

    def isIgnored(self, place):
        while place not in self.tops:
            if subprocess.run(["git", "check-ignore", "-q", "--no-index", "--", place], cwd=os.path.dirname(place), env=self.env).returncode == 0:
                return True
            place = os.path.dirname(place)
        return False

    def known(self, place):
        """What git names from a folder on, repositories within opened; as they are on the disk."""
        found = set()
        for name in git(place, "ls-files", "-coz", "--exclude-standard", env=self.env).split(b"\0"):
            path = os.path.join(place, name.rstrip(b"/"))
            if not name or not os.path.lexists(path) or os.path.basename(path) == b".git":
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                found |= {os.path.join(name.rstrip(b"/"), inner) for inner in self.known(path)} if os.path.exists(path + b"/.git") else set()
            else:
                found.add(name)
        return found


    def holding(self, place):
        """The files in which git finds the line, repositories within opened."""
        known = self.known(place)
        # Each of the two leaves out what only the other names: other files, and those that are ignored but kept track of.
        grep = [git(place, "grep", "-lz", *which, "-e", "^needle [0-9]", env=self.env) for which in (["--untracked"], [])]
        found = {name for names in grep for name in names.split(b"\0") if name}
        for top in self.tops:
            prefix = top[len(place) + 1:] + b"/"
            if top.startswith(place + b"/") and any(name.startswith(prefix) for name in known):
                found |= {prefix + name for name in self.holding(top)}
        return found & known


class Model(http.server.BaseHTTPRequestHandler):
    """Asks for the calls that it was given, one turn of all, and keeps their results."""

    protocol_version = "HTTP/1.1"
    calls, results = [], []

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        last = body["messages"][-1]["content"]
        results = [block for block in last if isinstance(block, dict) and block.get("type") == "tool_result"] if isinstance(last, list) else []
        events = [{"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [],
                                                         "stop_reason": None, "usage": {"input_tokens": 1, "output_tokens": 1}}}]
        if results:
            Model.results = [(text(block), block.get("is_error", False)) for block in results]
            blocks = [({"type": "text", "text": ""}, {"type": "text_delta", "text": "done"})]
        else:
            blocks = [({"type": "tool_use", "id": f"t{n}", "name": name, "input": {}}, {"type": "input_json_delta", "partial_json": json.dumps(given)})
                      for n, (name, given) in enumerate(Model.calls)]
        for n, (block, delta) in enumerate(blocks):
            events += [{"type": "content_block_start", "index": n, "content_block": block}, {"type": "content_block_delta", "index": n, "delta": delta},
                       {"type": "content_block_stop", "index": n}]
        events += [{"type": "message_delta", "delta": {"stop_reason": "end_turn" if results else "tool_use"}, "usage": {"output_tokens": 1}}, {"type": "message_stop"}]
        data = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def text(block):
    content = block.get("content")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content or [])


def plain(shown):
    """The bytes of a path as it is shown."""
    if not shown.startswith('"'):
        return shown.encode()
    letters = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
    return b"".join(bytes([int(part[1:], 8)]) if re.fullmatch(r"\\[0-7]{3}", part) else bytes([letters[part[1]]]) if len(part) > 1 and part[0] == "\\"
                    else part.encode() for part in re.findall(r"\\[0-7]{3}|\\.|.", shown[1:-1], re.S))


def ask(program, place, env, calls, url):
    Model.calls, Model.results = calls, []
    environment = dict(env, ANTHROPIC_API_KEY="none", ANTHROPIC_BASE_URL=url, NO_PROXY="127.0.0.1", AWS_EC2_METADATA_DISABLED="true")
    done = subprocess.run([program, "--allow", "all", "look"], cwd=place, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    if done.returncode or len(Model.results) != len(calls):
        raise SystemExit(f"the program failed: {done.stderr.decode(errors='replace')}")
    return Model.results


def lines(result):
    return [line for line in result[0].split("\n") if line and not line.startswith(("(", "[more", "[there"))]


def differences(program, repository, place, url):
    calls = [("find_files", {"pattern": "**"}), ("list_files", {"depth": 10}), ("search_files", {"pattern": "^needle [0-9]", "max_results": 1000})]
    found, listed, searched = ask(program, place, repository.env, calls, url)
    known = repository.known(place)
    wanted = {"find_files": known, "list_files": known,
              "search_files": repository.holding(place)}
    ours = {"find_files": {plain(line) for line in lines(found) if not line.endswith(("/", '"/'))},
            "list_files": {plain(re.sub(r"(@|=|  \d+)$", "", line)) for line in lines(listed) if not line.endswith(("/", '"/'))},
            "search_files": {plain(re.match(r'("(?:[^"\\]|\\.)*"|.*?):\d+: needle', line).group(1)) for line in lines(searched)}}
    for tool, names in wanted.items():
        if names != ours[tool]:
            yield f"{tool}: missing {sorted(names - ours[tool])}, too many {sorted(ours[tool] - names)}"


def main():
    program = os.path.abspath(sys.argv[1])
    count, first = (int(word) for word in (sys.argv[2:4] + ["100", "0"][len(sys.argv) - 2:])[:2])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    flaws = looked = named = 0
    for seed in range(first, first + count):
        repository = Repository(seed)
        try:
            for place in repository.places():
                looked += 1
                named += len(repository.known(place))
                for flaw in differences(program, repository, place, f"http://127.0.0.1:{server.server_address[1]}"):
                    flaws += 1
                    print(f"seed {seed}, {os.fsdecode(place[len(repository.base):])!r}: {flaw}")
        finally:
            shutil.rmtree(repository.base, ignore_errors=True)
        if flaws > 20:
            break
    print(f"{looked} folders of {seed - first + 1} repositories, {named} names: {flaws} differences")
    sys.exit(1 if flaws or not named else 0)


if __name__ == "__main__":
    main()
