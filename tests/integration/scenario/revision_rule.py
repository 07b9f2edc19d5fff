"""Linearizability by revisions: a history in which every answer carries one is
checked in O(n log n). Of each operation: when it began and was answered, its
revision, and for a read also what it saw."""

import bisect
import dataclasses
import typing


@dataclasses.dataclass
class Operation:
    begun: float
    answered: float
    revision: int
    key: str
    value: typing.Any
    is_write: bool


def broken_rules(history):
    """What the history breaks, as sentences; empty when it is linearizable."""
    found = []
    writes = sorted((one for one in history if one.is_write),
                    key=lambda one: one.revision)
    for one, other in zip(writes, writes[1:]):
        if one.revision == other.revision:
            found.append(f"two writes share revision {one.revision}")
    found += stale_reads(history, writes)
    found += turned_back(history)
    return found


def stale_reads(history, writes):
    """A read at a revision sees the last write of its key up to there."""
    by_key = {}
    for write in writes:
        by_key.setdefault(write.key, []).append(write)
    for read in history:
        if read.is_write:
            continue
        known = by_key.get(read.key, [])
        place = bisect.bisect_right(known, read.revision,
                                    key=lambda write: write.revision)
        wanted = known[place - 1].value if place else None
        if read.value != wanted:
            yield (f"a read of {read.key} at revision {read.revision} saw "
                   f"{read.value}, not {wanted}")


def turned_back(history):
    """What begins after an answer carries no older revision; a write a newer
    one."""
    newest, answers = 0, sorted(history, key=lambda one: one.answered)
    waiting = iter(answers)
    answer = next(waiting, None)
    for one in sorted(history, key=lambda one: one.begun):
        while answer is not None and answer.answered < one.begun:
            newest = max(newest, answer.revision)
            answer = next(waiting, None)
        if one.revision < newest + (1 if one.is_write else 0):
            yield (f"an operation that began after revision {newest} was told "
                   f"carries {one.revision}")
