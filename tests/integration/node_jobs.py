#!/usr/bin/env python3
"""While all lanes are busy a node answers, and several clients see its job
cancelled."""
# trivium-test: serial timeout=300

import subprocess
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import large_models
from scenario.claims import claim, main
from scenario.node import (HANG_SECONDS, Node, answer_of, client, eventually,
                           serving)
from scenario.program import start


@claim
def a_job_that_fails_at_once_says_why(folder):
    with serving(folder) as node:
        job = node.ask("pipeline", folder / "nowhere.onnx", "m", "1.0.0",
                       "int8")["id"]
        ended = node.ask("await", job)
        assert ended["state"] == "failed", ended
        assert "nowhere.onnx" in ended["failure"], ended


@claim
def a_console_follows_a_job_over_a_crash_of_the_node(folder):
    large_models.wants_disk(folder, 4)
    model = large_models.large_safetensors(folder / "m.safetensors", 16,
                                           (2048, 4096))
    with Node(folder) as node:
        job = node.ask("pipeline", model, "m", "1.0.0", "int8")["id"]
        eventually("the job runs",
                   lambda: not node.ask("job", job)["is_queued"])
        watching = start(folder, "repl", "-c", f"watch {job}")
        eventually("the console watches",
                   lambda: node.ask("status")["sessions"] == 2)
        node.kill()
    with serving(folder):
        out, err = watching.communicate(timeout=HANG_SECONDS)
    assert watching.returncode == 1, (out, err)
    assert "connected again" in err, err
    assert "ended before the job" in err, err


@claim
def a_busy_node_answers_and_cancels(folder):
    """How soon is a figure of tools/bench node."""
    large_models.wants_disk(folder, 4)
    model = large_models.large_safetensors(folder / "m.safetensors", 48,
                                           (2048, 4096))
    with serving(folder):
        told = answer_of(client(folder, "client_busy_job", model, "int8",
                                stdin=subprocess.DEVNULL))
        assert told["state"] == "cancelled", told
        # Of 200 answers most were given while every lane was busy.
        assert told["busy"] > 100, told
        # Each of three clients saw the job at work and its end.
        assert told["onlookers"] == 3, told


if __name__ == "__main__":
    sys.exit(main())
