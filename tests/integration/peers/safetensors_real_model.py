"""MiniLM as `trivium quantize` makes it, read by a few lines of numpy: each
weight of a layer is the int8 rows that compressed-tensors makes of it, every
other tensor and file is kept."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from safetensors_peer.int8_rows import quantized, read

source = pathlib.Path(os.environ["TRIVIUM_MODELS"], "minilm")
if not (source / "model.safetensors").is_file():
    print(f"{source} is missing: tools/test fetches it")
    sys.exit(77)


def differences(floats, written):
    """What is wrong, and how many weights are int8."""
    wrong, rows = [], 0
    for name, x in floats.items():
        if name + "_scale" not in written:
            if written[name].dtype != x.dtype or not (
                    written[name].tobytes() == x.tobytes()):
                wrong.append(f"{name} is not kept")
            continue
        rows += 1
        values, scale = quantized(x)
        if written[name].tobytes() != values.tobytes():
            wrong.append(f"{name}: values differ")
        if written[name + "_scale"].tobytes() != scale.tobytes():
            wrong.append(f"{name}: scales differ")
    extra = written.keys() - floats.keys()
    if len(extra) != rows:
        wrong.append(f"tensors that the source lacks: {sorted(extra)}")
    return wrong, rows


with tempfile.TemporaryDirectory() as folder:
    out = pathlib.Path(folder, "out")
    subprocess.run([os.environ["TRIVIUM_BIN"], "quantize", source, "--recipe",
                    "int8", "--out", out, "--quiet"], check=True)
    floats = read(source / "model.safetensors")
    wrong, rows = differences(floats, read(out / "model.safetensors"))
    config = json.loads((out / "config.json").read_text())
    tokenizer = (out / "tokenizer.json").read_bytes()

layers = json.loads((source / "config.json").read_text())["num_hidden_layers"]
if rows < 6 * layers:  # query, key, value, output and two of the MLP
    wrong.append(f"{rows} weights are int8, {layers} layers have six each")
if tokenizer != (source / "tokenizer.json").read_bytes():
    wrong.append("tokenizer.json is not kept")
if config.pop("quantization_config")["format"] != "int-quantized":
    wrong.append("config.json says another format")
if config != json.loads((source / "config.json").read_text()):
    wrong.append("config.json lost what it said")

print("\n".join(wrong))
sys.exit(1 if wrong else 0)
