#!/usr/bin/env python3
"""What the command writes loads elsewhere and holds what numpy and gguf compute
from the float weights; the bytes depend on nothing but model and recipe."""
# trivium-test: timeout=600

import json
import os
import resource
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import gguf
import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from scenario import flat_models as flat
from scenario import onnx_models
from scenario.claims import claim, main
from scenario.program import run, succeed, succeed_json

OPSETS = (11, 12, 13, 17)


def random(*shape, seed=1):
    return numpy.random.default_rng(seed).standard_normal(shape).astype(
        numpy.float32)


def quantized(folder, path, recipe="int8", out="out", *options, **more):
    told = succeed_json(folder, "quantize", path, "--recipe", recipe, "--out",
                        folder / out, *options, **more)
    return folder / out, told


def rounded(weight, axis):
    """int8, one scale along `axis`, and back."""
    others = tuple(i for i in range(weight.ndim) if i != axis)
    absmax = numpy.abs(weight).max(axis=others, keepdims=True)
    scale = (absmax / numpy.float32(127)).astype(numpy.float32)
    scale[scale == 0] = 1
    return (numpy.clip(numpy.rint(weight / scale), -127, 127)
            * scale).astype(numpy.float32)


def every_operator(opset):
    """MatMul, Gemm, Conv, ConvTranspose, Gather, a Constant node, an Identity
    and a weight that two nodes share; {weight: channel axis}."""
    weights = {"conv_w": random(16, 4, 5, 5), "deconv_w": random(16, 8, 4, 4),
               "gemm_w": random(48, 128, seed=2), "table": random(64, 48),
               "shared": random(48, 48, seed=3)}
    constant = helper.make_node(
        "Constant", [], ["constant_w"],
        value=numpy_helper.from_array(random(48, 64, seed=4)))
    nodes = [
        helper.make_node("Conv", ["image", "conv_w"], ["c"], pads=[2] * 4),
        helper.make_node("ConvTranspose", ["c", "deconv_w"], ["deconv"],
                         strides=[2, 2], pads=[1] * 4),
        helper.make_node("Gemm", ["x", "gemm_w"], ["g"], transB=1),
        helper.make_node("Identity", ["shared"], ["alias"]),
        helper.make_node("MatMul", ["g", "shared"], ["s1"]),
        helper.make_node("MatMul", ["s1", "alias"], ["s2"]),
        constant,
        helper.make_node("MatMul", ["s2", "constant_w"], ["dense"]),
        helper.make_node("Gather", ["table", "ids"], ["rows"], axis=0),
    ]
    made = onnx_models.model(
        nodes, {"image": [1, 4, 8, 8], "x": [3, 128]},
        {"deconv": [1, 8, 16, 16], "dense": [3, 64], "rows": [5, 48]},
        {**weights, "ids": numpy.array([0, 7, 63, 7, 1])}, opset=opset)
    axes = {"conv_w": 0, "deconv_w": 1, "gemm_w": 0, "shared": 1}
    return made, axes


def with_rounded(made, axes):
    """The float graph with the weights that int8 can express."""
    changed = onnx.ModelProto()
    changed.CopyFrom(made)
    for tensor in changed.graph.initializer:
        if tensor.name in axes:
            value = numpy_helper.to_array(tensor)
            tensor.CopyFrom(numpy_helper.from_array(
                rounded(value, axes[tensor.name]), tensor.name))
    for node in changed.graph.node:
        if node.op_type == "Constant":
            value = numpy_helper.to_array(node.attribute[0].t)
            node.attribute[0].t.CopyFrom(
                numpy_helper.from_array(rounded(value, 1)))
    return changed


