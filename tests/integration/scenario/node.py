"""A node that serves a store, and the test clients that ask it."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import time

from scenario.claims import Skip
from scenario.program import BINARY, BUILD, environment

PROGRAMS = BUILD / "bin/tests"
# Only to tell a hang from a slow machine.
HANG_SECONDS = 60


def program(name):
    path = PROGRAMS / name
    if not path.is_file():
        raise Skip(f"{name} was not built")
    return path


class Node:
    """`trivium serve` (or `command`) on the store in `folder`, ready when this
    returns. What it logs is in `log`."""

    def __init__(self, folder, *options, env=None, command=None):
        self.folder, self.store = folder, folder / "store"
        self.log = folder / "node.log"
        arguments = command or [BINARY, "serve", "--grpc", "127.0.0.1:0",
                                *options]
        with open(self.log, "a", encoding="utf-8") as log:
            self.child = subprocess.Popen(
                [*map(str, arguments)], cwd=folder,
                env=environment(folder, **(env or {})),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                text=True)
        self.pid = self.child.pid
        self.first_line = self.child.stdout.readline()
        assert self.first_line, self.end_of_log()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    def end_of_log(self):
        return self.log.read_text(errors="replace")[-2000:]

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    def stop(self, number=signal.SIGTERM):
        """(exit status, seconds it took)."""
        begin = time.monotonic()
        self.child.send_signal(number)
        code = self.child.wait(HANG_SECONDS)
        return code, time.monotonic() - begin

    def ask(self, *words):
        return ask(self.folder, *words)

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def resident(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").open():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) << 10
        raise AssertionError("no VmRSS")


@contextlib.contextmanager
def serving(folder, *options, **more):
    """A node that must also stop well."""
    with Node(folder, *options, **more) as node:
        yield node
        assert node.stop()[0] == 0, node.end_of_log()


def client(folder, name, *words, **options):
    """A running test client of the store in `folder`."""
    return subprocess.Popen(
        [program(name), folder / "store", *map(str, words)], cwd=folder,
        env=environment(folder), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, **options)


def answer_of(child, timeout=HANG_SECONDS):
    """What it printed at its end, read as JSON; it must have succeeded."""
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        raise AssertionError(f"hung: {out}{err}") from None
    assert child.returncode == 0, f"{child.returncode}: {out}{err}"
    lines = out.splitlines()
    return json.loads(lines[-1]) if lines else None


def ask(folder, *words):
    return answer_of(client(folder, "client_calls", *words,
                            stdin=subprocess.DEVNULL))


def eventually(what, is_so, seconds=HANG_SECONDS):
    """Looks until it is so."""
    until = time.monotonic() + seconds
    seen = None
    while time.monotonic() < until:
        seen = is_so()
        if seen:
            return seen
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what} ({seen})")
