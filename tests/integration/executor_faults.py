#!/usr/bin/env python3
"""A graph that crashes, hangs or exhausts the process that runs it ends the
job with one clear line; the variant fails, the alias stays. A signal ends both
processes."""
# trivium-test: timeout=600

import contextlib
import os
import select
import shutil
import signal
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import onnx
from scenario import flat_models as flat
from scenario import onnx_models
from scenario.claims import Skip, claim, main
from scenario.program import (BUILD, nothing_left, refused, run, says_one_line,
                              staged, succeed, succeed_json)
from scenario.running import HANG_SECONDS, Running, children

FAKE_RUNTIME = BUILD / "tests/unit/executor/fake_runtime.so"
SETTINGS = """log:
  level: off
executor:
  time_limit: {seconds} s
  memory: 512 MiB
"""


def misbehaving(folder, behaviour, seed=1):
    """A good model; only tests' own runtime reads the word in it, and does it
    with the quantized variant."""
    return marked(folder, f"quantized-behave:{behaviour} ", seed)


def marked(folder, words, seed=1):
    made = onnx_models.matmul(seed=seed)
    made.producer_name = words
    onnx.save(made, folder / "m.onnx")
    (folder / "settings.yaml").write_text(
        SETTINGS.format(seconds=2 if "hang" in words else 60))
    return folder / "m.onnx"


def pipeline(folder, model, *options, may_be_unverified=True):
    if not FAKE_RUNTIME.is_file():
        raise Skip(f"{FAKE_RUNTIME.name} was not built")
    return run(folder, "pipeline", model, "--recipe", "int8", "--name", "m",
               *(["--allow-unverified"] if may_be_unverified else []),
               "--config", folder / "settings.yaml", "--json", *options,
               env={"TRIVIUM_OPENVINO_PLUGIN": FAKE_RUNTIME}, timeout=60)


def ends_well(folder, behaviour, *words):
    result = pipeline(folder, misbehaving(folder, behaviour))
    says_one_line(result, *words, codes=(1,))
    told = result.json
    assert told["state"] == "Failed", told
    assert told["error"]["text"], told
    refused(folder, "pull", "default/m@production", "--to", folder / "to")
    nothing_left(folder)


@claim
def a_graph_that_behaves_is_deployed(folder):
    result = pipeline(folder, misbehaving(folder, "well"))
    assert result.code == 0, result


@claim
def a_graph_that_crashes_fails_the_variant(folder):
    ends_well(folder, "crash", "SIGSEGV")


@claim
def a_graph_that_aborts_fails_the_variant(folder):
    ends_well(folder, "abort", "SIGABRT")


@claim
def a_graph_that_hangs_fails_the_variant_after_the_time_limit(folder):
    ends_well(folder, "hang", "not done within 2 s")


@claim
def a_graph_that_eats_memory_fails_the_variant(folder):
    ends_well(folder, "eat_memory", "needs more than the memory limit")


@claim
def a_graph_that_exits_fails_the_variant(folder):
    ends_well(folder, "exit",
              "the worker ended with exit code 3 before it answered")


@claim
def a_graph_that_the_runtime_refuses_fails_the_variant(folder):
    ends_well(folder, "refuse", "Frobnicate")


@claim
def a_float_graph_that_crashes_or_hangs_is_not_deployed(folder):
    for behaviour, word in (("crash", "SIGSEGV"), ("hang", "2 s"),
                            ("refuse", "Frobnicate")):
        model = marked(folder, f"behave:{behaviour} ")
        result = pipeline(folder, model, may_be_unverified=False)
        says_one_line(result, "unverified", word, codes=(1,))
        refused(folder, "pull", "default/m@production", "--to", folder / "to")
        nothing_left(folder)
        shutil.rmtree(folder / "store")


@claim
def a_float_graph_that_crashes_records_no_golden_set(folder):
    if not FAKE_RUNTIME.is_file():
        raise Skip(f"{FAKE_RUNTIME.name} was not built")
    model = marked(folder, "behave:crash ")
    refused(folder, "golden", "record", model, "--out", folder / "golden",
            env={"TRIVIUM_OPENVINO_PLUGIN": FAKE_RUNTIME}, says=["SIGSEGV"])
    assert not (folder / "golden").exists()


