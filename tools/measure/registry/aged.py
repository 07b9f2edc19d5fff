"""A store that holds 300,000 writes beside a fresh one, in turn; the same of
etcd."""

import sys

from figures import beside

WRITES = 300_000
OUTSTANDING = 64


def age(servers, server, target, operation):
    servers.load(server, target, operation, most=WRITES, warm_up=0,
                 seconds=1800, outstanding=256, prefix="age")


def one_rate(servers, server, target, operation, prefix, seconds):
    return servers.load(server, target, operation, outstanding=OUTSTANDING,
                        seconds=seconds, prefix=prefix)["per_second"]


def measure(servers, *, rounds, seconds, without):
    for target, operation, start, least in (
            ("trivium", "register", servers.trivium, 0.9),
            ("etcd", "txn", servers.etcd, None)):
        if target in without:
            continue
        old, new = [], []
        with start(f"aged-{target}") as aged:
            print(f"  {WRITES} writes to {target} …", file=sys.stderr)
            age(servers, aged, target, operation)
            for number in range(rounds):
                with start(f"fresh-{target}") as fresh:
                    new.append(one_rate(servers, fresh, target, operation,
                                        "fresh", seconds))
                    old.append(one_rate(servers, aged, target, operation,
                                        f"round{number}", seconds))
        beside(f"{target} {operation} after {WRITES} writes, "
               f"{OUTSTANDING} outstanding", old, "1/s", "the same, fresh", new,
               least=least)
