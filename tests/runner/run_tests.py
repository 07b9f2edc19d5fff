#!/usr/bin/env python3
"""Runs every test there is, once all is built; tools/test calls it.

    run_tests.py [--only WORD] [--jobs N] [--heavy]

A test's name tells its place: unit programs by their CTest name, `asan:` in
front where the sanitizers watch, `checks/…`, `integration/…`, `chaos/…`,
`peers/…`.
--only runs those whose name holds WORD; `asan:` ones only where WORD says so.
The last line is `N passed, N failed[, N skipped]`.
"""

import argparse
import pathlib
import sys

import programs
import scripts
from outcome import Section, Tally

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
PEERS = BUILD / "peers/bin/python"
HEAVY_PEERS = BUILD / "peers-heavy/bin/python"

ENVIRONMENT = {
    "TRIVIUM_ROOT": str(ROOT),
    "TRIVIUM_BUILD": str(BUILD / "release"),
    "TRIVIUM_BIN": str(BUILD / "release/bin/trivium"),
    "TRIVIUM_MODELS": str(BUILD / "models"),
    "TRIVIUM_PYTHON": str(BUILD / "python/bin/python"),
    "TRIVIUM_PEERS": str(PEERS),
    "PYTHONDONTWRITEBYTECODE": "1",
    "NO_COLOR": "1",
}
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


def script_groups(heavy):
    """[(group, folder, suffixes, interpreter)]"""
    tests = ROOT / "tests"
    yield "checks", tests / "checks", {"", ".py", ".sh"}, []
    yield "integration", tests / "integration", {"", ".py", ".sh"}, []
    yield "chaos", tests / "chaos", {".py"}, []
    peers = tests / "integration/peers"
    yield "peers", peers, {".py"}, [str(PEERS)]
    if heavy:
        yield "heavy", peers / "heavy", {".py"}, [str(HEAVY_PEERS)]


def run_programs(options, tally):
    for prefix, build, extra in (("", BUILD / "release", {}),
                                 ("asan:", BUILD / "asan", SANITIZERS)):
        if not (build / "CTestTestfile.cmake").is_file():
            continue
        if prefix and options.only and prefix not in options.only:
            continue
        wanted = [name for name in programs.names(build)
                  if options.only in prefix + name]
        if wanted:
            with Section(tally, f"programs ({build.name})"):
                programs.run(build, prefix, wanted, options.jobs,
                             {**ENVIRONMENT, **extra}, tally)


def run_scripts(options, tally):
    for group, folder, suffixes, interpreter in script_groups(options.heavy):
        tests = [(f"{group}/{path.name}", path, interpreter)
                 for path in scripts.find(folder, suffixes)
                 if options.only in f"{group}/{path.name}"]
        if tests:
            with Section(tally, group):
                scripts.run(tests, options.jobs, ENVIRONMENT, tally)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--heavy", action="store_true")
    options = parser.parse_args()

    tally = Tally()
    run_programs(options, tally)
    run_scripts(options, tally)
    if not tally.outcomes:
        print(f"no test is named like {options.only!r}")
    print(tally.closing_line(), flush=True)
    return 1 if tally.count("failed") or not tally.count("passed") else 0


if __name__ == "__main__":
    sys.exit(main())
