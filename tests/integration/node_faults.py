#!/usr/bin/env python3
"""Kills at random instants: of a node, of its clients, of the child that runs
graphs; and a crowd of clients. What was acknowledged stays, who is left goes
on, and nothing is kept for who is gone."""
# trivium-test: serial timeout=900

import os
import random
import signal
import subprocess
import sys
import time

import scenario  # noqa: F401  (moves into the peers' environment)
import onnx
from scenario import onnx_models
from scenario.claims import Skip, claim, main
from scenario.flat_models import good_safetensors
from scenario.node import Node, answer_of, client, eventually, serving
from scenario.program import BUILD
from scenario.running import children

LOOPS = 20
SEED = int(os.environ.get("TRIVIUM_SEED", random.randrange(1 << 32)))
FAKE_RUNTIME = BUILD / "tests/unit/executor/fake_runtime.so"
CROWD, CALLS = 200, 50


def chance(name):
    return random.Random(f"{SEED} {name}")


def seeded(function):
    """Failures say how to come by the same instants again."""
    def run(folder):
        try:
            function(folder)
        except AssertionError as wrong:
            raise AssertionError(f"TRIVIUM_SEED={SEED}: {wrong}") from wrong
    run.__name__ = function.__name__
    return claim(run)


@seeded
def what_a_killed_node_acknowledged_is_there(folder):
    instants = chance("node")
    model = good_safetensors(folder / "m.safetensors")
    node = Node(folder)
    changing = client(folder, "client_acknowledged", model,
                      stdin=subprocess.PIPE)
    try:
        assert changing.stdout.readline() == "begun\n", changing.stderr.read()
        for _ in range(LOOPS):
            time.sleep(instants.uniform(0, 0.6))  # the random instant
            node.kill()
            assert changing.poll() is None, changing.stderr.read()
            node = Node(folder)
        told = answer_of(changing)  # ends its input
        assert told["versions"] > 0 and told["promotions"] > 0, told
        assert told["returns"] > 0, told
        assert node.stop()[0] == 0, node.end_of_log()
    finally:
        changing.kill()
        node.__exit__()


@seeded
def a_killed_client_leaves_nothing_in_the_node(folder):
    instants = chance("client")
    model = good_safetensors(folder / "m.safetensors")
    with serving(folder) as node:
        def alone():
            return node.ask("status")["sessions"] == 1

        alone()
        before = None
        for loop in range(LOOPS + 1):
            one = client(folder, "client_acknowledged", model,
                         stdin=subprocess.PIPE)
            assert one.stdout.readline() == "begun\n", one.stderr.read()
            time.sleep(instants.uniform(0, 0.3))  # the random instant
            one.kill()
            one.communicate()
            eventually("its session ends", alone)
            if loop == 0:  # from here on everything was used once
                before = (node.open_files(), node.threads())
        eventually(f"descriptors and threads are as before, {before}",
                   lambda: (node.open_files() <= before[0]
                            and node.threads() <= before[1]))


@seeded
def a_killed_executor_fails_its_job_alone(folder):
    if not FAKE_RUNTIME.is_file():
        raise Skip(f"{FAKE_RUNTIME.name} was not built")
    instants = chance("executor")
    made = onnx_models.matmul()
    made.producer_name = "quantized-behave:hang "
    onnx.save(made, folder / "m.onnx")
    with serving(folder, env={"TRIVIUM_OPENVINO_PLUGIN": FAKE_RUNTIME}) as node:
        for loop in range(LOOPS):
            job = node.ask("pipeline", folder / "m.onnx", "m",
                           f"1.{loop}.0", "int8")["id"]
            found = eventually("the executor runs",
                               lambda: children(node.pid))
            time.sleep(instants.uniform(0, 0.2))  # the random instant
            for child in found:
                try:
                    os.kill(child, signal.SIGKILL)
                except ProcessLookupError:
                    pass  # that was not the last one of this job
            # A job runs several graphs, a child each.
            while not (ended := node.ask("job", job))["failure"]:
                assert ended["state"] in ("running", "parked"), ended
                for child in children(node.pid):
                    try:
                        os.kill(child, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            assert ended["state"] == "failed", ended
            assert "SIGKILL" in ended["failure"] or (
                "memory" in ended["failure"]), ended
        assert node.ask("status")["restarts"] == 0
        assert not children(node.pid)


@seeded
def a_crowd_is_answered_and_forgotten(folder):
    """One process with 200 clients, each a session of its own."""
    with serving(folder) as node:
        def crowd(clients):
            told = answer_of(client(folder, "client_crowd", clients, CALLS,
                                    stdin=subprocess.DEVNULL), timeout=200)
            assert told["calls"] == clients * CALLS, told
            eventually("its sessions end",
                       lambda: node.ask("status")["sessions"] == 1)
            return told

        told = crowd(CROWD)
        files, threads = node.open_files(), node.threads()
        resident = node.resident()
        again = crowd(CROWD)
        seen = (told, again, resident, node.resident())
        assert node.open_files() <= files, (files, node.open_files(), seen)
        assert node.threads() <= threads, (threads, node.threads(), seen)
        # Allocators keep some; a leak of every session's would be more.
        assert node.resident() < resident * 1.3 + (16 << 20), seen
        assert node.ask("status")["restarts"] == 0, seen


if __name__ == "__main__":
    sys.exit(main())
