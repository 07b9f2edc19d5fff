"""Variants of small made models: onnx's checker accepts them, values and scales
are those that numpy computes, ONNX Runtime computes what the float graph
computes with rounded weights, and the weights may move between files."""
# trivium-test: timeout=600

import pathlib
import sys
import tempfile

import numpy
import onnx

from onnx_peer import made_models, runtimes, variant

# Relative to the largest output: f32 sums of some dozen products, f16 ones.
EXACT = {numpy.dtype(numpy.float32): 2e-6, numpy.dtype(numpy.float16): 2e-3}
OTHER_RUNTIME = {numpy.dtype(numpy.float32): 1e-5,
                 numpy.dtype(numpy.float16): 5e-3}


def feeds_for(session):
    random = numpy.random.default_rng(3)
    return {
        i.name: random.uniform(-1, 1, i.shape).astype(
            numpy.float16 if "float16" in i.type else numpy.float32)
        for i in session.get_inputs()}


def check(made, folder):
    path = folder / "model.onnx"
    onnx.save(made, path)
    session = runtimes.session(path)
    ours_at, weights = variant.make(path, folder / "out")
    assert list(weights) == ["w"], weights
    ours = onnx.load(ours_at)
    onnx.checker.check_model(ours, full_check=True)
    variant.check_bytes(made, ours, weights)
    variant.check_kept(made, ours, weights)

    # Before IR 4 a weight is an input, too: nothing feeds it here.
    feeds = feeds_for(session)
    rounded = variant.with_dequantized(made, weights).SerializeToString()
    wanted = runtimes.run(rounded, feeds)
    kind = wanted[0].dtype
    deviation = runtimes.largest_deviation(runtimes.run(ours_at, feeds),
                                           wanted)
    assert deviation <= EXACT[kind], deviation
    if runtimes.have_openvino() and runtimes.openvino_reads(path):
        deviation = runtimes.largest_deviation(
            runtimes.run_openvino(ours_at, feeds), wanted)
        assert deviation <= OTHER_RUNTIME[kind], deviation


def check_external(folder):
    """From external data into one file, and into external data again."""
    made = made_models.matmul(17)
    whole, split = folder / "whole" / "model.onnx", folder / "model.onnx"
    whole.parent.mkdir()
    onnx.save(made, whole)
    onnx.save_model(onnx.load(whole), split, save_as_external_data=True,
                    location="weights.bin", size_threshold=0)
    one, _ = variant.make(whole, folder / "from_whole")
    same, _ = variant.make(split, folder / "from_split")
    assert one.read_bytes() == same.read_bytes(), "inlined data differs"

    moved, weights = variant.make(split, folder / "moved", "1500")
    assert (folder / "moved/model.onnx.data").is_file()
    onnx.checker.check_model(moved)
    variant.check_bytes(made, onnx.load(moved), weights)
    feeds = feeds_for(runtimes.session(whole))
    assert runtimes.largest_deviation(runtimes.run(moved, feeds),
                                      runtimes.run(one, feeds)) == 0


def check_escape(folder):
    """A location that onnx would follow out of the folder."""
    made = made_models.matmul(17)
    path = folder / "inside" / "model.onnx"
    path.parent.mkdir()
    tensor = made.graph.initializer[0]
    (folder / "secret").write_bytes(tensor.raw_data)
    onnx.external_data_helper.set_external_data(tensor, "../secret")
    tensor.ClearField("raw_data")
    path.write_bytes(made.SerializeToString())
    try:
        variant.make(path, folder / "out")
    except RuntimeError as refusal:
        assert "has to stay in the model's folder" in str(refusal), refusal
    else:
        raise AssertionError("read a file outside the folder")


def main():
    cases = [(name, lambda folder, made=made: check(made, folder))
             for name, made in made_models.every()]
    cases += [("external data", check_external),
              ("escape from the folder", check_escape)]
    failed = 0
    for name, run in cases:
        with tempfile.TemporaryDirectory() as folder:
            try:
                run(pathlib.Path(folder))
            except Exception as problem:  # the next model is worth a look
                failed += 1
                print(f"{name}: {type(problem).__name__}: {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
