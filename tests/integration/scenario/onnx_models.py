"""Small ONNX graphs."""

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def model(nodes, inputs, outputs, initializers, opset=17, name="g"):
    """`inputs`, `outputs`: {name: shape}, all float."""
    def infos(tensors):
        return [helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
                for n, s in tensors.items()]
    graph = helper.make_graph(
        nodes, name, infos(inputs), infos(outputs),
        [numpy_helper.from_array(v, n) for n, v in initializers.items()])
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = 8
    return made


def matmul(rows=64, columns=64, seed=1, weight=None, batch=2):
    """x [batch, rows] · w [rows, columns] = y."""
    if weight is None:
        weight = numpy.random.default_rng(seed).standard_normal(
            (rows, columns)).astype(numpy.float32)
    return model([helper.make_node("MatMul", ["x", "w"], ["y"], name="mm")],
                 {"x": [batch, weight.shape[0]]},
                 {"y": [batch, weight.shape[1]]}, {"w": weight})


def save_matmul(path, **options):
    onnx.save(matmul(**options), path)
    return path


def with_external_data(path, location="weights.bin", **entries):
    """A MatMul whose weight says it lies in `location`."""
    made = matmul()
    weight = made.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **entries}.items():
        weight.external_data.add(key=key, value=str(value))
    path.write_bytes(made.SerializeToString())
    return path


WEIGHT_BYTES = 64 * 64 * 4
