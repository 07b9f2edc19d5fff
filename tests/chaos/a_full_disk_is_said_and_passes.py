#!/usr/bin/env python3
"""While the disk is full everything is read, changes are refused as
RESOURCE_EXHAUSTED, and within 10 s of space coming back they go on; nothing that
was acknowledged is lost. The disk is a small one of this test's own."""
# trivium-test: serial timeout=300

import errno
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import scenario  # noqa: F401,E402  (moves into the peers' environment)
import grpc  # noqa: E402
from scenario.claims import Skip, claim, main  # noqa: E402
from scenario.node import Node  # noqa: E402
from scenario.registry import Refused, registry_of  # noqa: E402

ROUNDS = 10
DISK = "160m"
BACK_SECONDS = 10


def into_own_mounts():
    """The disk is mounted where only this script sees it, so that it goes with
    the script, whatever ends that."""
    if "TRIVIUM_OWN_MOUNTS" in os.environ or not shutil.which("unshare"):
        return
    own = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    if subprocess.run([*own, "true"], capture_output=True).returncode == 0:
        os.environ["TRIVIUM_OWN_MOUNTS"] = "1"
        os.execvp(own[0], [*own, sys.executable, *sys.argv])


def small_disk(folder):
    if "TRIVIUM_OWN_MOUNTS" not in os.environ:
        raise Skip("wants a mount namespace of its own")
    if not shutil.which("mount"):
        raise Skip("wants mount")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}",
                           "tmpfs", folder], capture_output=True, text=True)
    if done.returncode:
        raise Skip(f"cannot mount a small disk: {done.stderr.strip()}")


def fill(path, leave):
    """With a file at `path`, but for `leave` bytes."""
    with open(path, "wb") as file:
        for _ in range(100):
            stat = os.statvfs(path.parent)
            try:
                return os.posix_fallocate(
                    file.fileno(), 0, os.fstat(file.fileno()).st_size
                    + stat.f_bavail * stat.f_frsize - leave)
            except OSError as why:  # others write meanwhile
                if why.errno != errno.ENOSPC:
                    raise
        raise AssertionError("the disk was never filled")


class Clients:
    """Register until told to stop; what was acknowledged, what was refused."""

    def __init__(self, registry, prefix, count=4):
        self.registry, self.prefix = registry, prefix
        self.over = threading.Event()
        self.numbers, self.lock = itertools.count(), threading.Lock()
        self.acknowledged, self.refusals = {}, set()
        self.threads = [threading.Thread(target=self.work)
                        for _ in range(count)]

    def work(self):
        while not self.over.is_set():
            with self.lock:
                name = f"{self.prefix}-{next(self.numbers)}"
            try:
                done = self.registry.call(
                    "Register", model_id=name, version="1.0.0",
                    storage_uri=f"s3://chaos/{name}", ttl_seconds=0,
                    labels={"padding": "x" * 60})
                self.acknowledged[name] = done.revision
            except Refused as why:
                self.refusals.add(why.code)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def refused_within(clients, seconds):
    """Waits until a change is refused."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if grpc.StatusCode.RESOURCE_EXHAUSTED in clients.refusals:
            return True
        time.sleep(0.01)
    return False


def goes_on_within(clients, seconds):
    before, end = len(clients.acknowledged), time.monotonic() + seconds
    while time.monotonic() < end:
        if len(clients.acknowledged) > before + 10:
            return True
        time.sleep(0.01)
    return False


@claim
def changes_wait_for_space_and_reads_do_not(folder):
    small_disk(folder)
    acknowledged = {}
    with Node(folder) as node, registry_of(node) as registry:
        for number in range(ROUNDS):
            with Clients(registry, f"round{number}") as clients:
                assert goes_on_within(clients, BACK_SECONDS), \
                    (number, clients.refusals)
                fill(folder / "other", leave=(number % 3) << 20)
                assert refused_within(clients, BACK_SECONDS), number
                for name, revision in list(clients.acknowledged.items())[-5:]:
                    told = registry.call("Get", model_id=name)
                    assert told.version_revision == revision, name
                (folder / "other").unlink()
                assert goes_on_within(clients, BACK_SECONDS), \
                    (number, clients.refusals)
            acknowledged |= clients.acknowledged
            assert clients.refusals == {
                grpc.StatusCode.RESOURCE_EXHAUSTED}, clients.refusals
        node.kill()
    with Node(folder) as node, registry_of(node) as registry:
        assert registry.call("List").revision >= max(acknowledged.values())
        for name, revision in acknowledged.items():
            told = registry.call("Get", model_id=name)
            assert told.version_revision == revision, name
        assert node.stop()[0] == 0, node.end_of_log()


if __name__ == "__main__":
    into_own_mounts()
    sys.exit(main())
