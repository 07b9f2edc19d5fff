#!/usr/bin/env python3
"""Makes input.f32 and expected.q4_0, .q4_k, .q6_k: what libgguf 0.2.2 (ggml's
quantize_row_…_ref, x86-64) writes for rows of 256 at every edge of the formats.

    python3 -m pip install libgguf==0.2.2 numpy
    python3 tests/golden/ggml_blocks/generate.py
"""
import importlib.metadata
import pathlib

import libgguf
import numpy as np

TYPES = {"q4_0": 2, "q4_k": 12, "q6_k": 14}
ROW = 256
assert importlib.metadata.version("libgguf") == "0.2.2"


def rows():
    random = np.random.default_rng(20261124)

    def normal(scale=1.0):
        return random.standard_normal(ROW) * scale

    yield np.zeros(ROW)
    yield np.full(ROW, -0.0)
    for value in (0.3, -0.3, 1e-16, 65504.0, 3e38):
        yield np.full(ROW, value)
    # From steps that f16 cannot hold, over ggml's limits of what counts as
    # nothing, to values and inverses that are subnormal or overflow.
    for scale in (1e30, 1e6, 3e4, 300, 1, 0.02, 1e-3, 1e-6, 1e-8, 1e-14, 1e-15,
                  1e-16, 1e-20, 1e-37, 1e-39, 1e-41, 1e-44):
        yield normal(scale)
    yield np.abs(normal())
    yield -np.abs(normal())
    yield random.integers(-8, 9, ROW)
    yield random.integers(-32, 33, ROW) / 2
    yield np.where(random.random(ROW) < 0.5, 0, normal())
    yield np.where(np.arange(ROW) % 97 == 0, 1.0, 0.0)
    yield np.where(np.arange(ROW) % 97 == 5, -40.0, normal(0.02))
    # Parts of different size beside each other.
    yield normal() * np.exp(random.uniform(-30, 10, 8)).repeat(32)
    yield normal() * np.exp(random.uniform(-30, 10, 16)).repeat(16)
    yield np.where(np.arange(ROW) // 32 % 2 == 0, 0, normal())
    yield np.where(np.arange(ROW) // 16 % 3 == 0, normal(1e-16), normal())
    # Equal magnitudes of both signs: the first one decides.
    yield np.sign(normal())
    yield np.sign(normal()) * 2.0 ** random.integers(-4, 4, ROW)
    for scale in (0.02, 1.0, 40.0):
        for _ in range(4):
            yield normal(scale)


def main():
    inputs = np.stack([np.asarray(row, np.float64).astype(np.float32)
                       for row in rows()])
    here = pathlib.Path(__file__).parent
    inputs.astype("<f4").tofile(here / "input.f32")
    for name, number in TYPES.items():
        (here / f"expected.{name}").write_bytes(
            bytes(libgguf.quantize_rows_raw(number, inputs, len(inputs), ROW)))
    print(f"{len(inputs)} rows")


if __name__ == "__main__":
    main()
