"""Models that keep every stage busy for a while: blocks of one random weight."""

import json
import shutil
import struct

import numpy
import onnx
from scenario import flat_models as flat
from scenario import onnx_models
from scenario.claims import Skip


def wants_disk(folder, gigabytes):
    free = shutil.disk_usage(folder).free
    if free < gigabytes * 10**9:
        raise Skip(f"wants {gigabytes} GB of free disk, "
                   f"{free / 1e9:.0f} GB are left")


def block_of(shape):
    """Such that a long chain of products neither grows nor fades."""
    return flat.random_weights(*shape) / numpy.float32(shape[0] ** 0.5)


def write_blocks(stream, count, shape):
    block = block_of(shape).tobytes()
    for _ in range(count):
        stream.write(block)


def large_safetensors(path, count, shape):
    """`count` tensors of `shape` in f32."""
    size = shape[0] * shape[1] * 4
    header = json.dumps({
        f"model.layers.{i}.mlp.up_proj.weight":
        {"dtype": "F32", "shape": list(shape),
         "data_offsets": [i * size, (i + 1) * size]}
        for i in range(count)}).encode()
    with open(path, "wb") as stream:
        stream.write(struct.pack("<Q", len(header)) + header)
        write_blocks(stream, count, shape)
    return path


def large_gguf(path, count, shape):
    size = shape[0] * shape[1] * 4
    head = flat.gguf([flat.gguf_tensor(f"blk.{i}.ffn_up.weight", shape[::-1],
                                       offset=i * size)
                      for i in range(count)], b"")
    with open(path, "wb") as stream:
        stream.write(head)
        write_blocks(stream, count, shape)
    return path


def large_onnx(path, count, side):
    """A chain of MatMuls, each weight a span of weights.bin beside it."""
    size = side * side * 4
    nodes = [onnx.helper.make_node(
        "MatMul", [f"x{i}", f"w{i}"], [f"x{i + 1}"]) for i in range(count)]
    made = onnx_models.model(nodes, {"x0": [1, side]},
                             {f"x{count}": [1, side]}, {})
    for i in range(count):
        weight = made.graph.initializer.add(
            name=f"w{i}", dims=[side, side],
            data_type=onnx.TensorProto.FLOAT,
            data_location=onnx.TensorProto.EXTERNAL)
        for key, value in (("location", "weights.bin"),
                           ("offset", str(i * size)), ("length", str(size))):
            weight.external_data.add(key=key, value=value)
    with open(path.parent / "weights.bin", "wb") as stream:
        write_blocks(stream, count, (side, side))
    path.write_bytes(made.SerializeToString())
    return path
