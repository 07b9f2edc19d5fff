"""Small models, one for each way in which a weight can stand in a graph."""

import numpy
from onnx import TensorProto, helper, numpy_helper

RANDOM = numpy.random.default_rng(5)
FLOAT = TensorProto.FLOAT


def normal(*shape, dtype=numpy.float32):
    return RANDOM.standard_normal(shape).astype(dtype)


def initializer(name, array):
    return numpy_helper.from_array(array, name)


def constant(name, array):
    return helper.make_node("Constant", [], [name],
                            value=initializer("", array))


def model(nodes, tensors, inputs, outputs, opset, ir=8, extra_domains=(),
          value_type=FLOAT, **more):
    """`inputs` and `outputs`: shapes by name."""
    def values(shapes):
        return [helper.make_tensor_value_info(n, value_type, s)
                for n, s in shapes.items()]

    graph = helper.make_graph(nodes, "g", values(inputs), values(outputs),
                              tensors, **more)
    domains = [helper.make_opsetid(d, v) for d, v in extra_domains]
    return helper.make_model(
        graph, ir_version=ir,
        opset_imports=[helper.make_opsetid("", opset), *domains])


def matmul(opset, ir=8):
    return model([helper.make_node("MatMul", ["x", "w"], ["y"])],
                 [initializer("w", normal(64, 48))],
                 {"x": [5, 64]}, {"y": [5, 48]}, opset, ir)


def matmul_of_stacked_weights(opset):
    return model([helper.make_node("MatMul", ["x", "w"], ["y"])],
                 [initializer("w", normal(3, 32, 24))],
                 {"x": [3, 5, 32]}, {"y": [3, 5, 24]}, opset)


def matmul_with_left_weight(opset):
    return model([helper.make_node("MatMul", ["w", "x"], ["y"])],
                 [initializer("w", normal(24, 32))],
                 {"x": [32, 5]}, {"y": [24, 5]}, opset)


def gemm(opset, trans_b):
    shape = (48, 64) if trans_b else (64, 48)
    return model(
        [helper.make_node("Gemm", ["x", "w", "b"], ["y"], transB=trans_b)],
        [initializer("w", normal(*shape)), initializer("b", normal(48))],
        {"x": [5, 64]}, {"y": [5, 48]}, opset)


def conv(opset):
    return model(
        [helper.make_node("Conv", ["x", "w", "b"], ["y"], group=2)],
        [initializer("w", normal(16, 4, 3, 3)), initializer("b", normal(16))],
        {"x": [1, 8, 9, 9]}, {"y": [1, 16, 7, 7]}, opset)


def conv_transpose_of_two_groups(opset):
    return model(
        [helper.make_node("ConvTranspose", ["x", "w"], ["y"], group=2)],
        [initializer("w", normal(8, 6, 3, 3))],
        {"x": [1, 8, 5, 5]}, {"y": [1, 12, 7, 7]}, opset)


def embedding_with_tied_head(opset):
    """Gather and a transposed MatMul of the same table: both want axis 0."""
    return model(
        [helper.make_node("Cast", ["x"], ["ids"], to=TensorProto.INT64),
         helper.make_node("Gather", ["w", "ids"], ["rows"]),
         helper.make_node("Transpose", ["w"], ["wt"]),
         helper.make_node("MatMul", ["rows", "wt"], ["y"])],
        [initializer("w", normal(50, 32))],
        {"x": [4]}, {"y": [4, 50]}, opset)


def shared_through_identity(opset):
    nodes = []
    for i in range(3):
        nodes += [helper.make_node("Identity", ["w"], [f"w{i}"]),
                  helper.make_node("MatMul", ["x", f"w{i}"], [f"y{i}"])]
    return model([*nodes, helper.make_node("Sum", ["y0", "y1", "y2"], ["y"])],
                 [initializer("w", normal(64, 48))],
                 {"x": [5, 64]}, {"y": [5, 48]}, opset)


def behind_a_permutation(opset):
    """A convolution weight stored as [k, k, in, out]."""
    return model(
        [helper.make_node("Transpose", ["w"], ["wt"], perm=[3, 2, 0, 1]),
         helper.make_node("Conv", ["x", "wt"], ["y"])],
        [initializer("w", normal(3, 3, 8, 16))],
        {"x": [1, 8, 5, 5]}, {"y": [1, 16, 3, 3]}, opset)


