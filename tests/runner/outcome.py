"""What became of tests: counted, and told once."""

import dataclasses
import sys
import threading
import time


@dataclasses.dataclass
class Outcome:
    name: str
    verdict: str  # "passed", "failed" or "skipped"
    text: str = ""  # why it failed or was skipped
    seconds: float = 0.0


class Tally:
    """Collects outcomes of one whole run; failures and skips are printed as
    they come, passes only count."""

    def __init__(self):
        self.outcomes = []
        self._printing = threading.Lock()

    def add(self, outcome):
        with self._printing:
            self.outcomes.append(outcome)
            if outcome.verdict == "failed":
                print(f"FAILED {outcome.name}")
                for line in outcome.text.rstrip().splitlines()[-80:]:
                    print(f"    {line}")
            elif outcome.verdict == "skipped":
                print(f"skipped {outcome.name}: {outcome.text or 'no reason'}")
            sys.stdout.flush()

    def count(self, verdict):
        return sum(1 for o in self.outcomes if o.verdict == verdict)

    def closing_line(self):
        line = f"{self.count('passed')} passed, {self.count('failed')} failed"
        skipped = self.count("skipped")
        return f"{line}, {skipped} skipped" if skipped else line


class Section:
    """with Section(tally, "checks"): …  prints what it counted and took."""

    def __init__(self, tally, title):
        self.tally, self.title = tally, title

    def __enter__(self):
        self.start = time.monotonic()
        self.before = len(self.tally.outcomes)

    def __exit__(self, *_):
        count = len(self.tally.outcomes) - self.before
        took = time.monotonic() - self.start
        print(f"{self.title}: {count} tests, {took:.1f} s", flush=True)
