"""compressed-tensors takes our config.json for its own, makes the same bytes
from the same weights, and its golden files are what it makes today."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import torch
from compressed_tensors.compressors.naive_quantized.base import (
    IntQuantizationCompressor,
)
from compressed_tensors.quantization import QuantizationConfig
from compressed_tensors.quantization.utils import calculate_qparams
from safetensors.torch import load_file, save_file

golden = pathlib.Path(os.environ["TRIVIUM_ROOT"],
                      "tests/golden/compressed_tensors")
rewrite_model = pathlib.Path(os.environ["TRIVIUM_BUILD"],
                             "bin/tests/rewrite_model")
wrong = []


def expect(claim, text):
    if not claim:
        wrong.append(text)


def check_golden(folder):
    subprocess.run([sys.executable, golden / "generate.py", folder],
                   check=True)
    for name in ("f32", "bf16", "f16"):
        file = f"{name}.safetensors"
        expect((folder / file).read_bytes() == (golden / file).read_bytes(),
               f"{file} is not what the library makes")


def check_model(folder):
    torch.manual_seed(3)
    weights = {f"{name}.weight": (torch.randn(96, 160) * 0.1).to(dtype)
               for name, dtype in (("a", torch.float32),
                                   ("b", torch.bfloat16),
                                   ("c", torch.float16))}
    save_file({**weights, "norm.weight": torch.ones(160)},
              folder / "model.safetensors")
    subprocess.run([rewrite_model, folder / "model.safetensors",
                    "int8_row_ct", folder / "out"], check=True)
    written = load_file(folder / "out/model.safetensors")
    text = json.loads((folder / "out/config.json").read_text())
    config = QuantizationConfig.model_validate(text["quantization_config"])
    scheme = config.config_groups["group_0"]
    for name, weight in weights.items():
        scale, _ = calculate_qparams(weight.amin(dim=1, keepdim=True),
                                     weight.amax(dim=1, keepdim=True),
                                     scheme.weights)
        wanted = IntQuantizationCompressor.compress(
            {"weight": weight, "weight_scale": scale}, scheme)
        expect(torch.equal(written[name], wanted["weight"]),
               f"{name}: values differ")
        expect(torch.equal(written[f"{name}_scale"], wanted["weight_scale"]),
               f"{name}: scales differ")
        back = IntQuantizationCompressor.decompress(
            {"weight": written[name], "weight_scale": written[f"{name}_scale"]},
            scheme)["weight"]
        expect((back - weight).abs().max() < weight.abs().max() / 100,
               f"{name}: dequantized, it is far from the source")


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    (folder / "golden").mkdir()
    check_golden(folder / "golden")
    check_model(folder)

print("\n".join(wrong))
sys.exit(1 if wrong else 0)
