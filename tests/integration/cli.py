#!/usr/bin/env python3
"""What every command has in common: help with examples, exit codes, JSON,
silence, plain text, logs."""
# trivium-test: timeout=600

import json
import subprocess
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import numpy
from scenario import flat_models as flat
from scenario import onnx_models
from scenario.claims import claim, main
from scenario.program import (BINARY, environment, run, says_one_line, succeed,
                              succeed_json)

COMMANDS = [["pipeline"], ["quantize"], ["register"], ["golden", "record"],
            ["golden", "check"], ["pull"], ["store", "backup"],
            ["store", "restore"], ["store", "check"], ["store", "gc"],
            ["recipes"], ["devices"], ["version"]]


@claim
def every_help_has_an_example(folder):
    for command in [[], *COMMANDS]:
        result = succeed(folder, *command, "--help")
        assert "Example" in result.out and result.err == "", command
        example = result.out[result.out.index("Example"):]
        assert "trivium " + " ".join(command) in example, command


@claim
def wrong_usage_is_one_line_and_exit_2(folder):
    for arguments in ([], ["pipelin", "m"], ["pipeline"], ["golden"],
                      ["store"], ["quantize", "m", "--out", "o"],
                      ["version", "--frobnicate"], ["version", "extra"],
                      ["pull", "m"], ["\x1b[31m"],
                      ["golden", "x"], ["register", "a", "b"]):
        result = run(folder, *arguments)
        says_one_line(result, codes=(2,))
        assert result.out == "" and "\x1b" not in result.err, result


@claim
def wrong_usage_is_json_as_well(folder):
    for arguments in (["pipelin"], ["pipeline"], ["version", "--frobnicate"]):
        result = run(folder, *arguments, "--json")
        says_one_line(result, codes=(2,))
        assert result.json["error"]["code"] == "invalid_argument", result


@claim
def an_empty_value_is_refused(folder):
    model = flat.good_gguf(folder / "m.gguf")
    quantize = ["quantize", model, "--recipe", "q8_0", "--out"]
    for arguments in ([*quantize, ""], [*quantize, "o", "--config", ""],
                      ["pull", "m@production", "--to", ""],
                      ["pipeline", model, "--recipe", "q8_0", "--golden", ""],
                      ["register", ""], ["version", "--store", ""]):
        says_one_line(run(folder, *arguments), "empty", codes=(2,))
    assert sorted(p.name for p in folder.iterdir()) == ["m.gguf"]


@claim
def what_standard_output_cannot_take_is_an_error(folder):
    for arguments in (["recipes", "--json"], ["version"]):
        with open("/dev/full", "w") as full:
            child = subprocess.run(
                [BINARY, *arguments], stdout=full, text=True,
                stderr=subprocess.PIPE, env=environment(folder))
        assert child.returncode == 1, child
        assert "standard output" in child.stderr, child


@claim
def an_error_in_json_invents_nothing(folder):
    told = run(folder, "pipeline", "nowhere", "--recipe", "int8", "--json").json
    assert told["model"] == "nowhere" and told["recipe"] == "int8", told
    for unknown in ("source", "variant", "state", "verification", "alias"):
        assert unknown not in told, told


@claim
def an_unknown_command_brings_the_nearest(folder):
    says_one_line(run(folder, "pipelin"), '"pipeline"', codes=(2,))


def each_command(folder):
    """Every command, in an order in which all succeed."""
    onnx_models.save_matmul(folder / "m.onnx")
    flat.good_gguf(folder / "m.gguf")
    (folder / "inputs").mkdir()
    numpy.save(folder / "inputs/one.npy", flat.random_weights(2, 64))
    return [
        ["version"], ["recipes"], ["devices"],
        ["register", folder / "m.gguf", "--name", "m"],
        ["pipeline", folder / "m.gguf", "--recipe", "q8_0", "--name", "m"],
        ["quantize", folder / "m.gguf", "--recipe", "q8_0", "--out",
         folder / "q.gguf"],
        ["golden", "record", folder / "m.onnx", "--input", folder / "inputs",
         "--out", folder / "golden"],
        ["golden", "check", folder / "m.onnx", "--golden", folder / "golden"],
        ["pull", "m@production", "--to", folder / "to"],
        ["store", "gc", "--dry-run"], ["store", "check"],
        ["store", "backup", folder / "backup"],
        ["store", "restore", folder / "backup", "--to", folder / "restored"],
    ]


@claim
def every_command_speaks_json(folder):
    for command in each_command(folder):
        result = succeed(folder, *command, "--json")
        assert result.err == "", (command, result)
        assert len(result.out.splitlines()) == 1, (command, result.out)
        json.loads(result.out)


@claim
def quiet_says_nothing(folder):
    for command in each_command(folder):
        if command[0] in ("version", "recipes", "devices"):
            continue  # what they say is all they do
        result = succeed(folder, *command, "--quiet")
        assert result.out == "" and result.err == "", (command, result)


@claim
def what_is_no_terminal_gets_no_colour(folder):
    for command in each_command(folder):
        result = succeed(folder, *command)
        assert "\x1b" not in result.out + result.err, command


@claim
def an_error_is_json_as_well(folder):
    for command in (["quantize", "nowhere", "--recipe", "int8", "--out", "o"],
                    ["pipeline", "nowhere", "--recipe", "int8"],
                    ["register", "nowhere"], ["pull", "m", "--to", "x"],
                    ["golden", "check", "nowhere", "--golden", "x"],
                    ["pipeline", "nowhere", "--recipe", "nix"]):
        result = run(folder, *command, "--json")
        says_one_line(result)
        assert result.json["error"]["code"], result
        assert result.json["error"]["text"] in result.err, result