def answers(model):
    """The outputs for fixed inputs; `model`: bytes or path."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    session = onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"])
    feeds = {i.name: random(*i.shape, seed=9) for i in session.get_inputs()}
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds)))


def same_answers(ours, wanted):
    assert ours.keys() == wanted.keys()
    for name, value in wanted.items():
        difference = numpy.abs(ours[name] - value).max()
        assert difference <= 1e-5 * numpy.abs(value).max(), (name, difference)


@claim
def onnx_computes_what_rounded_weights_compute(folder):
    for opset in OPSETS:
        made, axes = every_operator(opset)
        path = folder / f"opset-{opset}.onnx"
        onnx.save(made, path)
        ours, told = quantized(folder, path, out=f"out-{opset}.onnx")
        onnx.checker.check_model(onnx.load(ours), full_check=True)
        actions = {t["name"]: t["action"] for t in told["tensors"]}
        assert set(actions.values()) >= {"int8_channel"}, actions
        assert "keep" not in {actions[name] for name in axes}, actions
        reference = with_rounded(made, axes)
        wanted = answers(reference.SerializeToString())
        got = answers(str(ours))
        # The axis of a table's channels is the recipe's affair.
        table = numpy_helper.to_array(
            next(t for t in made.graph.initializer if t.name == "table"))
        ids = [0, 7, 63, 7, 1]
        for axis in (0, 1):
            if numpy.allclose(got["rows"], rounded(table, axis)[ids],
                              atol=1e-6):
                break
        else:
            raise AssertionError("rows are no int8 of the table")
        del got["rows"], wanted["rows"]
        same_answers(got, wanted)
        assert ours.stat().st_size < 0.4 * path.stat().st_size


@claim
def a_shared_weight_is_stored_once(folder):
    made, _ = every_operator(17)
    onnx.save(made, folder / "m.onnx")
    ours, _ = quantized(folder, folder / "m.onnx", out="out.onnx")
    loaded = onnx.load(ours)
    of_its_shape = [t for t in loaded.graph.initializer
                    if t.data_type == onnx.TensorProto.INT8
                    and list(t.dims) == [48, 48]]
    assert len(of_its_shape) == 1, [t.name for t in of_its_shape]


@claim
def external_data_gives_the_same_graph(folder):
    made, axes = every_operator(17)
    wanted = answers(with_rounded(made, axes).SerializeToString())
    (folder / "apart").mkdir()
    onnx.save(made, folder / "apart/m.onnx", save_as_external_data=True,
              location="m.data", size_threshold=64)
    ours, _ = quantized(folder, folder / "apart/m.onnx", out="out")
    where = ours if ours.is_file() else next(ours.glob("*.onnx"))
    got = answers(str(where))
    del got["rows"], wanted["rows"]
    same_answers(got, wanted)


@claim
def what_is_not_understood_passes_through_unchanged(folder):
    made = onnx_models.matmul()
    made.graph.node[0].output[0] = "z"
    made.graph.node.append(helper.make_node(
        "Frobnicate", ["z"], ["y"], domain="org.example", depth=3))
    made.opset_import.append(helper.make_opsetid("org.example", 1))
    made.metadata_props.add(key="character", value="a\nb")
    made.doc_string = "kept"
    onnx.save(made, folder / "m.onnx")
    ours, _ = quantized(folder, folder / "m.onnx", out="out.onnx")
    loaded = onnx.load(ours)
    assert loaded.graph.node[-1] == made.graph.node[-1]
    assert loaded.doc_string == "kept"
    assert ("character", "a\nb") in [
        (p.key, p.value) for p in loaded.metadata_props]
    assert list(loaded.graph.output) == list(made.graph.output)


def write_shards(folder, shards):
    """A model of one file a shard; {tensor: values}."""
    folder.mkdir()
    weight_map = {}
    for i, tensors in enumerate(shards, 1):
        name = f"model-{i:05}-of-{len(shards):05}.safetensors"
        flat.write_safetensors(folder / name, tensors)
        weight_map.update((tensor, name) for tensor in tensors)
    (folder / "model.safetensors.index.json").write_text(json.dumps(
        {"metadata": {"total_size": 1}, "weight_map": weight_map}))
    (folder / "config.json").write_text('{"model_type": "llama", "x": 1}')
    (folder / "tokenizer.json").write_text("{}")
    return {k: v for tensors in shards for k, v in tensors.items()}


def sharded(folder):
    return folder, write_shards(folder, [
        {"model.embed_tokens.weight": random(32, 64),
         "model.layers.0.self_attn.q_proj.weight": random(64, 64)},
        {"model.layers.0.mlp.up_proj.weight": random(96, 64, seed=2),
         "model.norm.weight": random(64),
         "lm_head.weight": random(32, 64, seed=5)}])


@claim
def sharded_safetensors_become_compressed_tensors(folder):
    path, floats = sharded(folder / "model")
    ours, _ = quantized(folder, path)
    index = json.loads((ours / "model.safetensors.index.json").read_text())
    found = {}
    for name in set(index["weight_map"].values()):
        found.update(flat.read_safetensors(ours / name)[0])
    assert set(found) == set(index["weight_map"])
    for name in ("model.embed_tokens.weight", "model.norm.weight",
                 "lm_head.weight"):
        assert found[name][2] == floats[name].tobytes(), name
    for name in ("model.layers.0.self_attn.q_proj.weight",
                 "model.layers.0.mlp.up_proj.weight"):
        weight = floats[name]
        kind, shape, raw = found[name]
        assert (kind, shape) == ("I8", list(weight.shape)), (kind, shape)
        kind, shape, scales = found[name + "_scale"]
        assert (kind, shape) == ("F32", [len(weight), 1]), (kind, shape)
        scale = numpy.frombuffer(scales, numpy.float32).reshape(-1, 1)
        expected = numpy.abs(weight).max(axis=1, keepdims=True) / 127.5
        assert numpy.allclose(scale, expected, rtol=1e-6)
        values = numpy.frombuffer(raw, numpy.int8).reshape(weight.shape)
        assert numpy.array_equal(
            values, numpy.clip(numpy.rint(weight / scale), -128, 127))
    config = json.loads((ours / "config.json").read_text())
    assert config["x"] == 1 and config["model_type"] == "llama"
    told = config["quantization_config"]
    assert told["format"] == "int-quantized", told
    assert told["quant_method"] == "compressed-tensors", told
    assert (ours / "tokenizer.json").read_text() == "{}"


@claim
def more_shards_than_the_soft_limit_of_open_files(folder):
    write_shards(folder / "model", [
        {f"model.layers.{i}.mlp.up_proj.weight": random(64, 64, seed=i)}
        for i in range(100)])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = {"preexec_fn": lambda: resource.setrlimit(
        resource.RLIMIT_NOFILE, (64, most))}
    succeed(folder, "register", folder / "model", "--name", "m", **few)
    ours, _ = quantized(folder, folder / "model", **few)
    assert len(list(ours.glob("*.safetensors"))) == 100


def gguf_file(path, kind):
    """One model in F32, F16 or BF16; {tensor: f32 values as stored}."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_string("general.name", "made")
    writer.add_array("tokenizer.ggml.tokens", ["a", "b", "\u00e9"])
    stored = {}
    for i, name in enumerate(("blk.0.attn_q.weight", "blk.0.ffn_up.weight")):
        value = random(64, 96, seed=i)
        if kind == gguf.GGMLQuantizationType.F32:
            writer.add_tensor(name, value)
            stored[name] = value
        elif kind == gguf.GGMLQuantizationType.F16:
            writer.add_tensor(name, value.astype(numpy.float16))
            stored[name] = value.astype(numpy.float16).astype(numpy.float32)
        else:
            raw = gguf.quantize(value, kind)
            writer.add_tensor(name, raw, raw_dtype=kind)
            stored[name] = gguf.dequantize(raw, kind)
    writer.add_tensor("output_norm.weight", random(96))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return stored


