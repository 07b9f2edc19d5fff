#!/usr/bin/env python3
"""Times our kernels and their peers in one process, in turn.

    kernels.py KERNELS.so LIBGGUF.so OUT.jsonl

One thread, 128 MiB of f32 [8192, 4096] out of memory, outputs touched before.
GB/s count the f32 bytes that are read (for memcpy: the bytes copied). Each
round runs every candidate once, in turn; the ratio is the median over rounds of
(ours / peer) in the same round. Members of a line: bench, metric, value,
unit, peer, peer_value, ratio, spread, target, met, cpu, date.
"""

import ctypes
import datetime
import json
import os
import statistics
import sys
import time

ROWS, COLUMNS, ROUNDS = 8192, 4096, 15


def buffer(size):
    memory = (ctypes.c_char * size)()
    ctypes.memset(memory, 1, size)
    return memory


def main(kernels_path, libgguf_path, out_path):
    kernels = ctypes.CDLL(kernels_path)
    kernels.measured_device.restype = ctypes.c_char_p
    device = kernels.measured_device().decode()
    is_v4 = "v4" in device
    # oneDNN reads this at its first use: it gets the instructions that our
    # kernels use, not more.
    os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX512_CORE" if is_v4 else "AVX2"
    elements = ROWS * COLUMNS
    import numpy
    source = numpy.random.default_rng(1).standard_normal(
        elements, dtype=numpy.float32)
    data = source.ctypes.data_as(ctypes.c_void_p)
    shape = (ctypes.c_uint64(ROWS), ctypes.c_uint64(COLUMNS))
    ours, theirs = buffer(elements), buffer(elements)
    scales, their_scales = buffer(ROWS * 4), buffer(ROWS * 4)
    blocks, their_blocks = (buffer(elements // 32 * 34) for _ in range(2))
    copied = buffer(elements * 4)
    gguf = ctypes.CDLL(libgguf_path)
    their_q8_0 = gguf._Z19quantize_block_q8_0PKfP10block_q8_0l
    their_q8_0.restype = kernels.measured_memcpy.restype = None

    candidates = {
        "memcpy": lambda: kernels.measured_memcpy(
            copied, data, ctypes.c_uint64(elements * 4)),
        "int8": lambda: kernels.measured_int8_rows(
            data, *shape, ours, scales, 0),
        "int8+sums": lambda: kernels.measured_int8_rows(
            data, *shape, ours, scales, 1),
        "int8 columns": lambda: kernels.measured_int8_columns(
            data, *shape, ours, scales, 0),
        "oneDNN": lambda: kernels.measured_onednn_rows(
            data, *shape, theirs, their_scales),
        "q8_0": lambda: kernels.measured_q8_0(data, *shape, blocks, 0),
        "q8_0+sums": lambda: kernels.measured_q8_0(data, *shape, blocks, 1),
        "libgguf": lambda: their_q8_0(
            data, their_blocks, ctypes.c_int64(elements)),
    }
    rates = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name, run in candidates.items():
            start = time.perf_counter()
            if run():
                sys.exit(f"{name} failed")
            rates[name].append(elements * 4 / (time.perf_counter() - start) / 1e9)
    if bytes(blocks) != bytes(their_blocks):
        sys.exit("q8_0: our bytes differ from libgguf's")

    targets = [
        ("int8", "memcpy", 0.9 if is_v4 else 0.75),
        ("int8", "oneDNN", 1.5 if is_v4 else 1.2),
        ("int8+sums", "memcpy", None),
        ("int8 columns", "memcpy", None),
        ("q8_0", "libgguf", 8),
        ("q8_0+sums", "libgguf", None),
    ]
    with open(out_path, "a", encoding="utf-8") as out:
        for name, peer, target in targets:
            ratios = [a / b for a, b in zip(rates[name], rates[peer])]
            ratio = statistics.median(ratios)
            quartiles = statistics.quantiles(ratios, n=4)
            out.write(json.dumps({
                "bench": "pipeline", "metric": f"{name} f32 in, 1 thread",
                "value": statistics.median(rates[name]), "unit": "GB/s",
                "peer": peer, "peer_value": statistics.median(rates[peer]),
                "ratio": ratio,
                "spread": f"{quartiles[0]:.2f}–{quartiles[2]:.2f}",
                "target": target,
                "met": None if target is None else ratio >= target,
                "cpu": device,
                "date": datetime.date.today().isoformat()}) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main(*sys.argv[1:])