@claim
def the_report_tells_what_a_person_wants(folder):
    model = flat.good_gguf(folder / "m.gguf")
    told = succeed(folder, "pipeline", model, "--recipe", "q8_0").out
    for word in ("tensors", "size", "bits each", "stage", "worst tensors",
                 "SQNR", "verdict", "layer-verified", "blk.0.attn_q.weight",
                 "production", "revision", "variant"):
        assert word in told, f"no {word!r} in {told}"


@claim
def recipes_and_devices_are_listed(folder):
    names = [one["name"] for one in succeed_json(folder, "recipes")]
    assert {"int8", "q8_0"} <= set(names), names
    kinds = {one["kind"] for one in succeed_json(folder, "devices")}
    assert {"cpu", "executor"} <= kinds, kinds


def settings(folder, text):
    path = folder / "settings.yaml"
    path.write_text(text)
    return path


@claim
def a_node_tells_what_happens_unless_its_settings_say_otherwise(folder):
    silent = settings(folder, "lanes: 1\n")
    told = succeed(folder, "serve", "--print-config", "--config", silent).out
    assert "  level: info\n" in told, told
    named = succeed(folder, "serve", "--print-config", "--config", silent,
                    "--log-level", "error").out
    assert "  level: error\n" in named, named


@claim
def printed_settings_are_read_again(folder):
    store = folder / 'a"b\\c'
    first = succeed(folder, "serve", "--print-config", "--store", store).out
    again = succeed(folder, "serve", "--print-config", "--config",
                    settings(folder, first), env={"TRIVIUM_STORE": ""}).out
    assert again == first, (first, again)


@claim
def log_lines_are_json_with_job_and_trace(folder):
    log = folder / "trivium.log"
    path = settings(folder, "log:\n  level: debug\n  format: json\n"
                    f"  file: {log}\n")
    model = flat.good_gguf(folder / "m.gguf")
    told = succeed_json(folder, "pipeline", model, "--recipe", "q8_0",
                        "--config", path)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    messages = [line["message"] for line in lines]
    assert messages[0] == "job submitted", messages
    assert messages.count("event") >= 5, messages
    for line in lines:
        assert line["job"] == told["job"], line
        assert line["trace_id"] == told["trace_id"], line


@claim
def log_lines_of_a_job_that_fails_name_it_as_well(folder):
    log = folder / "trivium.log"
    path = settings(folder, "log:\n  level: debug\n  format: json\n"
                    f"  file: {log}\n")
    flat.write_safetensors(folder / "m.safetensors", {
        "l.q_proj.weight": numpy.full((64, 64), numpy.nan, numpy.float32)})
    result = run(folder, "pipeline", folder / "m.safetensors", "--recipe",
                 "int8", "--json", "--config", path)
    assert result.code == 1, result
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert any(line["message"] == "job failed" for line in lines), lines
    for line in lines:
        assert line["job"] == result.json["job"], line
        assert line["trace_id"] == result.json["trace_id"], line


@claim
def a_settings_file_alone_turns_no_log_on(folder):
    model = flat.good_gguf(folder / "m.gguf")
    result = succeed(folder, "pipeline", model, "--recipe", "q8_0", "--quiet",
                     "--config", settings(folder, "lanes: 1\n"))
    assert result.err == "" and result.out == "", result


@claim
def a_log_line_cannot_be_forged(folder):
    log = folder / "trivium.log"
    path = settings(folder, f"log:\n  level: trace\n  file: {log}\n")
    evil = folder / "a\n2026-01-01 forged\x1b[2J.gguf"
    flat.good_gguf(evil)
    run(folder, "pipeline", evil, "--recipe", "q8_0", "--config", path)
    run(folder, "pipeline", evil, "--recipe", "q8_0", "--config", path,
        "--name", "m")
    text = log.read_text()
    assert "\x1b" not in text
    assert not any(line.startswith("2026-01-01 forged")
                   for line in text.splitlines()), text


@claim
def wrong_settings_are_refused_with_file_and_line(folder):
    for text in ("frobnicate: 1\n", "log:\n  level: loud\n", "lanes: -1\n",
                 "memory: 1\n", "", "[\n"):
        path = settings(folder, text)
        result = run(folder, "recipes", "--config", path)
        says_one_line(result, "settings.yaml")
    says_one_line(run(folder, "recipes", "--config", folder / "nowhere"),
                  "nowhere")


@claim
def the_store_is_where_the_option_says(folder):
    model = flat.good_gguf(folder / "m.gguf")
    succeed(folder, "register", model, "--store", folder / "there")
    assert (folder / "there/blobs").is_dir()
    assert not (folder / "store").exists()
    path = settings(folder, f"store: {folder / 'third'}\n")
    succeed(folder, "register", model, "--config", path,
            env={"TRIVIUM_STORE": ""})
    assert (folder / "third/blobs").is_dir()


@claim
def commands_without_a_store_make_none(folder):
    model = flat.good_gguf(folder / "m.gguf")
    succeed(folder, "quantize", model, "--recipe", "q8_0", "--out",
            folder / "q.gguf")
    for command in ("version", "recipes", "devices"):
        succeed(folder, command)
    assert sorted(path.name for path in folder.iterdir()) == [
        "m.gguf", "q.gguf"]


if __name__ == "__main__":
    sys.exit(main())