@claim
def a_crash_leaves_the_old_alias(folder):
    assert pipeline(folder, misbehaving(folder, "well")).code == 0
    before = succeed_json(folder, "pull", "default/m@production", "--to",
                          folder / "to")
    result = pipeline(folder, misbehaving(folder, "crash", seed=2),
                      "--version", "1.1.0")
    says_one_line(result, codes=(1,))
    after = succeed_json(folder, "pull", "default/m@production", "--to",
                         folder / "to")
    assert after["artifact"] == before["artifact"] and after["was_there"]
    assert pipeline(folder, misbehaving(folder, "well", seed=3), "--version",
                    "1.2.0").code == 0


@claim
def an_operator_that_openvino_does_not_know_leaves_it_unverified(folder):
    """The float model does not run either, so nothing speaks against the
    variant: it is kept, and promoted only by whoever says so."""
    made = onnx_models.matmul()
    made.graph.node[0].output[0] = "z"
    made.graph.node.append(onnx.helper.make_node(
        "Frobnicate", ["z"], ["y"], domain="org.example"))
    made.opset_import.append(onnx.helper.make_opsetid("org.example", 1))
    onnx.save(made, folder / "m.onnx")
    arguments = ("pipeline", folder / "m.onnx", "--recipe", "int8", "--name",
                 "m")
    result = run(folder, *arguments, "--json")
    says_one_line(result, "only unverified", "the float model did not run",
                  "org.example.Frobnicate", "--allow-unverified", codes=(1,))
    assert result.json["state"] == "Verified", result
    assert result.json["verification"]["verdict"] == "unverified", result
    refused(folder, "pull", "default/m@production", "--to", folder / "to")
    nothing_left(folder)
    told = succeed_json(folder, *arguments, "--allow-unverified")
    assert told["state"] == "Deployed" and told["variant_was_known"], told
    succeed(folder, "quantize", folder / "m.onnx", "--recipe", "int8", "--out",
            folder / "q.onnx", "--quiet")


def executor_of(running):
    """A handle of the child that runs the graph, once there is one."""
    while running.child.poll() is None:
        for pid, line in children(running.child.pid).items():
            if line[1:2] == ["executor-worker"]:
                with contextlib.suppress(ProcessLookupError):
                    return os.pidfd_open(pid)
        os.sched_yield()
    raise AssertionError(f"no executor was seen: {running.end().err}")


def has_ended(handle):
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    try:
        return bool(poll.poll(HANG_SECONDS * 1000))
    finally:
        os.close(handle)


def stopped_in_the_executor(folder, model, number, **options):
    (folder / "settings.yaml").write_text(SETTINGS.format(seconds=600))
    running = Running(folder, "pipeline", model, "--recipe", "int8", "--name",
                      "m", "--allow-unverified", "--out", folder / "out.onnx",
                      "--config", folder / "settings.yaml", **options)
    assert running.reaches("verify"), running.end().err
    executor = executor_of(running)
    running.child.send_signal(number)
    running.end()
    assert running.code == 128 + number, (running.code, running.err)
    assert len(running.err) <= 1, running.err
    assert has_ended(executor), "the executor lives on"
    assert not (folder / "out.onnx").exists()
    # What a hurried end left in staging, the next start removes.
    refused(folder, "pull", "default/m@production", "--to", folder / "to")
    assert not (folder / "to").exists() and staged(folder) == []


@claim
def a_signal_while_a_graph_hangs_ends_both_processes(folder):
    if not FAKE_RUNTIME.is_file():
        raise Skip(f"{FAKE_RUNTIME.name} was not built")
    model = misbehaving(folder, "hang")
    for number in (signal.SIGINT, signal.SIGTERM):
        stopped_in_the_executor(folder, model, number,
                                env={"TRIVIUM_OPENVINO_PLUGIN": FAKE_RUNTIME})
    told = succeed_json(folder, "pipeline", model, "--recipe", "int8",
                        "--name", "m", "--allow-unverified")
    assert told["state"] == "Deployed" and not told["variant_was_known"], told


def busy_graph(path):
    """Seconds of products, thirty times over: deployed mode is timed."""
    nodes = [onnx.helper.make_node("MatMul", [f"x{i}", "w"], [f"x{i + 1}"])
             for i in range(8)]
    onnx.save(onnx_models.model(
        nodes, {"x0": [2048, 1024]}, {"x8": [2048, 1024]},
        {"w": flat.random_weights(1024, 1024) / 32}), path)
    return path


@claim
def a_signal_while_a_graph_runs_ends_both_processes(folder):
    model = busy_graph(folder / "m.onnx")
    for number in (signal.SIGINT, signal.SIGTERM):
        stopped_in_the_executor(folder, model, number)


if __name__ == "__main__":
    sys.exit(main())
