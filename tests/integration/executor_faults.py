#!/usr/bin/env python3
"""A graph that crashes, hangs or exhausts the process that runs it ends the
job with one clear line; the variant fails, the alias stays."""
# trivium-test: timeout=600

import shutil
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import onnx
from scenario import onnx_models
from scenario.claims import Skip, claim, main
from scenario.program import (BUILD, nothing_left, refused, run, says_one_line,
                              succeed, succeed_json)

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
    ends_well(folder, "hang", "2")


@claim
def a_graph_that_eats_memory_fails_the_variant(folder):
    ends_well(folder, "eat_memory", "memory")


@claim
def a_graph_that_exits_fails_the_variant(folder):
    ends_well(folder, "exit", "3")


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
def an_operator_that_openvino_does_not_know_fails_the_variant(folder):
    made = onnx_models.matmul()
    made.graph.node[0].output[0] = "z"
    made.graph.node.append(onnx.helper.make_node(
        "Frobnicate", ["z"], ["y"], domain="org.example"))
    made.opset_import.append(onnx.helper.make_opsetid("org.example", 1))
    onnx.save(made, folder / "m.onnx")
    result = run(folder, "pipeline", folder / "m.onnx", "--recipe", "int8",
                 "--name", "m", "--json")
    says_one_line(result, codes=(1,))
    assert result.json["state"] in ("Failed", "Verified"), result
    refused(folder, "pull", "default/m@production", "--to", folder / "to")
    nothing_left(folder)
    succeed(folder, "quantize", folder / "m.onnx", "--recipe", "int8", "--out",
            folder / "q.onnx", "--quiet")


if __name__ == "__main__":
    sys.exit(main())
