#!/usr/bin/env python3
"""What is promoted, and what is not: gates, verdicts, known variants, versions
that are taken."""
# trivium-test: timeout=600

import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import numpy
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
