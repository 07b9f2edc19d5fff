"""A node, `trivium serve`, for the time of a with-block."""

import contextlib
import json
import pathlib
import signal

from scenario.program import start

HANG_SECONDS = 60  # only to tell a hang from a slow machine


class Node:
    """`about` is what it said of itself when it was ready."""

    def __init__(self, folder, *arguments, **options):
        self.child = start(folder, "serve", "--json", *arguments, **options)
        line = self.child.stdout.readline()
        if not line:
            _, err = self.child.communicate(timeout=HANG_SECONDS)
            raise AssertionError(f"serve ended at once: {err}")
        self.about = json.loads(line)
        self.pid = self.about["pid"]
        self.socket = pathlib.Path(self.about["socket"])

    def end(self, number=signal.SIGTERM):
        """(exit code, standard error)"""
        self.child.send_signal(number)
        _, err = self.child.communicate(timeout=HANG_SECONDS)
        return self.child.returncode, err


@contextlib.contextmanager
def serving(folder, *arguments, **options):
    """Stopped at the end, and that must go well."""
    node = Node(folder, "--log-level", "error", *arguments, **options)
    try:
        yield node
        code, err = node.end()
        assert code == 0, (code, err)
    finally:
        if node.child.poll() is None:
            node.child.kill()
            node.child.communicate()
