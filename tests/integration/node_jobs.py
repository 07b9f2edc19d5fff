#!/usr/bin/env python3
"""While all lanes are busy a node answers, and several clients see its job
cancelled."""
# trivium-test: serial timeout=300

import subprocess
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import large_models
from scenario.claims import claim, main
from scenario.node import answer_of, client, serving


@claim
def a_busy_node_answers_and_cancels(folder):
    """How soon is a figure of tools/bench node."""
    large_models.wants_disk(folder, 4)
    model = large_models.large_safetensors(folder / "m.safetensors", 48,
                                           (2048, 4096))
    with serving(folder) as node:
        told = answer_of(client(folder, "client_busy_job", model, "int8",
                                stdin=subprocess.DEVNULL))
        assert told["state"] == "cancelled", told
        # Of 200 answers most were given while every lane was busy.
        assert told["busy"] > 100, told
        # Each of three clients saw the job at work and its end.
        assert told["onlookers"] == 3, told


if __name__ == "__main__":
    sys.exit(main())
