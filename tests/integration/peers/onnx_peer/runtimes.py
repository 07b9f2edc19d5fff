"""Runs graphs in exact mode: int8 weights are dequantized, activations stay
float."""

import importlib.util
import numpy
import onnxruntime


def session(model):
    """`model`: a path or serialised bytes."""
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"])


def run(model, feeds):
    return session(model).run(None, feeds)


def run_openvino(path, feeds):
    import openvino

    compiled = openvino.Core().compile_model(
        path, "CPU", {"INFERENCE_PRECISION_HINT": "f32",
                      "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"})
    results = compiled(feeds)
    return [results[output] for output in compiled.outputs]


def have_openvino():
    return importlib.util.find_spec("openvino") is not None


def openvino_reads(path):
    """OpenVINO has no dynamic ranks: it refuses some float models already."""
    import openvino

    try:
        openvino.Core().compile_model(path, "CPU")
    except RuntimeError:
        return False
    return True


def largest_deviation(seen, wanted):
    """Of all outputs, relative to the largest value of each."""
    worst = 0.0
    for a, b in zip(seen, wanted, strict=True):
        a, b = numpy.asarray(a, numpy.float64), numpy.asarray(b, numpy.float64)
        assert a.shape == b.shape, (a.shape, b.shape)
        size = max(numpy.abs(b).max(initial=0), 1e-30)
        worst = max(worst, numpy.abs(a - b).max(initial=0) / size)
    return worst


def cosine(seen, wanted):
    """Of the flattened outputs, the worst."""
    worst = 1.0
    for a, b in zip(seen, wanted, strict=True):
        a = numpy.asarray(a, numpy.float64).ravel()
        b = numpy.asarray(b, numpy.float64).ravel()
        length = numpy.linalg.norm(a) * numpy.linalg.norm(b)
        worst = min(worst, a @ b / length if length else 1.0)
    return worst
