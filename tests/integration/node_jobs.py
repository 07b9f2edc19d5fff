#!/usr/bin/env python3
"""While all lanes are busy a node answers, and a cancelled job ends soon."""
# trivium-test: serial timeout=300

import subprocess
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import large_models
from scenario.claims import claim, main
from scenario.nodes import Node, answer_of, client

# Far above what is usual (a few milliseconds, and about 20), for machines that
# do something else beside.
STATUS_P99_MS = 200
CANCELLED_MS = 500


@claim
def a_busy_node_answers_and_cancels_soon(folder):
    large_models.wants_disk(folder, 4)
    model = large_models.large_safetensors(folder / "m.safetensors", 48,
                                           (2048, 4096))
    with Node(folder) as node:
        told = answer_of(client(folder, "client_job_times", model, "int8",
                                stdin=subprocess.DEVNULL))
        assert told["state"] == "cancelled", told
        assert told["busy"] > 100, told
        assert told["status_p99_ms"] < STATUS_P99_MS, told
        assert told["cancel_answered_ms"] < STATUS_P99_MS, told
        assert told["cancel_ended_ms"] < CANCELLED_MS, told
        assert node.stop()[0] == 0, node.end_of_log()


if __name__ == "__main__":
    sys.exit(main())
