#!/usr/bin/env python3
"""A 4 GB model is quantized in 512 MiB of memory, by both commands; so is an
ONNX graph with 2.5 GB of external data, and ONNX Runtime loads the result."""
# trivium-test: serial timeout=600

import json
import resource
import shutil
import sys
import time

import scenario  # noqa: F401  (moves into the peers' environment)
import numpy
import onnxruntime
from scenario import flat_models as flat
from scenario import large_models
from scenario.claims import claim, main
from scenario.program import start

LIMIT = 512 << 20
GIGABYTES_NEEDED = 20
# Of files: the program itself and the tiles under way, about 40 MiB. Pages of
# the model that are not given back would be gigabytes.
MAPPED_LIMIT = 256 << 20
SIDE = 4096  # 64 MiB of f32 a tensor
# Relative to the largest output: f32 sums in another order, 38 products deep.
CLOSE = 1e-4


def resident(pid):
    """{kind: bytes} of a process: RssAnon, RssFile."""
    with open(f"/proc/{pid}/status", encoding="ascii") as stream:
        return {words[0][:-1]: int(words[1]) << 10
                for words in map(str.split, stream)
                if words[0] in ("RssAnon:", "RssFile:")}


def limited():
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))


def within_memory(folder, *arguments):
    """Runs under the limit and looks at its memory every 50 ms."""
    # A lane a core would count as 8 MiB of stack each.
    (folder / "two.yaml").write_text("log:\n  level: off\nlanes: 2\n")
    child = start(folder, *arguments, "--json", "--config",
                  folder / "two.yaml", preexec_fn=limited)
    most = {}
    samples = 0
    while child.poll() is None:
        try:
            for kind, size in resident(child.pid).items():
                most[kind] = max(most.get(kind, 0), size)
            samples += 1
        except OSError:
            break
        time.sleep(0.05)
    out, err = child.communicate()
    assert child.returncode == 0, (child.returncode, out[:500], err)
    seen = {kind: f"{size >> 20} MiB" for kind, size in most.items()}
    assert samples > 3, "it was too quick to be looked at"
    assert most["RssAnon"] < LIMIT, seen
    assert most["RssFile"] < MAPPED_LIMIT, seen
    if "-v" in sys.argv:
        print(arguments[0], seen, f"{samples} samples")
    return json.loads(out)


@claim
def four_gigabytes_are_quantized_in_half_of_one(folder):
    large_models.wants_disk(folder, GIGABYTES_NEEDED)
    model = large_models.large_safetensors(folder / "m.safetensors", 60,
                                           (SIDE, SIDE))
    assert model.stat().st_size > 4e9
    told = within_memory(folder, "quantize", model, "--recipe", "int8",
                         "--out", folder / "out")
    assert len(told["tensors"]) == 60
    shutil.rmtree(folder / "out")
    told = within_memory(folder, "pipeline", model, "--recipe", "int8",
                         "--name", "m")
    assert told["state"] == "Deployed", told["verification"]


def answer(path, x):
    """Of a graph whose weights stay int8 until they are used."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    session = onnxruntime.InferenceSession(
        path, options, providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"x0": x})
    return y


@claim
def a_graph_with_gigabytes_of_external_data_is_quantized(folder):
    large_models.wants_disk(folder, GIGABYTES_NEEDED)
    model = large_models.large_onnx(folder / "m.onnx", 38, SIDE)
    assert (folder / "weights.bin").stat().st_size > 2.5e9
    told = within_memory(folder, "quantize", model, "--recipe", "int8",
                         "--out", folder / "out.onnx")
    assert len(told["tensors"]) == 38

    weight = large_models.block_of((SIDE, SIDE))
    scale = numpy.abs(weight).max(axis=0) / numpy.float32(127)
    rounded = numpy.rint(weight / scale) * scale
    x = flat.random_weights(1, SIDE, seed=2)
    wanted = x
    for _ in range(38):
        wanted = wanted @ rounded
    difference = numpy.abs(answer(folder / "out.onnx", x) - wanted).max()
    assert difference <= CLOSE * numpy.abs(wanted).max(), difference


if __name__ == "__main__":
    sys.exit(main())
