#!/usr/bin/env python3
"""Runs the lines of lines.txt in real shells, and says where they do not do what the file says they do.

    Scripts/evasions/run.py [WORD...]      all lines, or those that hold one of the words

Each line runs in sh and in bash, in a folder made for it, with files that rules deny. The kernel tells (inotify) whether one of
those is read, written, moved or removed. A line that is marked '!' must reach one in at least one of the shells, a line that is
marked '.' must reach none. What the server says of the same lines is held against the same marks by its tests.
Linux alone; needs nothing but Python. The status is 1 when a line does something else than the file says.
"""
import ctypes, os, pathlib, shutil, struct, subprocess, sys, tarfile, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
LIBC = ctypes.CDLL(None, use_errno=True)
# Content read, content written, attributes changed, moved, removed.
EVENTS = 0x1 | 0x2 | 0x4 | 0x400 | 0x800
SECONDS = 5


def lines():
    for text in (HERE / "lines.txt").read_text().split("\n"):
        if text[:2] in ("! ", "? ", ". "):
            yield text[0], text[2:]


def lay_out(top):
    """The folders of a run, and the files in them that are watched."""
    ws, home, out = top / "ws", top / "home", top / "out"
    for folder in (ws / "src", ws / "docs", ws / "secrets/deep", home / ".ssh", out):
        folder.mkdir(parents=True)
    secret = "SECRET=CANARY-4711\n"
    denied = [ws / ".env", ws / "src/.env", ws / "secrets/key.pem", ws / "secrets/deep/id", home / ".ssh/id_rsa", out / "shadow"]
    for path in denied:
        path.write_text(secret)
    plain = {
        "ok.txt": "plain words\n", "README.md": "# plain\n", "src/a.c": "int a;\n", "src/a.h": "int a;\n", "docs/notes.txt": "plain\n",
        "docs/more.txt": "plain\n", ".env.example": "A=\n", "package.json": '{"name":"x"}\n', "list.txt": ".env\n", "list0.txt": ".env\0",
        "script.sh": "#!/bin/sh\ncat .env\n", "prog.py": "print(open('.e' + 'nv').read())\n", "evil.mk": "x:\n\t@cat .env\n",
        "evil.sed": "r .env\n", "evil.awk": "BEGIN { while ((getline l < \".env\") > 0) print l }\n", "sums.txt": "0" * 64 + "  .env\n",
        "plain.mk": "x:\n\t@echo plain\n",
    }
    for name, text in plain.items():
        (ws / name).write_text(text)
    (ws / "script.sh").chmod(0o755)
    (home / "hello.txt").write_text("hello\n")
    (out / "free").write_text("free\n")
    (ws / "link.txt").symlink_to(".env")
    (ws / "chain.txt").symlink_to("link.txt")
    (ws / "linkdir").symlink_to("secrets")
    (ws / "outlink").symlink_to(out / "shadow")
    (ws / "homelink").symlink_to(home / ".ssh")
    os.link(ws / "secrets/key.pem", ws / "hard.txt")
    with tarfile.open(ws / "ok.tar", "w") as tar:
        tar.add(ws / "ok.txt", "ok.txt")
    return denied


def reaches(line, shell):
    """Whether the line reaches a watched file, when that shell runs it."""
    top = pathlib.Path(tempfile.mkdtemp(prefix="evasion-"))
    watch = LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        denied = lay_out(top)
        for path in denied:
            if LIBC.inotify_add_watch(watch, os.fsencode(path), EVENTS) < 0:
                sys.exit("this system does not tell who reads a file")
        # What is put in a denied place without touching what is there.
        folders = {LIBC.inotify_add_watch(watch, os.fsencode(top / name), 0x100 | 0x80 | 0x40) for name in ("ws/secrets",)}
        text = line.replace("⏎", "\n")
        for name, folder in (("WS", "ws"), ("HOME", "home"), ("OUT", "out")):
            text = text.replace(name, str(top / folder)) if name != "HOME" else text
        env = {"PATH": os.environ["PATH"], "HOME": str(top / "home"), "PWD": str(top / "ws"), "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
               "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*", "PAGER": "cat", "GIT_PAGER": "cat", "TERM": "dumb"}
        process = subprocess.Popen([shell, "-c", text], cwd=top / "ws", env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            output = process.communicate(timeout=SECONDS)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            output = process.communicate()[0]
        try:
            seen = os.read(watch, 1 << 16)
        except BlockingIOError:
            seen = b""
        return bool(seen) or b"CANARY" in output
    finally:
        os.close(watch)
        shutil.rmtree(top, ignore_errors=True)


def main():
    wanted = sys.argv[1:]
    chosen = [one for one in lines() if not wanted or any(word in one[1] for word in wanted)]
    wrong = ran = 0
    for mark, line in chosen:
        if mark == "?":
            continue
        ran += 1
        found = [shell for shell in ("/bin/sh", "/bin/bash") if os.access(shell, os.X_OK) and reaches(line, shell)]
        if bool(found) != (mark == "!"):
            wrong += 1
            print(f"{mark} {line}   reaches one in {', '.join(found) or 'no shell'}", flush=True)
    print(f"{len(chosen)} lines, {ran} run, {wrong} do something else than it says")
    sys.exit(1 if wrong else 0)


main()
