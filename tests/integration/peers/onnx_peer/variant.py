"""Makes int8 variants with our own code and checks them with onnx's.

One is made by materialise_model (tests/support): every tensor that may be int8
and gets smaller is, computed by a scalar quantizer. Another is what people get:
`trivium quantize`, with its recipe and its kernels.
"""

import json
import os
import pathlib
import subprocess

import numpy
import onnx
import onnx.numpy_helper

PROGRAM = (pathlib.Path(os.environ["TRIVIUM_BUILD"]) / "bin"
           / "tests" / "materialise_model")

TRIVIUM = os.environ["TRIVIUM_BIN"]

HALF_PRECISION = (onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16)


# trivium's kernels keep no subnormal scale: such a channel is all zeros.
SMALLEST_NORMAL = numpy.float32(2.0**-126)


class Weight:
    """A tensor of the source that became int8; a channel whose scale would be
    less than `least_scale`, or zero, has a scale of 1."""

    def __init__(self, name, axis, least_scale=0):
        self.name = name
        self.axis = axis
        self.least_scale = least_scale


def make(source, folder, *options):
    """(path of the variant, its weights by name). Raises RuntimeError with the
    text of a refusal."""
    done = subprocess.run([PROGRAM, source, folder, *options],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    weights = {row[0]: Weight(row[0], int(row[2])) for row in rows
               if row[1] == "int8_channel"}
    return pathlib.Path(folder) / pathlib.Path(source).name, weights


def make_by_trivium(source, folder, may_be_int8):
    """The same of `trivium quantize --recipe int8`. Which tensors may be int8,
    and along which axis, `may_be_int8` says: what make() gave."""
    out = pathlib.Path(folder) / "trivium.onnx"
    done = subprocess.run([TRIVIUM, "quantize", source, "--recipe", "int8",
                           "--out", out, "--json"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    names = [tensor["name"] for tensor in json.loads(done.stdout)["tensors"]
             if tensor["action"] == "int8_channel"]
    assert names, "nothing was quantized"
    return out, {name: Weight(name, may_be_int8[name].axis, SMALLEST_NORMAL)
                 for name in names}


def quantized(x, weight):
    """int8 values and f32 scales of an f32 array: absmax / 127 a channel, half
    to even."""
    others = tuple(i for i in range(x.ndim) if i != weight.axis)
    scales = numpy.abs(x).max(axis=others) / numpy.float32(127)
    scales[(scales == 0) | (scales < weight.least_scale)] = 1
    q = numpy.rint(x / along(scales, weight.axis, x.ndim))
    return numpy.clip(q, -128, 127).astype(numpy.int8), scales


def along(scales, axis, rank):
    """Scales shaped so that they multiply the channels of `axis`."""
    shape = [1] * rank
    shape[axis] = -1
    return scales.reshape(shape)


def dense_tensors(graph):
    """(name, TensorProto) of a graph's initializers and Constant nodes."""
    for tensor in graph.initializer:
        yield tensor.name, tensor
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            yield node.output[0], node.attribute[0].t


def with_dequantized(model, weights):
    """A copy of a float model whose weights are the rounded ones: what the
    variant computes, without any of its operators."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for name, tensor in dense_tensors(copy.graph):
        if name not in weights:
            continue
        axis = weights[name].axis
        x = onnx.numpy_helper.to_array(tensor)
        q, scales = quantized(x.astype(numpy.float32), weights[name])
        near = q.astype(numpy.float32) * along(scales, axis, x.ndim)
        changed = onnx.numpy_helper.from_array(near.astype(x.dtype),
                                               tensor.name)
        tensor.CopyFrom(changed)
    return copy


def check_bytes(source, variant, weights):
    """Values and scales in the variant are those that numpy computes."""
    stored = dict(dense_tensors(variant.graph))
    for name, tensor in dense_tensors(source.graph):
        if name not in weights:
            continue
        x = onnx.numpy_helper.to_array(tensor).astype(numpy.float32)
        q, scales = quantized(x, weights[name])
        ours = onnx.numpy_helper.to_array(stored[name + "_quantized"])
        numpy.testing.assert_array_equal(ours, q, name)
        ours = onnx.numpy_helper.to_array(stored[name + "_scale"])
        numpy.testing.assert_array_equal(ours.reshape(-1), scales, name)
        assert name not in stored, f"{name} is still there"


def check_kept(source, variant, weights):
    """Every other tensor has the source's bytes."""
    stored = dict(dense_tensors(variant.graph))
    for name, tensor in dense_tensors(source.graph):
        if name in weights:
            continue
        before = onnx.numpy_helper.to_array(tensor)
        after = onnx.numpy_helper.to_array(stored[name])
        assert before.dtype == after.dtype, name
        assert before.tobytes() == after.tobytes(), name
