#!/usr/bin/env python3
"""The registry under load, beside what limits it and what others do.

    registry.py BUILD [--rounds N] [--seconds S] [--long-seconds S]
                [--only PART]… [--without SERVER]… [--million] [--scratch DIR]

Parts: rounds (every server in turn, 1, 64 and 256 calls outstanding), long (a
minute at 10,000 a second, a minute at full speed), aged (after 300,000 writes),
constants (what a registration costs; --million: with 1,000,000 models too, some
minutes). Servers: trivium, etcd (its parts need it), mlflow.

Ratios are those of one round; their median is the figure, spread = distance of
their quartiles / median. Every server is started fresh in a folder of SCRATCH
(BUILD/scratch), so on one disk. A JSON line a figure on standard output.
"""

import argparse
import pathlib
import shutil
import sys
import tempfile

import aged
import constants
import long_run
from rounds import Rounds
from servers import DoesNotStart, Servers

PARTS = ("rounds", "aged", "constants", "long")


def options(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--long-seconds", type=int, default=60)
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--without", action="append", default=[],
                        choices=("trivium", "mlflow"))
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--scratch", type=pathlib.Path)
    return parser.parse_args(arguments)


def main(arguments):
    given = options(arguments)
    parent = given.scratch or given.build / "scratch"
    parent.mkdir(parents=True, exist_ok=True)
    scratch = tempfile.mkdtemp(dir=parent)
    servers = Servers(given.build.resolve(), pathlib.Path(scratch).resolve())
    parts = {
        "rounds": lambda: measure_rounds(servers, given),
        "aged": lambda: aged.measure(
            servers, rounds=given.rounds, seconds=given.seconds,
            without=given.without),
        "constants": lambda: constants.measure(
            servers, is_million=given.million),
        "long": lambda: long_run.measure(servers, given.long_seconds)}
    try:
        for name in PARTS:
            if name not in (given.only or PARTS):
                continue
            if "trivium" in given.without and name in ("constants", "long"):
                continue
            print(f"{name} …", file=sys.stderr)
            parts[name]()
    except DoesNotStart as reason:
        sys.exit(f"registry.py: {reason}")
    finally:
        shutil.rmtree(scratch)
    return 0


def measure_rounds(servers, given):
    rounds = Rounds(servers, rounds=given.rounds, seconds=given.seconds,
                    without=given.without)
    rounds.measure()
    rounds.report()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
