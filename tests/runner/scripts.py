"""Tests that are executable files: checks, end-to-end scripts, peers.

Exit status 0 is a pass, 77 a skip (its last line on stdout says why), anything
else a failure. A passing script prints nothing. A comment
`# trivium-test: serial timeout=600` in the first 20 lines keeps others from
running beside it and gives it another limit than 600 s.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

from outcome import Outcome

SKIPPED = 77


def wishes(path):
    """(serial, time limit in seconds) of a script."""
    with open(path, encoding="utf-8") as stream:
        head = [line for line, _ in zip(stream, range(20))]
    words = " ".join(
        match.group(1) for line in head
        if (match := re.match(r"# trivium-test: (.*)", line)))
    limit = re.search(r"timeout=(\d+)", words)
    return "serial" in words.split(), int(limit.group(1)) if limit else 600


def find(folder, suffixes):
    """Files of the folder itself: what they share lies in folders below."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir()
                  if path.is_file() and path.suffix in suffixes)


def run_one(name, path, interpreter, environment):
    if not interpreter and not os.access(path, os.X_OK):
        return Outcome(name, "failed", f"{path} is not executable")
    start = time.monotonic()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="trivium-"))
    try:
        verdict, text = watch([*interpreter, str(path)], wishes(path)[1],
                              {**environment, "TMPDIR": str(scratch)})
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Outcome(name, verdict, text, time.monotonic() - start)


def watch(command, limit, environment):
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
        env={**os.environ, **environment}, start_new_session=True)
    try:
        said, _ = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        said, _ = child.communicate()
        return "failed", f"{said}\nnot done after {limit} s"
    if child.returncode == 0 and not said.strip():
        return "passed", ""
    if child.returncode == 0:
        return "failed", f"{said}\nexit 0, but a passing test is silent"
    if child.returncode == SKIPPED:
        return "skipped", (said.strip().splitlines() or [""])[-1]
    return "failed", f"{said}\nexit status {child.returncode}"


def run(tests, jobs, environment, tally):
    """tests: [(name, path, interpreter)]."""
    together = [test for test in tests if not wishes(test[1])[0]]
    alone = [test for test in tests if wishes(test[1])[0]]
    for group, width in ((together, jobs), (alone, 1)):
        with concurrent.futures.ThreadPoolExecutor(width) as pool:
            for outcome in pool.map(
                    lambda test: run_one(*test, environment), group):
                tally.add(outcome)
