#!/usr/bin/env python3
"""What is promoted, and what is not: gates, verdicts, known variants, versions
that are taken; what verdicts rest on."""
# trivium-test: timeout=600

import json
import shutil
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import gguf
import numpy
import onnx
from scenario import flat_models as flat
from scenario import onnx_models
from scenario.claims import claim, main
from scenario.program import (blobs, nothing_left, refused, run, says_one_line,
                              succeed, succeed_json)

RECIPE = """name: strict
description: For this test.
targets:
  - format: gguf
    rules:
      - name: "*"
        min_elements: 16
        action: q8_0
    gate:
      min_layer_sqnr_db: {decibels}
"""


def strict_recipe(folder, decibels):
    path = folder / f"strict-{decibels}.yaml"
    path.write_text(RECIPE.format(decibels=decibels))
    return path


def pipeline(folder, model, recipe, *options):
    return ("pipeline", model, "--recipe", recipe, "--name", "m", *options)


def pulled_digest(folder, to="to"):
    return succeed_json(folder, "pull", "default/m@production", "--to",
                        folder / to)["artifact"]


@claim
def a_missed_gate_fails_the_variant_and_sets_no_alias(folder):
    model = flat.good_gguf(folder / "m.gguf")
    result = run(folder, *pipeline(folder, model, strict_recipe(folder, 200),
                                   "--json"))
    says_one_line(result, "gate", "200", codes=(1,))
    told = result.json
    assert told["state"] == "Failed", told
    assert told["error"]["code"] == "failed_precondition", told
    assert not told["verification"]["gate_met"], told
    assert "alias" not in told, told
    refused(folder, "pull", "default/m@production", "--to", folder / "to",
            says=["production"])
    nothing_left(folder)


@claim
def a_missed_gate_is_an_event_of_its_own(folder):
    log = folder / "log"
    (folder / "settings.yaml").write_text(
        f"log:\n  level: info\n  format: json\n  file: {log}\n")
    model = flat.good_gguf(folder / "m.gguf")
    result = run(folder, *pipeline(folder, model, strict_recipe(folder, 200),
                                   "--json", "--config",
                                   folder / "settings.yaml"))
    assert result.code == 1, result
    events = [line for line in map(json.loads, log.open())
              if line["message"] == "event"]
    (missed,) = [e for e in events if e["kind"] == "gate_missed"]
    assert missed["model"] == "default/m", missed
    assert missed["job"] == result.json["job"], missed
    assert "strict: Failed, gate missed" in missed["what"], missed
    assert "200" in missed["what"], missed
    assert not any(e["kind"] == "alias_moved" for e in events), events


@claim
def the_gate_of_a_graph_is_held_in_exact_mode(folder):
    model = onnx_models.save_matmul(folder / "m.onnx")
    recipe = folder / "strict.yaml"
    recipe.write_text(
        "name: strict\ndescription: For this test.\ntargets:\n"
        "  - format: onnx\n    rules:\n      - name: \"*\"\n"
        "        operators: [MatMul]\n        action: int8_channel\n"
        "    gate:\n      min_output_sqnr_db: 200\n")
    golden = folder / "golden"
    succeed(folder, "golden", "record", model, "--out", golden)
    result = run(folder, *pipeline(folder, model, recipe, "--golden", golden,
                                   "--json"))
    says_one_line(result, "gate", "200", codes=(1,))
    assert result.json["state"] == "Failed", result
    assert result.json["verification"]["exact"]["min_sqnr_db"] < 200, result
    refused(folder, "pull", "default/m@production", "--to", folder / "to")


@claim
def a_missed_gate_leaves_the_old_alias(folder):
    model = flat.good_gguf(folder / "m.gguf")
    good = succeed_json(folder, *pipeline(folder, model, "q8_0"))["variant"]
    assert pulled_digest(folder) == good
    result = run(folder, *pipeline(folder, model, strict_recipe(folder, 200),
                                   "--quiet"))
    says_one_line(result, "gate", codes=(1,))
    assert pulled_digest(folder) == good