@claim
def gguf_tensors_equal_those_of_gguf_py(folder):
    kinds = gguf.GGMLQuantizationType
    for kind in (kinds.F32, kinds.F16, kinds.BF16):
        path = folder / f"{kind.name}.gguf"
        stored = gguf_file(path, kind)
        ours, _ = quantized(folder, path, "q8_0", f"out-{kind.name}.gguf")
        reader = gguf.GGUFReader(ours)
        tensors = {t.name: t for t in reader.tensors}
        for name, value in stored.items():
            assert tensors[name].tensor_type == kinds.Q8_0, name
            wanted = gguf.quantize(value, kinds.Q8_0)
            assert bytes(tensors[name].data) == bytes(wanted), (kind, name)
        assert tensors["output_norm.weight"].tensor_type == kinds.F32
        assert reader.get_field("general.name").contents() == "made"
        assert reader.get_field("tokenizer.ggml.tokens").contents() == [
            "a", "b", "\u00e9"]
        assert reader.get_field("general.file_type").contents() == 7
        assert reader.get_field(
            "general.quantization_version").contents() == 2


def contents(path):
    files = [path] if path.is_file() else sorted(
        p for p in path.rglob("*") if p.is_file())
    return [(os.path.relpath(p, path), p.read_bytes()) for p in files]


