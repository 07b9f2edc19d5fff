"""A process whose power is cut: the library that tests/support/power_cut makes
keeps beside its store what a disk would have, and kills it at a given call."""

import contextlib
import re
import shutil

from scenario.node import program


class Cut:
    """Of whoever works in `folder` with `environment`: before its `at`-th call
    that changes the store (0: at its end), with `seed` leaving some of what
    was not synced, as disk::leave() says. Syncs of paths that begin
    with `liar`, below the store, are not honoured."""

    def __init__(self, folder, at=0, seed=0, liar=""):
        self.folder, self.at = folder, at
        self.store = folder / "store"
        self.shadow = folder / "shadow"
        self.report = folder / "calls"
        self.store.mkdir(exist_ok=True)
        self.report.unlink(missing_ok=True)
        shutil.rmtree(self.shadow, ignore_errors=True)
        self.environment = {
            "LD_PRELOAD": program("libpower_cut.so"),
            "TRIVIUM_POWER_FOLDER": self.store,
            "TRIVIUM_POWER_SHADOW": self.shadow,
            "TRIVIUM_POWER_REPORT": self.report,
            "TRIVIUM_POWER_CUT_AT": at,
            "TRIVIUM_POWER_SEED": seed,
            "TRIVIUM_POWER_LIAR": liar}

    def calls(self):
        """All that were begun, as "fsync blobs/2d"; the library must have seen
        whatever changed the store."""
        lines = self.report.read_text().splitlines()
        unseen = [line for line in lines if line.startswith("unseen ")]
        assert not unseen, unseen
        return lines

    def happened(self):
        return self.at != 0 and len(self.calls()) == self.at

    def power_returns(self):
        """What the disk has is the store."""
        assert self.shadow.is_dir(), "no power was cut"
        shutil.rmtree(self.store)
        self.shadow.rename(self.store)

    def __str__(self):
        with contextlib.suppress(OSError, IndexError):
            return f"cut before call {self.at}, {self.calls()[-1]!r}"
        return f"cut at call {self.at}"


def place(call):
    """The point of a cut that it is: the call and what it works on, without
    what differs from run to run."""
    return re.sub(r"[0-9a-f]{64}|\b[0-9a-f]{2}$|[0-9]+(-[0-9]+)*", "*", call)
