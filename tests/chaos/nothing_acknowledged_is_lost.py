#!/usr/bin/env python3
"""A node that is killed at any instant has, when it is back, everything that it
acknowledged, under the revisions that it told; seen through its gRPC door. The
oracle is this process."""
# trivium-test: serial timeout=900

import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import scenario  # noqa: F401,E402  (moves into the peers' environment)
from scenario.acknowledged import Oracle  # noqa: E402
from scenario.claims import claim, main  # noqa: E402
from scenario.node import Node  # noqa: E402
from scenario.registry import registry_of  # noqa: E402
from scenario.revision_rule import Operation, broken_rules  # noqa: E402

SEED = int(os.environ.get("TRIVIUM_SEED") or random.getrandbits(32))
LOOPS = int(os.environ.get("TRIVIUM_CHAOS_LOOPS") or 50)


@claim
def what_was_acknowledged_is_there_after_kill(folder):
    turn = random.Random(SEED)
    oracle = Oracle(SEED)
    for _ in range(LOOPS):
        with Node(folder) as node, registry_of(node) as registry:
            oracle.expect_everything(registry)
            threads = oracle.clients(registry.address)
            time.sleep(turn.uniform(0.01, 0.4))  # the instant of the kill
            node.kill()
            for thread in threads:
                thread.join()
    with Node(folder) as node, registry_of(node) as registry:
        oracle.expect_everything(registry)
        assert node.stop()[0] == 0, node.end_of_log()
    oracle.expect_order()
    writes = len(oracle.versions)
    assert writes > LOOPS, f"only {writes} writes in {LOOPS} loops"


@claim
def the_revision_rule_sees_what_is_wrong(_):
    def write(begun, answered, revision, value):
        return Operation(begun, answered, revision, "k", value, True)

    def read(begun, answered, revision, value):
        return Operation(begun, answered, revision, "k", value, False)

    good = [write(0, 1, 1, "a"), read(2, 3, 1, "a"), write(2, 4, 2, "b"),
            read(3, 5, 1, "a"), read(5, 6, 2, "b")]
    assert not broken_rules(good), broken_rules(good)
    assert broken_rules([*good, write(7, 8, 2, "c")])
    assert broken_rules([*good, read(7, 8, 2, "a")])
    assert broken_rules([*good, read(7, 8, 1, "a")])
    assert broken_rules([*good, write(7, 8, 1, "c")])


if __name__ == "__main__":
    sys.exit(main())
