#!/usr/bin/env python3
"""A node that is told to stop: soon, with its jobs parked, whatever hangs."""
# trivium-test: serial timeout=300

import signal
import sys
import time

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import large_models
from scenario.claims import claim, main
from scenario.flat_models import good_safetensors
from scenario.node import Node, eventually, program, serving

LONGEST_STOP = 5  # seconds, as docs and `trivium serve --help` promise
BUSY_SHAPE = (2048, 4096)  # 32 MiB


def busy_model(folder):
    """Half a gigabyte: some seconds of work."""
    large_models.wants_disk(folder, 4)
    return large_models.large_safetensors(folder / "m.safetensors", 16,
                                          BUSY_SHAPE)


def leaves_no_door(node):
    assert not (node.store / "node.json").exists()
    assert not (node.store / "door.sock").exists()


def quantizing(node, model):
    """A job that is in the middle of its tensors."""
    job = node.ask("pipeline", model, "m", "1.0.0", "int8")["id"]
    eventually("the job quantizes",
               lambda: node.ask("job", job)["stage"] == "quantize")
    return job


@claim
def an_idle_node_ends_soon_and_cleanly(folder):
    for number in (signal.SIGTERM, signal.SIGINT):
        with Node(folder) as node:
            assert (node.store / "node.json").exists()
            assert (node.store / "door.sock").exists()
            code, seconds = node.stop(number)
            assert code == 0, (number, code, node.end_of_log())
            assert seconds < LONGEST_STOP, (number, seconds)
            leaves_no_door(node)


@claim
def a_node_that_was_just_used_ends_as_soon(folder):
    """Whatever the requests left behind: time-outs, workers, sessions."""
    for _ in range(5):
        with Node(folder) as node:
            model = good_safetensors(folder / "m.safetensors")
            job = node.ask("pipeline", model, "m", "1.0.0", "int8")["id"]
            assert node.ask("await", job)["state"] == "done"
            node.ask("status")
            code, seconds = node.stop()
            assert code == 0, (code, node.end_of_log())
            assert seconds < LONGEST_STOP, seconds


@claim
def a_running_job_is_parked_and_goes_on(folder):
    model = busy_model(folder)
    with Node(folder) as node:
        job = quantizing(node, model)
        code, seconds = node.stop()
        assert code == 0, (code, node.end_of_log())
        assert seconds < LONGEST_STOP, seconds
        leaves_no_door(node)
    with serving(folder) as node:
        (known,) = node.ask("jobs")
        assert known["id"] == job, known
        assert known["state"] in ("running", "parked", "done"), known
        ended = node.ask("await", job)
        assert ended["state"] == "done", ended


@claim
def a_cancelled_job_is_not_taken_up_again(folder):
    model = busy_model(folder)
    with serving(folder) as node:
        job = quantizing(node, model)
        node.ask("cancel", job)
    with Node(folder) as node:
        (known,) = node.ask("jobs")
        assert known["state"] == "cancelled", known


@claim
def a_second_signal_ends_it_at_once(folder):
    """While a job runs, so that the first has something to wait for."""
    model = busy_model(folder)
    with Node(folder) as node:
        quantizing(node, model)
        node.child.send_signal(signal.SIGTERM)
        code, seconds = node.stop()
        # The first may have been enough already.
        assert code in (0, 128 + signal.SIGTERM), (code, node.end_of_log())
        assert seconds < LONGEST_STOP, seconds
    with Node(folder) as node:
        node.ask("status")


@claim
def a_lane_that_hangs_is_shown_and_keeps_nobody(folder):
    model = good_safetensors(folder / "m.safetensors")
    command = [program("hanging_node"), folder / "store"]
    with Node(folder, command=command) as node:
        job = node.ask("pipeline", model, "m", "1.0.0", "int8")["id"]
        (lane,) = eventually(
            "the lane is shown as hanging",
            lambda: [one for one in node.ask("status")["lanes"]
                     if one["hangs"]])
        assert lane["device"] == "simulated:hanging", lane
        assert lane["tensor"] == "model.layers.0.q_proj.weight", lane
        assert lane["tile"] == 0 and lane["job"] == job, lane
        begin = time.monotonic()
        node.ask("cancel", job)
        assert time.monotonic() - begin < 1
        code, seconds = node.stop()
        assert code == 128 + signal.SIGTERM, (code, node.end_of_log())
        assert seconds < LONGEST_STOP, seconds
        assert not (node.store / "node.json").exists()
    with Node(folder) as node:
        (known,) = node.ask("jobs")
        assert known["id"] == job, known
        assert known["state"] in ("cancelled", "interrupted"), known


if __name__ == "__main__":
    sys.exit(main())