@claim
def after_a_missed_gate_a_good_recipe_succeeds(folder):
    model = flat.good_gguf(folder / "m.gguf")
    refused(folder, *pipeline(folder, model, strict_recipe(folder, 200)))
    told = succeed_json(folder,
                        *pipeline(folder, model, strict_recipe(folder, 20)))
    assert told["state"] == "Deployed" and told["alias"] == "production", told
    assert told["version_was_known"], told
    assert pulled_digest(folder) == told["variant"]


@claim
def a_failed_variant_is_made_again_not_recognised(folder):
    model = flat.good_gguf(folder / "m.gguf")
    for _ in range(2):
        refused(folder, *pipeline(folder, model, strict_recipe(folder, 200)),
                says=["gate"])


@claim
def the_second_run_recognises_the_variant(folder):
    model = flat.good_gguf(folder / "m.gguf")
    first = succeed_json(folder, *pipeline(folder, model, "q8_0"))
    second = succeed_json(folder, *pipeline(folder, model, "q8_0"))
    assert not first["variant_was_known"] and second["variant_was_known"]
    assert second["variant"] == first["variant"]
    assert second["alias_was_there"] and "quantized" not in second, second
    said = succeed(folder, *pipeline(folder, model, "q8_0")).out
    assert "known" in said or "already" in said, said


@claim
def force_makes_a_known_variant_anew(folder):
    model = flat.good_gguf(folder / "m.gguf")
    first = succeed_json(folder, *pipeline(folder, model, "q8_0"))
    again = succeed_json(folder, *pipeline(folder, model, "q8_0", "--force"))
    assert not again["variant_was_known"] and "quantized" in again, again
    assert again["variant"] == first["variant"], "not the same bytes"
    assert pulled_digest(folder) == first["variant"]


@claim
def force_with_a_missed_gate_leaves_the_alias_usable(folder):
    model = flat.good_gguf(folder / "m.gguf")
    recipe = strict_recipe(folder, 20)
    good = succeed_json(folder, *pipeline(folder, model, recipe))["variant"]
    recipe.write_text(RECIPE.format(decibels=200))
    refused(folder, *pipeline(folder, model, recipe, "--force"))
    assert pulled_digest(folder) == good


@claim
def a_version_taken_by_another_model_names_the_next_free_one(folder):
    first = flat.good_gguf(folder / "a.gguf")
    succeed(folder, *pipeline(folder, first, "q8_0", "--version", "1.2.3"))
    kept = pulled_digest(folder)
    other = folder / "b.gguf"
    other.write_bytes(first.read_bytes()[:-4] + b"\0\0\x80\x3f")
    refused(folder, *pipeline(folder, other, "q8_0", "--version", "1.2.3"),
            says=["1.2.3", "1.2.4"], codes=(1,))
    refused(folder, "register", other, "--name", "m", "--version", "1.2.3",
            says=["1.2.4"], codes=(1,))
    assert pulled_digest(folder) == kept
    succeed(folder, *pipeline(folder, other, "q8_0", "--version", "1.2.4"))
    assert pulled_digest(folder) != kept


@claim
def a_smoke_verdict_is_promoted_only_when_allowed(folder):
    model = onnx_models.save_matmul(folder / "m.onnx")
    result = run(folder, *pipeline(folder, model, "int8", "--json"))
    says_one_line(result, "smoke", "--allow-unverified", codes=(1,))
    assert result.json["verification"]["verdict"] == "smoke", result
    assert result.json["state"] == "Verified", result
    refused(folder, "pull", "default/m@production", "--to", folder / "to")
    told = succeed_json(
        folder, *pipeline(folder, model, "int8", "--allow-unverified"))
    assert told["variant_was_known"] and told["state"] == "Deployed", told
    assert pulled_digest(folder) == told["variant"]


