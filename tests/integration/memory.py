#!/usr/bin/env python3
"""A 4 GB model is quantized in 512 MiB of memory, by both commands; so is an
ONNX graph with 2.5 GB of external data."""
# trivium-test: serial timeout=600

import json
import resource
import shutil
import struct
import sys
import time

import scenario  # noqa: F401  (moves into the peers' environment)
import onnx
from scenario import flat_models as flat
from scenario import onnx_models
from scenario.claims import Skip, claim, main
from scenario.program import start

LIMIT = 512 << 20
NEEDED = 20 * 10**9
ROWS, COLUMNS = 4096, 4096  # 64 MiB of f32
BLOCK = ROWS * COLUMNS * 4


def wants_disk(folder):
    free = shutil.disk_usage(folder).free
    if free < NEEDED:
        raise Skip(f"wants 20 GB of free disk, {free / 1e9:.0f} GB are left")


def write_blocks(stream, count):
    block = flat.random_weights(ROWS, COLUMNS).tobytes()
    for _ in range(count):
        stream.write(block)


def large_safetensors(path, tensors):
    header = json.dumps({
        f"model.layers.{i}.mlp.up_proj.weight":
        {"dtype": "F32", "shape": [ROWS, COLUMNS],
         "data_offsets": [i * BLOCK, (i + 1) * BLOCK]}
        for i in range(tensors)}).encode()
    with open(path, "wb") as stream:
        stream.write(struct.pack("<Q", len(header)) + header)
        write_blocks(stream, tensors)
    return path


def large_onnx(folder, tensors):
    """A chain of MatMuls, each weight a span of one file beside it."""
    nodes = [onnx.helper.make_node(
        "MatMul", [f"x{i}", f"w{i}"], [f"x{i + 1}"]) for i in range(tensors)]
    made = onnx_models.model(nodes, {"x0": [1, ROWS]},
                             {f"x{tensors}": [1, COLUMNS]}, {})
    for i in range(tensors):
        weight = made.graph.initializer.add(
            name=f"w{i}", dims=[ROWS, COLUMNS],
            data_type=onnx.TensorProto.FLOAT,
            data_location=onnx.TensorProto.EXTERNAL)
        for key, value in (("location", "weights.bin"),
                           ("offset", str(i * BLOCK)),
                           ("length", str(BLOCK))):
            weight.external_data.add(key=key, value=value)
    with open(folder / "weights.bin", "wb") as stream:
        write_blocks(stream, tensors)
    (folder / "m.onnx").write_bytes(made.SerializeToString())
    return folder / "m.onnx"


def anonymous_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as stream:
        for line in stream:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) << 10
    return 0


def limited():
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))


def most_memory(folder, *arguments):
    """Runs under the limit; the most anonymous memory seen, every 50 ms."""
    child = start(folder, *arguments, "--json", preexec_fn=limited)
    most = samples = 0
    while child.poll() is None:
        try:
            most = max(most, anonymous_bytes(child.pid))
            samples += 1
        except OSError:
            break
        time.sleep(0.05)
    out, err = child.communicate()
    assert child.returncode == 0, (child.returncode, out[:500], err)
    assert samples > 3, "it was too quick to be looked at"
    assert most < LIMIT, f"{most >> 20} MiB of anonymous memory"
    if "-v" in sys.argv:
        print(arguments[0], f"{most / 2**20:.0f} MiB, {samples} samples")
    return json.loads(out)


@claim
def four_gigabytes_are_quantized_in_half_of_one(folder):
    wants_disk(folder)
    model = large_safetensors(folder / "m.safetensors", 60)
    assert model.stat().st_size > 4e9
    told = most_memory(folder, "quantize", model, "--recipe", "int8", "--out",
                       folder / "out")
    assert len(told["tensors"]) == 60
    shutil.rmtree(folder / "out")
    told = most_memory(folder, "pipeline", model, "--recipe", "int8",
                       "--name", "m")
    assert told["state"] == "Deployed", told["verification"]


@claim
def a_graph_with_gigabytes_of_external_data_is_quantized(folder):
    wants_disk(folder)
    model = large_onnx(folder, 38)
    told = most_memory(folder, "quantize", model, "--recipe", "int8", "--out",
                       folder / "out")
    assert len(told["tensors"]) == 38


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "-v"]
    sys.argv[1:] = words + ["-v"] * ("-v" in sys.argv)
    sys.exit(main())
