"""gguf reads the Q8_0 file that we write: every tensor's bytes are those that
libgguf (ggml's own quantizer) and gguf make of the same source, and metadata
is what it was but for the two settings of a Q8_0 file."""

import os
import pathlib
import subprocess
import sys
import tempfile

import gguf
import libgguf
import ml_dtypes
import numpy

Q8_0 = gguf.GGMLQuantizationType.Q8_0
BF16 = gguf.GGMLQuantizationType.BF16
SETTINGS = {"general.file_type": 7, "general.quantization_version": 2}
rewrite_model = pathlib.Path(os.environ["TRIVIUM_BUILD"],
                             "bin/tests/rewrite_model")


def rows(generator, *shape):
    """Weights with the rows that quantizers get wrong: zeros, one large
    value, denormal numbers, ties."""
    x = generator.standard_normal(shape, dtype=numpy.float32) * 0.02
    flat = x.reshape(-1, shape[-1])
    flat[0] = 0
    flat[1, 3] = -40.0
    flat[2] = 1e-30
    flat[3, :32] = numpy.arange(32) - 16.5
    flat[3, 0] = 127
    return x


def write_source(path):
    generator = numpy.random.default_rng(8)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("peer")
    writer.add_file_type(1)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["<s>", "größe", "\u4f60"])
    writer.add_token_scores([0.5, -1.0, 2.0])
    writer.add_uint64("test.uint64", 2**63)
    writer.add_bool("test.bool", True)
    writer.add_chat_template("{{ messages }}")
    weights = {
        "token_embd.weight": rows(generator, 96, 64),
        "blk.0.attn_q.weight": rows(generator, 64, 64),
        "blk.0.ffn_up_exps.weight": rows(generator, 3, 8, 64),
        "output.weight": rows(generator, 96, 64).astype(numpy.float16),
    }
    for name, x in weights.items():
        writer.add_tensor(name, x)
    bf16 = rows(generator, 32, 64).astype(ml_dtypes.bfloat16)
    writer.add_tensor("blk.0.attn_k.weight", bf16.view(numpy.uint8),
                      raw_dtype=BF16)
    weights["blk.0.attn_k.weight"] = bf16
    kept = {
        "blk.0.attn_norm.weight": rows(generator, 64, 64)[0],
        "blk.0.ffn_gate_inp.weight": rows(generator, 8, 64),
        "blk.0.odd.weight": rows(generator, 8, 48),
    }
    for name, x in kept.items():
        writer.add_tensor(name, x)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return weights, kept


def metadata(reader):
    return {name: (field.types, [part.tobytes() for part in field.parts[3:]])
            for name, field in reader.fields.items()
            if not name.startswith("GGUF.") and name not in SETTINGS}


def differences(source, output, weights, kept):
    if metadata(source) != metadata(output):
        yield "metadata differs"
    for name, value in SETTINGS.items():
        if output.fields[name].contents() != value:
            yield f"{name} is {output.fields[name].contents()}"
    tensors = {tensor.name: tensor for tensor in output.tensors}
    for name, x in weights.items():
        floats = x.astype(numpy.float32)
        seen = tensors[name].data.tobytes()
        if tensors[name].tensor_type != Q8_0:
            yield f"{name} is {tensors[name].tensor_type}"
        flat = numpy.ascontiguousarray(floats.reshape(-1, floats.shape[-1]))
        if seen != libgguf.quantize_rows(flat, Q8_0).tobytes():
            yield f"{name} differs from libgguf"
        if seen != gguf.quants.quantize(floats, Q8_0).tobytes():
            yield f"{name} differs from gguf"
    for name, x in kept.items():
        if tensors[name].data.tobytes() != x.tobytes():
            yield f"{name} is not kept"
    if [tensor.name for tensor in source.tensors] != list(tensors):
        yield "the order of tensors differs"


with tempfile.TemporaryDirectory() as folder:
    source_path = os.path.join(folder, "model.gguf")
    weights, kept = write_source(source_path)
    subprocess.run([rewrite_model, source_path, "q8_0", f"{folder}/out"],
                   check=True)
    wrong = list(differences(gguf.GGUFReader(source_path),
                             gguf.GGUFReader(f"{folder}/out/model.gguf"),
                             weights, kept))

print("\n".join(wrong))
sys.exit(1 if wrong else 0)
