#!/usr/bin/env python3
"""What the README promises of the sample model: the text recognition network
goes the whole road, is verified against its golden set, deployed, a quarter as
large, and still reads what it read when others run it."""
# trivium-test: timeout=600

import os
import pathlib
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import numpy
import onnxruntime
from scenario.claims import Skip, claim, main
from scenario.program import nothing_left, refused, succeed_json

MODELS = pathlib.Path(os.environ["TRIVIUM_MODELS"])
MODEL = MODELS / "PP-OCRv6_rec_small.onnx"
LINES = MODELS / "text_lines"
# The gate of config/recipes/int8.yaml, for the exact mode.
MIN_SQNR_DB, MIN_COSINE = 20, 0.99
# The deployed mode may compute in bf16, whatever the processor has: it is told,
# not judged, but must be about the same graph.
MIN_DEPLOYED_COSINE = 0.9


def wants_the_sample(folder):
    for path in (MODEL, LINES):
        if not path.exists():
            raise Skip(f"{path} is missing: tools/run fetches it")
    (runtime,) = [device for device in succeed_json(folder, "devices")
                  if device["kind"] == "executor"]
    if runtime.get("absence"):
        raise Skip(f"no graph runtime: {runtime['absence']}")


def recorded(folder):
    """A golden set of the text lines, as tools/run records it."""
    golden = folder / "golden"
    told = succeed_json(folder, "golden", "record", MODEL, "--input", LINES,
                        "--out", golden)
    assert told["cases"] == len(list(LINES.glob("*.npy"))), told
    return golden


def deployed(folder, *options):
    return succeed_json(folder, "pipeline", MODEL, "--recipe", "int8",
                        "--name", "ppocrv6-rec", *options)


def reader(path):
    """(session, what it reads on an image)."""
    session = onnxruntime.InferenceSession(
        path, providers=["CPUExecutionProvider"])
    characters = session.get_modelmeta().custom_metadata_map["character"]
    alphabet = ["", *characters.split("\n"), " "]  # class 0: CTC's blank

    def read(image):
        (scores,) = session.run(None, {"x": image})
        best = scores[0].argmax(axis=1)
        changes = best[numpy.insert(best[1:] != best[:-1], 0, True)]
        return scores, "".join(alphabet[index] for index in changes)

    return read


def cosine(a, b):
    a, b = a.ravel().astype(numpy.float64), b.ravel().astype(numpy.float64)
    return a @ b / (numpy.linalg.norm(a) * numpy.linalg.norm(b))


def sqnr_db(wanted, seen):
    noise = ((wanted - seen).astype(numpy.float64) ** 2).sum()
    return 10 * numpy.log10((wanted.astype(numpy.float64) ** 2).sum() / noise)


def has_met_the_gate(checked):
    assert checked["verdict"] == "verified" and checked["gate_met"], checked
    assert checked["reasons"] == [], checked
    assert checked["cases"] >= 8, checked
    assert checked["inputs"] == "golden set golden", checked
    exact, deployed = checked["exact"], checked["deployed"]
    assert MIN_SQNR_DB <= exact["min_sqnr_db"] < 100, checked
    assert MIN_COSINE <= exact["min_cosine"] < 1, checked
    for figures in (exact, deployed):
        assert 0 < figures["max_error"] < 1, checked
        assert "of case line_" in figures["worst"], checked
    assert deployed["min_sqnr_db"] > 0, checked
    for figures in (deployed, checked["float_deployed"]):
        assert figures["min_cosine"] > MIN_DEPLOYED_COSINE, checked
    for when in ("before", "after"):
        assert checked[f"latency_{when}_ms"] > 0, checked
    for what in ("executor", "precision", "cpu"):
        assert checked[what], checked


@claim
def the_sample_is_verified_deployed_and_read_elsewhere(folder):
    wants_the_sample(folder)
    out = folder / "int8.onnx"
    told = deployed(folder, "--golden", recorded(folder), "--out", out)
    assert told["state"] == "Deployed", told
    assert told["alias"] == "production" and told["revision"] > 0, told
    has_met_the_gate(told["verification"])

    made = told["quantized"]
    actions = [tensor["action"] for tensor in made["tensors"]]
    assert actions.count("int8_channel") >= 50, actions
    assert made["bytes_before"] == MODEL.stat().st_size
    assert made["bytes_after"] < 0.3 * made["bytes_before"], told

    pulled = succeed_json(folder, "pull", "default/ppocrv6-rec@production",
                          "--to", folder / "to")
    assert pulled["artifact"] == told["variant"]
    (current,) = (folder / "to/current/").iterdir()
    assert current.read_bytes() == out.read_bytes()
    assert out.stat().st_size == made["bytes_after"]
    nothing_left(folder)

    read, read_float = reader(out), reader(MODEL)
    texts = (MODELS / "text_lines.txt").read_text("utf-8").splitlines()
    paths = sorted(LINES.glob("*.npy"))
    assert len(paths) == len(texts) >= 8
    for path, text in zip(paths, texts):
        image = numpy.load(path)
        (scores, seen), (wanted, seen_by_float) = read(image), read_float(image)
        assert seen == seen_by_float == text, (path.name, seen, text)
        assert cosine(scores, wanted) >= MIN_COSINE, path.name
        assert sqnr_db(wanted, scores) >= MIN_SQNR_DB, path.name


@claim
def without_its_golden_set_the_sample_is_not_promoted(folder):
    wants_the_sample(folder)
    refused(folder, "pipeline", MODEL, "--recipe", "int8", "--name", "p",
            says=["only unverified", 'input "x"', "--shape x=",
                  "--allow-unverified"], codes=(1,))
    refused(folder, "pull", "default/p@production", "--to", folder / "to")


if __name__ == "__main__":
    sys.exit(main())
