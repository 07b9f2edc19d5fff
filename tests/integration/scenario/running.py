"""A running `trivium` that is met at a stage of its work, not after a time."""

import os
import pathlib
import threading

from scenario.program import start

# Only to tell a hang from a slow machine: that the program leaves within 2 s
# of a signal is its own clock's affair (tools/trivium/signals.cpp).
HANG_SECONDS = 60
STAGES = ("ingest", "inspect", "plan", "quantize", "write", "verify",
          "publish", "promote")


class Running:
    """`code`, `out` and `err` (without the lines that name stages) stand once
    it has ended; one that hangs is killed, and `hung` is true."""

    def __init__(self, folder, *arguments, **options):
        self.child = start(folder, *arguments, **options)
        self.hung = False
        self._err = []
        self._guard = threading.Timer(HANG_SECONDS, self._end_hang)
        self._guard.start()

    def _end_hang(self):
        self.hung = True
        self.child.kill()

    def reaches(self, stage):
        """Reads on until work of that stage was done; false if it ended
        before."""
        for line in self.child.stderr:
            self._err.append(line)
            if line == f"{stage} …\n":
                return True
        return False

    def end(self):
        self._err += self.child.stderr.readlines()
        self.out = self.child.stdout.read()
        self.code = self.child.wait()
        self._guard.cancel()
        self.child.stderr.close()
        self.child.stdout.close()
        stages = {f"{stage} …\n" for stage in STAGES}
        self.err = [line for line in self._err if line not in stages]
        assert not self.hung, f"hung for {HANG_SECONDS} s: {self._err}"
        return self


def interfered(stage, begin, interfere, tidy, is_met=lambda: True, attempts=5):
    """A run that `interfere` met in that stage (None: at once), ended. One
    that was done all the same, or that `is_met` says was further, is tidied
    away and tried again."""
    for _ in range(attempts):
        running = begin()
        if stage is None or running.reaches(stage):
            interfere(running)
        if running.end().code != 0 and is_met():
            return running
        tidy()
    raise AssertionError(f"{attempts} runs were not met in stage {stage}")


def children(pid):
    """Of a process: {id: command line}."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
            line = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        state, parent = stat.rpartition(")")[2].split()[:2]
        if int(parent) == pid and state != "Z":
            found[int(folder.name)] = [os.fsdecode(word) for word in line]
    return found