@claim
def memory_lanes_and_cpu_level_change_no_byte(folder):
    made, _ = every_operator(17)
    onnx.save(made, folder / "m.onnx")
    gguf_file(folder / "m.gguf", gguf.GGMLQuantizationType.BF16)
    sharded(folder / "model")
    (folder / "one.yaml").write_text(
        "log:\n  level: off\nlanes: 1\ntile_size: 64 KiB\n")
    for path in ("m.onnx", "m.gguf", "model"):
        recipe = "q8_0" if path == "m.gguf" else "int8"
        plain = contents(quantized(folder, folder / path, recipe,
                                   f"plain-{path}")[0])
        small = contents(quantized(
            folder, folder / path, recipe, f"small-{path}", "--memory", "8MiB",
            "--config", folder / "one.yaml",
            env={"TRIVIUM_CPU_LEVEL": "x86-64"})[0])
        assert [c for _, c in plain] == [c for _, c in small], path


@claim
def without_a_digest_the_bytes_are_the_same(folder):
    """Of a file the digest is its manifest's, which a pipeline gives it too."""
    gguf_file(folder / "m.gguf", gguf.GGMLQuantizationType.F32)
    sharded(folder / "model")
    for path, recipe in (("m.gguf", "q8_0"), ("model", "int8")):
        hashed, told = quantized(folder, folder / path, recipe, f"a-{path}")
        plain, quick = quantized(folder, folder / path, recipe, f"b-{path}",
                                 "--no-digest")
        assert contents(hashed) == contents(plain), path
        assert "artifact" not in quick, quick
        deployed = succeed_json(folder, "pipeline", folder / path, "--recipe",
                                recipe, "--name", "m" + recipe)
        assert told["artifact"] == deployed["variant"], path
        for options in ((), ("--no-digest",)):
            out = folder / f"c-{path}{len(options)}"
            said = succeed(folder, "quantize", folder / path, "--recipe",
                           recipe, "--out", out, *options).out
            assert (told["artifact"] in said) == (not options), said


@claim
def an_output_can_be_registered_but_not_quantized_again(folder):
    onnx_models.save_matmul(folder / "m.onnx")
    ours, _ = quantized(folder, folder / "m.onnx", out="q.onnx")
    succeed(folder, "register", ours, "--name", "q")
    result = run(folder, "quantize", ours, "--recipe", "int8", "--out",
                 folder / "qq.onnx", "--quiet")
    assert result.code == 1 and "nothing to quantize" in result.err, result


if __name__ == "__main__":
    sys.exit(main())
