#!/usr/bin/env python3
"""Makes input.f32 and expected.q8_0: what libgguf 0.2.2 (ggml's
quantize_row_q8_0_ref, x86-64) writes for blocks at every edge of the format.

    python3 -m pip install libgguf==0.2.2 gguf==0.19.0 numpy
    python3 tests/golden/q8_0/generate.py

gguf-py's own encoder is a second opinion wherever C defines the result.
"""
import importlib.metadata
import pathlib

import gguf
import libgguf
import numpy as np

Q8_0 = 8
assert importlib.metadata.version("libgguf") == "0.2.2"
assert importlib.metadata.version("gguf") == "0.19.0"


def edge_blocks():
    random = np.random.default_rng(20260301)
    normal = random.standard_normal(32).astype(np.float32)
    ties = np.arange(-16, 16, dtype=np.float32) + np.float32(0.5)
    ties[0] = 127  # the step is 1, so the others are exact ties
    high_ties = np.arange(95, 127, dtype=np.float32) + np.float32(0.5)
    high_ties[0] = -127
    yield np.zeros(32, np.float32)
    yield np.full(32, -0.0, np.float32)
    yield normal
    yield -normal
    yield ties
    yield high_ties
    yield np.nextafter(ties, np.float32(0))
    yield np.nextafter(ties, np.float32(200))
    # The step as f16: smallest normal, subnormal, nothing, largest, infinite.
    for step in (2.0**-14, 2.0**-15, 2.0**-24, 2.0**-25, 2.0**-26, 65504, 65519,
                 65520, 70000, 1e30):
        block = normal / np.abs(normal).max() * np.float32(127)
        yield (block * np.float32(step)).astype(np.float32)
    # The step as f32: smallest normal, subnormal with a finite inverse, ...
    for step in (2.0**-126, 2.0**-127, 1.5 * 2.0**-128):
        block = normal / np.abs(normal).max() * np.float32(127)
        yield (block * np.float32(step)).astype(np.float32)
    # ... and with an infinite one, where C leaves the result undefined.
    for step in (2.0**-129, 2.0**-140, 2.0**-149):
        block = normal / np.abs(normal).max() * np.float32(127)
        yield (block.astype(np.float64) * step).astype(np.float32)
    yield np.full(32, np.finfo(np.float32).max, np.float32)
    for scale in (1e-3, 0.02, 1.0, 300.0):
        for _ in range(8):
            yield (random.standard_normal(32) * scale).astype(np.float32)
    for _ in range(8):
        yield random.integers(-127, 128, 32).astype(np.float32) / 2


def main():
    blocks = np.stack(list(edge_blocks()))
    expected = libgguf.quantize_rows_raw(Q8_0, blocks, len(blocks), 32)
    with np.errstate(all="ignore"):
        second = gguf.quants.quantize(blocks, gguf.GGMLQuantizationType.Q8_0)
    different = [i for i, block in enumerate(second)
                 if block.tobytes() != expected[i * 34:(i + 1) * 34]]
    print(f"{len(blocks)} blocks; gguf-py differs in {different}")
    here = pathlib.Path(__file__).parent
    blocks.astype("<f4").tofile(here / "input.f32")
    (here / "expected.q8_0").write_bytes(expected)


if __name__ == "__main__":
    main()
