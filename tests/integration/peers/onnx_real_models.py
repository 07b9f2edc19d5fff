"""Real ONNX models, all their weights int8, and as `trivium quantize` makes
them: onnx's checker accepts the variants, ONNX Runtime and OpenVINO run them
and compute what the float graph computes with rounded weights.

    onnx_real_models.py [MODEL.onnx ...]    by default those in $TRIVIUM_MODELS
"""
# trivium-test: timeout=600

import os
import pathlib
import sys
import tempfile

import numpy
import onnx

from onnx_peer import runtimes, variant

# Relative to the largest output. Both graphs run the same kernels on the same
# numbers; only constant folding may order sums differently.
EXACT = 2e-6
# Other kernels, other order of sums, some of it 30 layers deep.
OTHER_RUNTIME = 2e-3
# int8 weights against float ones, only to see that the result is no rubbish:
# what is fed here is no photograph (the text network sees bars and has 0.952,
# all others more than 0.999).
CLOSE = 0.9

# Which shapes to feed where a model leaves them open, by part of its name.
SHAPES = {
    "rec": {"x": (1, 3, 48, 320)},
    "det": {"x": (1, 3, 96, 96)},
    "cls": {"x": (1, 3, 48, 192)},
    "rxnmap": {"atoms": (1, 12), "neighbors": (1, 12),
               "distances": (1, 12, 12), "roles": (1, 12)},
    "silero_vad_16k_sequence": {"input": (3, 576)},
    "silero": {"input": (1, 576), "state": (2, 1, 128), "sr": ()},
    "model": {"bytes": (1, 2048)},
}
# Integer inputs are indices: [0, this).
INDICES = {"atoms": 100, "neighbors": 5, "distances": 8, "roles": 3,
           "bytes": 256}


def value_of(name, shape, kind, random):
    if name == "sr":
        return numpy.array(16000, numpy.int64)
    if "int" in kind:
        dtype = numpy.int32 if "32" in kind else numpy.int64
        return random.integers(0, INDICES.get(name, 2), shape).astype(dtype)
    if len(shape) == 4:
        return page(shape, random)
    return random.uniform(-1, 1, shape).astype(numpy.float32)


def page(shape, random):
    """White paper with dark bars, as an image network sees it: noise has
    nothing to find in it."""
    image = numpy.ones(shape, numpy.float32)
    for top in range(4, shape[2] - 12, 20):
        for left in range(4, shape[3] - 10, 9):
            image[:, :, top:top + 12, left:left + random.integers(2, 8)] = -1
    return image


def feeds_for(path, session):
    shapes = next((s for word, s in SHAPES.items() if word in path.name), {})
    random = numpy.random.default_rng(7)
    return {i.name: value_of(i.name, shapes.get(i.name, tuple(i.shape)),
                             i.type, random)
            for i in session.get_inputs()}


def check(path, folder):
    made, weights = variant.make(path, folder)
    return {"all int8": check_variant(path, made, weights),
            "trivium quantize": check_variant(
                path, *variant.make_by_trivium(path, folder, weights))}


def check_variant(path, made, weights):
    source, ours = onnx.load(path), onnx.load(made)
    onnx.checker.check_model(ours, full_check=False)
    variant.check_bytes(source, ours, weights)
    variant.check_kept(source, ours, weights)

    float_session = runtimes.session(path)
    feeds = feeds_for(path, float_session)
    rounded = variant.with_dequantized(source, weights).SerializeToString()
    wanted = runtimes.run(rounded, feeds)
    seen = runtimes.run(made, feeds)
    exact = runtimes.largest_deviation(seen, wanted)
    near = runtimes.cosine(seen, float_session.run(None, feeds))
    figures = {"int8": len(weights), "bytes": made.stat().st_size,
               "of": path.stat().st_size, "exact": exact, "cosine": near}
    assert exact <= EXACT, figures
    assert near >= CLOSE, figures
    if runtimes.have_openvino() and runtimes.openvino_reads(path):
        other = runtimes.largest_deviation(
            runtimes.run_openvino(made, feeds), wanted)
        figures["openvino"] = other
        assert other <= OTHER_RUNTIME, figures
    return figures


def main():
    paths = [pathlib.Path(a) for a in sys.argv[1:]]
    verbose = bool(paths)
    if not paths:
        models = pathlib.Path(os.environ.get("TRIVIUM_MODELS", "."))
        paths = sorted(models.glob("*.onnx"))
    if not paths:
        print("no ONNX model in $TRIVIUM_MODELS")
        return 77
    failed = 0
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            try:
                figures = check(path, folder)
                if verbose:
                    print(path.name, figures)
            except Exception as problem:  # the next model is worth a look
                failed += 1
                print(f"{path.name}: {type(problem).__name__}: {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