def graph_of_ids(path):
    """ids [n] of a table [64, 64], plus x [n, 64], times w: how many there are
    and which ids are good, the file does not say."""
    helper, kinds = onnx.helper, onnx.TensorProto
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["rows"]),
         helper.make_node("Add", ["rows", "x"], ["sum"]),
         helper.make_node("MatMul", ["sum", "w"], ["y"])], "g",
        [helper.make_tensor_value_info("ids", kinds.INT64, ["n"]),
         helper.make_tensor_value_info("x", kinds.FLOAT, ["n", 64])],
        [helper.make_tensor_value_info("y", kinds.FLOAT, ["n", 64])],
        [onnx.numpy_helper.from_array(flat.random_weights(64, 64, seed), name)
         for seed, name in ((1, "table"), (2, "w"))])
    made = helper.make_model(graph,
                             opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    onnx.save(made, path)
    return path


SHAPES = ("--shape", "ids=5", "--shape", "x=5,64")
RANGE = ("--input-range", "ids=0:63")


@claim
def a_dynamic_graph_runs_once_shapes_and_ranges_are_told(folder):
    model = graph_of_ids(folder / "m.onnx")
    refused(folder, *pipeline(folder, model, "int8"),
            says=["only unverified", "--input-range ids="], codes=(1,))
    shutil.rmtree(folder / "store")
    refused(folder, *pipeline(folder, model, "int8", *SHAPES),
            says=["--input-range ids="], codes=(1,))
    refused(folder, *pipeline(folder, model, "int8", *RANGE),
            says=["--shape ids="], codes=(1,))
    shutil.rmtree(folder / "store")

    result = run(folder, *pipeline(folder, model, "int8", *SHAPES, *RANGE,
                                   "--json"))
    says_one_line(result, "only smoke", "--allow-unverified", codes=(1,))
    checked = result.json["verification"]
    assert checked["verdict"] == "smoke" and checked["gate_met"], checked
    assert checked["cases"] == 1 and "made up" in checked["inputs"], checked
    assert 20 < checked["exact"]["min_sqnr_db"] < 100, checked
    refused(folder, "pull", "default/m@production", "--to", folder / "to")
    shutil.rmtree(folder / "store")

    told = succeed_json(folder, *pipeline(folder, model, "int8", *SHAPES,
                                          *RANGE, "--allow-unverified"))
    assert told["state"] == "Deployed", told
    assert told["verification"]["verdict"] == "smoke", told
    assert pulled_digest(folder) == told["variant"]


@claim
def made_up_inputs_have_the_shapes_and_ranges_that_were_told(folder):
    model = graph_of_ids(folder / "m.onnx")
    golden = folder / "golden"
    succeed(folder, "golden", "record", model, "--out", golden, "--shape",
            "ids=500", "--shape", "x=500,64", "--input-range", "ids=7:9",
            "--input-range", "x=-3:-2")
    told = json.loads((golden / "golden.json").read_text())
    assert told["made_up_inputs"], told
    arrays = {one["name"]: numpy.load(golden / one["file"])
              for one in told["cases"][0]["inputs"]}
    assert arrays["ids"].dtype == numpy.int64 and arrays["ids"].shape == (500,)
    assert set(arrays["ids"]) == {7, 8, 9}, arrays["ids"]
    assert arrays["x"].shape == (500, 64)
    assert -3 <= arrays["x"].min() < arrays["x"].max() <= -2
    rows = flat.random_weights(64, 64, 1)[arrays["ids"]] + arrays["x"]
    (answer,) = told["cases"][0]["outputs"]
    assert numpy.allclose(numpy.load(golden / answer["file"]),
                          rows @ flat.random_weights(64, 64, 2), atol=1e-3)


def rounded_row(weight):
    """compressed-tensors int8, one scale a row, and back."""
    scale = numpy.abs(weight).max(axis=1, keepdims=True) / numpy.float32(127.5)
    return numpy.clip(numpy.rint(weight / scale), -128, 127) * scale


def rounded_block(weight):
    """Q8_0 and back."""
    kind = gguf.GGMLQuantizationType.Q8_0
    return gguf.dequantize(gguf.quantize(weight, kind), kind)


LAYERS = {  # as scenario/flat_models.py makes them
    "safetensors": (flat.good_safetensors, "int8",
                    "model.layers.0.q_proj.weight", rounded_row),
    "gguf": (flat.good_gguf, "q8_0", "blk.0.attn_q.weight", rounded_block),
}


@claim
def a_folder_of_calibration_arrays_is_what_layers_are_held_against(folder):
    for suffix, (make, recipe, tensor, rounded) in LAYERS.items():
        model = make(folder / f"m.{suffix}")
        weight = flat.random_weights(64, 64)
        x = flat.random_weights(24, 64, seed=5)
        x[:, 3] *= 300  # one input outweighs all: not as in made-up samples
        calibration = folder / f"calibration-{suffix}"
        calibration.mkdir()
        numpy.save(calibration / f"{tensor}.npy", x)
        made_up = succeed_json(folder, *pipeline(folder, model, recipe))
        told = succeed_json(folder, *pipeline(folder, model, recipe,
                                              "--golden", calibration))
        again = succeed_json(folder, *pipeline(folder, model, recipe,
                                               "--golden", calibration))
        assert again["variant_was_known"] and not told["variant_was_known"]
        checked = told["verification"]
        assert told["state"] == "Deployed", told
        assert checked["verdict"] == "layer-verified", checked
        assert checked["inputs"] == f"calibration {calibration.name}", checked
        assert "synthetic" not in " ".join(checked["reasons"]), checked
        wanted = x.astype(numpy.float64) @ weight.T
        noise = wanted - x.astype(numpy.float64) @ rounded(weight).T
        sqnr = 10 * numpy.log10((wanted ** 2).sum() / (noise ** 2).sum())
        seen = checked["layers"]["min_sqnr_db"]
        assert abs(seen - sqnr) < 0.05, (suffix, seen, sqnr)
        before = made_up["verification"]
        assert "synthetic" in before["inputs"], before
        assert abs(before["layers"]["min_sqnr_db"] - sqnr) > 0.1, before
        shutil.rmtree(folder / "store")


@claim
def calibration_arrays_that_do_not_fit_are_refused(folder):
    for suffix, (make, recipe, tensor, _) in LAYERS.items():
        model = make(folder / f"m.{suffix}")
        calibration = folder / f"calibration-{suffix}"
        calibration.mkdir()
        array = calibration / f"{tensor}.npy"
        options = pipeline(folder, model, recipe, "--golden", calibration)
        refused(folder, *options, says=[array.name], codes=(1,))
        for wrong in (flat.random_weights(24, 63), numpy.ones(64, "f4"),
                      flat.random_weights(24, 64).astype(numpy.float64),
                      numpy.ones((0, 64), "f4")):
            numpy.save(array, wrong)
            refused(folder, *options, says=[array.name, "64"], codes=(1,))
        refused(folder, "pull", "default/m@production", "--to", folder / "to")
        shutil.rmtree(folder / "store")


@claim
def a_golden_set_brings_the_verdict_verified(folder):
    model = onnx_models.save_matmul(folder / "m.onnx")
    golden = folder / "golden"
    (folder / "inputs").mkdir()
    numpy.save(folder / "inputs/one.npy", flat.random_weights(2, 64))
    succeed(folder, "golden", "record", model, "--input", folder / "inputs",
            "--out", golden)
    told = succeed_json(folder, *pipeline(folder, model, "int8", "--golden",
                                          golden, "--out", folder / "q.onnx"))
    assert told["verification"]["verdict"] == "verified", told
    checked = succeed_json(folder, "golden", "check", folder / "q.onnx",
                           "--golden", golden)
    assert 20 < checked["min_sqnr_db"] < 100, checked


@claim
def a_golden_set_of_another_model_is_refused(folder):
    model = onnx_models.save_matmul(folder / "m.onnx")
    other = onnx_models.save_matmul(folder / "o.onnx", seed=2)
    golden = folder / "golden"
    succeed(folder, "golden", "record", other, "--out", golden)
    refused(folder, *pipeline(folder, model, "int8", "--golden", golden),
            codes=(1, 2))
    refused(folder, "pull", "default/m@production", "--to", folder / "to")


@claim
def the_variant_may_also_go_to_a_path(folder):
    model = flat.good_gguf(folder / "m.gguf")
    succeed(folder, *pipeline(folder, model, "q8_0", "--out",
                              folder / "out.gguf"))
    assert (folder / "out.gguf").read_bytes()[:4] == b"GGUF"
    assert len(blobs(folder)) >= 2


if __name__ == "__main__":
    sys.exit(main())
