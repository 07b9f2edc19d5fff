#!/usr/bin/env python3
"""Writes the golden bytes of compressed-tensors' int8 channel quantization.

For each weight type T: T.safetensors with `linear.weight` [rows, columns] in T,
`expected` (I8) and `expected_scale` [rows, 1] in T, as the library's own
observer formula and IntQuantizationCompressor give them on the CPU; and
versions.json. Needs torch and compressed-tensors (see versions.json).

  python generate.py [FOLDER]     default: the folder of this script
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

import compressed_tensors
from compressed_tensors.compressors.naive_quantized.base import (
    IntQuantizationCompressor,
)
from compressed_tensors.quantization import (
    QuantizationArgs,
    QuantizationConfig,
    QuantizationScheme,
)
from compressed_tensors.quantization.utils import calculate_qparams

COLUMNS = 40


def rows(dtype):
    """Rows of f32 values; each exercises one case."""
    generator = torch.Generator().manual_seed(20)
    info = torch.finfo(dtype)

    def normal(scale):
        return torch.randn(COLUMNS, generator=generator) * scale

    ramp = torch.arange(COLUMNS, dtype=torch.float32)
    ties = (ramp - 20) + 0.5
    ties[0] = 127.5  # scale 1: every other value is a tie
    negative_peak = normal(0.02)
    negative_peak[3] = -0.25  # -127.5 rounds to -128
    positive_peak = normal(0.02)
    positive_peak[3] = 0.25  # 127.5 is clamped to 127
    both_peaks = ramp * 0
    both_peaks[0], both_peaks[1] = 3.0, -3.0
    half_grid = (ramp - 20) * 3.1875 + 0.34375
    half_grid[5] = 127.5
    signed_zero = ramp * 0
    signed_zero[::2] = -0.0
    signed_zero[7] = 1.0
    single = ramp * 0
    single[11] = float(info.smallest_normal)
    subnormal = ramp * 0
    subnormal[2] = float(info.smallest_normal) / 4
    subnormal[9] = -float(info.smallest_normal) / 8
    huge = normal(1.0) * (float(info.max) / 8)
    huge[1] = float(info.max)
    return torch.stack([
        normal(0.02), normal(1.0), normal(30.0), ramp * 0, ties,
        negative_peak, positive_peak, both_peaks, half_grid, signed_zero,
        single, subnormal, huge, normal(float(info.smallest_normal) * 64),
        torch.full((COLUMNS,), 0.1), normal(0.02) * (ramp % 2),
    ]).clamp(-float(info.max), float(info.max))


def golden(dtype):
    weight = rows(dtype).to(dtype)
    args = QuantizationArgs(num_bits=8, type="int", symmetric=True,
                            strategy="channel", dynamic=False)
    scheme = QuantizationScheme(targets=["Linear"], weights=args)
    scale, zero_point = calculate_qparams(
        weight.amin(dim=1, keepdim=True), weight.amax(dim=1, keepdim=True),
        args)
    assert not zero_point.any()
    packed = IntQuantizationCompressor.compress(
        {"weight": weight, "weight_scale": scale}, scheme)
    assert packed["weight"].dtype == torch.int8
    assert packed["weight_scale"].dtype == dtype
    return {"linear.weight": weight, "expected": packed["weight"],
            "expected_scale": packed["weight_scale"]}


def config():
    """The quantization_config that the library itself would write."""
    group = QuantizationScheme(
        targets=["Linear"],
        weights=QuantizationArgs(num_bits=8, type="int", symmetric=True,
                                 strategy="channel", dynamic=False),
        input_activations=QuantizationArgs(num_bits=8, type="int",
                                           symmetric=True, strategy="token",
                                           dynamic=True),
        format="int-quantized")
    return QuantizationConfig(
        config_groups={"group_0": group}, quant_method="compressed-tensors",
        format="int-quantized", quantization_status="compressed",
        ignore=["lm_head"]).model_dump(mode="json")


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
    for name, dtype in (("f32", torch.float32), ("bf16", torch.bfloat16),
                        ("f16", torch.float16)):
        save_file(golden(dtype), folder / f"{name}.safetensors")
    (folder / "versions.json").write_text(json.dumps({
        "generator": "tests/golden/compressed_tensors/generate.py",
        "torch": torch.__version__,
        "compressed-tensors": compressed_tensors.__version__,
        "device": "cpu",
    }, indent=2) + "\n")
    (folder / "quantization_config.json").write_text(
        json.dumps(config(), indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
