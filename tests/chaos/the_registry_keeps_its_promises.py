#!/usr/bin/env python3
"""The registry's actors under a scheduler that orders their messages by a seed,
in virtual time, with commits that fail, actors that die and nodes that begin
anew: no seed finds a broken promise. That the simulation sees broken ones is
shown by twenty bugs that are planted."""
# trivium-test: serial timeout=300

import concurrent.futures
import os
import pathlib
import random
import subprocess
import sys

PROGRAMS = pathlib.Path(os.environ["TRIVIUM_BUILD"]).resolve() / "bin/tests"
PLANT = (pathlib.Path(os.environ["TRIVIUM_ROOT"])
         / "tests/chaos/simulation/plant.py")
SEED = int(os.environ.get("TRIVIUM_SEED") or random.getrandbits(32))
SEEDS = int(os.environ.get("TRIVIUM_SIMULATIONS") or 2_000)
MOST = 10_000  # for a planted bug
WANTED = 20
CORES = 2


def simulate(program, first, seeds, plant=0):
    """(exit status, what it said)"""
    done = subprocess.run(
        [PROGRAMS / program, "--first", str(first), "--seeds", str(seeds),
         "--plant", str(plant)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False)
    return done.returncode, done.stdout


def clean_ones(pool):
    """What the actors as they are were found guilty of."""
    share = SEEDS // CORES
    shares = [(SEED + share * core, share) for core in range(CORES)]
    for (first, _), (status, said) in zip(shares, pool.map(
            lambda part: simulate("simulate_registry", *part), shares)):
        if status != 0:
            yield f"seeds from {first}: exit status {status}\n{said}"


def missed_ones(pool):
    """Planted bugs that no seed found."""
    names = subprocess.run(
        [sys.executable, "-B", PLANT, "--names"], stdout=subprocess.PIPE,
        text=True, check=True).stdout.splitlines()
    found = pool.map(
        lambda number: simulate("simulate_planted", SEED, MOST, number)[0],
        range(1, len(names) + 1))
    return [name for name, status in zip(names, found) if status != 1], names


def main():
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        complaints = list(clean_ones(pool))
        missed, names = missed_ones(pool)
    if len(names) - len(missed) < WANTED:
        complaints.append(
            f"of {len(names)} planted bugs {len(missed)} were not found within "
            f"{MOST} seeds from {SEED}: " + "; ".join(missed))
    if complaints:
        print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