def in_a_constant_node(opset):
    return model(
        [constant("w", normal(64, 48)),
         helper.make_node("MatMul", ["x", "w"], ["y"])],
        [], {"x": [5, 64]}, {"y": [5, 48]}, opset)


def listed_as_input(opset):
    """As every initializer had to be before IR 4."""
    return model([helper.make_node("MatMul", ["x", "w"], ["y"])],
                 [initializer("w", normal(64, 48))],
                 {"x": [5, 64], "w": [64, 48]}, {"y": [5, 48]}, opset, 3)


def captured_by_a_branch(opset):
    def branch(name, op):
        nodes = [helper.make_node("MatMul", ["x", "w"], [name + "_m"]),
                 helper.make_node(op, [name + "_m"], [name + "_y"])]
        out = helper.make_tensor_value_info(name + "_y", FLOAT, [5, 48])
        return helper.make_graph(nodes, name, [], [out])

    return model(
        [constant("zero", numpy.zeros((), numpy.float32)),
         helper.make_node("ReduceMax", ["x"], ["top"], keepdims=0),
         helper.make_node("Greater", ["top", "zero"], ["positive"]),
         helper.make_node("If", ["positive"], ["y"],
                          then_branch=branch("then", "Relu"),
                          else_branch=branch("else", "Neg"))],
        [initializer("w", normal(64, 48))],
        {"x": [5, 64]}, {"y": [5, 48]}, opset)


def half_precision(opset):
    return model(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        [initializer("w", normal(64, 48, dtype=numpy.float16))],
        {"x": [5, 64]}, {"y": [5, 48]}, opset,
        value_type=TensorProto.FLOAT16)


def half_precision_in_int32_data(opset):
    made = half_precision(opset)
    tensor = made.graph.initializer[0]
    values = numpy_helper.to_array(tensor).view(numpy.uint16)
    tensor.ClearField("raw_data")
    tensor.int32_data.extend(int(v) for v in values.ravel())
    return made


def in_float_data(opset):
    made = matmul(opset)
    tensor = made.graph.initializer[0]
    values = numpy_helper.to_array(tensor).ravel()
    tensor.ClearField("raw_data")
    tensor.float_data.extend(values)
    return made


def with_a_zero_column(opset):
    made = matmul(opset)
    tensor = made.graph.initializer[0]
    values = numpy_helper.to_array(tensor).copy()
    values[:, 7] = 0
    tensor.CopyFrom(initializer("w", values))
    return made


def beside_a_foreign_operator(opset):
    """com.microsoft.Gelu passes through as it is."""
    return model(
        [helper.make_node("MatMul", ["x", "w"], ["m"]),
         helper.make_node("Gelu", ["m"], ["y"], domain="com.microsoft")],
        [initializer("w", normal(64, 48))],
        {"x": [5, 64]}, {"y": [5, 48]}, opset,
        extra_domains=[("com.microsoft", 1)])


def in_a_model_with_a_function(opset):
    made = model(
        [helper.make_node("MatMul", ["x", "w"], ["m"]),
         helper.make_node("twice", ["m"], ["y"], domain="local")],
        [initializer("w", normal(64, 48))],
        {"x": [5, 64]}, {"y": [5, 48]}, opset, extra_domains=[("local", 1)])
    made.functions.append(helper.make_function(
        "local", "twice", ["a"], ["b"],
        [constant("k", normal(5, 48)),
         helper.make_node("Add", ["a", "k"], ["b"])],
        [helper.make_opsetid("", opset)]))
    return made


def every():
    """(name, model)"""
    for opset in (11, 12, 13, 17, 21):
        for make in (matmul, matmul_of_stacked_weights,
                     matmul_with_left_weight, conv,
                     conv_transpose_of_two_groups, embedding_with_tied_head,
                     shared_through_identity, behind_a_permutation,
                     in_a_constant_node, captured_by_a_branch, half_precision,
                     half_precision_in_int32_data, in_float_data,
                     with_a_zero_column, beside_a_foreign_operator):
            yield f"{make.__name__} at opset {opset}", make(opset)
        for trans_b in (0, 1):
            yield f"gemm, transB {trans_b}, opset {opset}", gemm(opset,
                                                                 trans_b)
    for opset in (11, 13):
        yield f"listed_as_input at opset {opset}", listed_as_input(opset)
    for opset in (17, 21):
        yield f"function at opset {opset}", in_a_model_with_a_function(opset)
