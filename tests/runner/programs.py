"""Boost.Test programs, run by CTest and counted case by case.

CTest gives each program's end, the program's own XML log its cases
(trivium_test() in tests/CMakeLists.txt asks for one; not Boost's JUnit log,
which evaluates the messages of checks that pass). A program that dies has no
log, or a torn one: CTest's word decides then.
"""

import json
import os
import re
import subprocess
import xml.etree.ElementTree as tree

from outcome import Outcome


def names(build):
    listing = subprocess.run(
        ["ctest", "--test-dir", str(build), "--show-only=json-v1"],
        capture_output=True, text=True, check=True)
    return [test["name"] for test in json.loads(listing.stdout)["tests"]]


def texts_of(case):
    for trouble in case:
        if trouble.tag in ("Error", "FatalError", "Exception"):
            where = f"{trouble.get('file')}:{trouble.get('line')}"
            yield f"{where}: {(trouble.text or '').strip()}"


def walk(suite, path):
    """Outcomes of the cases below one <TestSuite>; a case that is skipped
    without a reason was not reached, as the program gave up before."""
    for part in suite:
        name = f"{path}/{part.get('name')}"
        if part.get("skipped") == "yes":
            reason = part.get("reason", "").removeprefix("precondition failed")
            if reason:
                yield Outcome(name, "skipped", reason.lstrip(": "))
        elif part.tag == "TestSuite":
            yield from walk(part, name)
        elif part.tag == "TestCase":
            text = "\n".join(texts_of(part))
            seconds = int(part.findtext("TestingTime") or 0) / 1e6
            yield Outcome(name, "failed" if text else "passed", text, seconds)


def cases_of(log, label):
    """Outcomes of one program's log; none where it is absent or torn."""
    try:
        root = tree.parse(log).getroot()
    except (OSError, tree.ParseError):
        return []
    return [case for module in root for case in walk(module, label)]


def program_outcomes(end, build, prefix):
    """Outcomes of one program, `end` being CTest's <testcase> about it."""
    label = f"{prefix}{end.get('name')}"
    said = end.findtext("system-out") or ""
    cases = cases_of(build / "reports" / f"{end.get('name')}.xml", label)
    if end.get("status") != "run":
        absence = end.find("skipped")
        why = said if absence is None else absence.get("message")
        if not any(case.verdict == "failed" for case in cases):
            cases.append(Outcome(label, "failed", f"{said}\n{why}"))
    return cases or [Outcome(label, "failed", f"{said}\nran no test case")]


def run(build, prefix, wanted, jobs, environment, tally):
    reports = build / "reports"
    reports.mkdir(exist_ok=True)
    for stale in reports.glob("*.xml"):
        stale.unlink()
    summary = reports / "ctest.xml"
    pattern = "^(" + "|".join(re.escape(name) for name in wanted) + ")$"
    done = subprocess.run(
        ["ctest", "--test-dir", str(build), "--tests-regex", pattern,
         "--parallel", str(jobs), "--timeout", "300",
         "--output-junit", str(summary)],
        capture_output=True, text=True, env={**os.environ, **environment})
    if not summary.is_file():
        tally.add(Outcome(f"{prefix}ctest", "failed", done.stdout + done.stderr))
        return
    for end in tree.parse(summary).getroot().iter("testcase"):
        for outcome in program_outcomes(end, build, prefix):
            tally.add(outcome)
