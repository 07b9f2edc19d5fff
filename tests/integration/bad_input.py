#!/usr/bin/env python3
"""What no command may take: each file, name and place is refused with one clear
line, exit 1 or 2, and leaves nothing behind."""
# trivium-test: timeout=900

import json
import os
import pickle
import resource
import shutil
import struct
import subprocess
import sys
import zipfile

import scenario  # noqa: F401  (moves into the peers' environment)
import numpy
import onnx
from scenario import flat_models as flat
from scenario import onnx_models
from scenario.claims import Skip, claim, main
from scenario.program import BINARY, blobs, refused, run, says_one_line, succeed

MAKERS = {"onnx": onnx_models.save_matmul, "gguf": flat.good_gguf,
          "safetensors": flat.good_safetensors}


def recipe_for(path):
    return "q8_0" if path.suffix == ".gguf" else "int8"


def quantize_refused(folder, path, **options):
    result = refused(folder, "quantize", path, "--recipe", recipe_for(path),
                     "--out", folder / "out", **options)
    assert not (folder / "out").exists()
    return result


def pipeline_refused(folder, path, **options):
    refused(folder, "pipeline", path, "--recipe", recipe_for(path), "--name",
            "bad", "--allow-unverified", **options)
    assert blobs(folder) == set(), "a refused model stays in the store"


def refused_everywhere(folder, path, **options):
    """By the command without a store and by the one with; the store stays."""
    quantize_refused(folder, path, **options)
    pipeline_refused(folder, path, **options)
    good = MAKERS["gguf"](folder / "good.gguf")
    succeed(folder, "register", good, "--name", "good")
    shutil.rmtree(folder / "store")
    good.unlink()


def broken(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


@claim
def a_missing_file_is_named(folder):
    refused_everywhere(folder, folder / "nowhere.onnx", says=["nowhere.onnx"])


@claim
def a_folder_without_a_model_is_refused(folder):
    (folder / "empty").mkdir()
    refused_everywhere(folder, folder / "empty", says=["empty"])
    (folder / "empty/notes.txt").write_text("no model")
    refused_everywhere(folder, folder / "empty", says=["empty"])


@claim
def an_empty_file_is_refused(folder):
    for suffix in MAKERS:
        refused_everywhere(folder, broken(folder, f"m.{suffix}", b""),
                           says=["m." + suffix])


@claim
def a_file_of_another_kind_is_refused(folder):
    for suffix in MAKERS:
        path = broken(folder, f"m.{suffix}", b"\x7fELF\x02\x01" + bytes(4096))
        quantize_refused(folder, path)
    refused_everywhere(folder, path)


@claim
def pickle_hdf5_and_zip_are_named(folder):
    pickled = broken(folder, "m.pt", pickle.dumps({"w": [1.0]}, protocol=2))
    refused_everywhere(folder, pickled, says=["pickle"])
    disguised = broken(folder, "m.safetensors", pickle.dumps({}, protocol=4))
    quantize_refused(folder, disguised, says=["pickle"])
    hdf5 = broken(folder, "m.h5", b"\x89HDF\r\n\x1a\n" + bytes(512))
    refused_everywhere(folder, hdf5, says=["HDF5"])
    with zipfile.ZipFile(folder / "m.bin", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02.")
    quantize_refused(folder, folder / "m.bin", says=["PyTorch archive"])
    with zipfile.ZipFile(folder / "m.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    refused_everywhere(folder, folder / "m.keras", says=["zip"])


def truncations(raw, head):
    """Every length at which a part ends, more densely in the header."""
    step = max(1, head // 24)
    return sorted({*range(1, head, step), head - 1, head, head + 1,
                   (head + len(raw)) // 2, len(raw) - 1})


@claim
def a_truncated_gguf_is_refused(folder):
    whole = MAKERS["gguf"](folder / "whole").read_bytes()
    for length in truncations(whole, len(whole) - 64 * 64 * 4):
        path = broken(folder, "m.gguf", whole[:length])
        quantize_refused(folder, path)
    refused_everywhere(folder, path)


@claim
def a_truncated_safetensors_is_refused(folder):
    whole = MAKERS["safetensors"](folder / "whole").read_bytes()
    for length in truncations(whole, len(whole) - 64 * 64 * 4):
        path = broken(folder, "m.safetensors", whole[:length])
        quantize_refused(folder, path)
    refused_everywhere(folder, path)


@claim
def a_truncated_onnx_is_refused(folder):
    whole = MAKERS["onnx"](folder / "whole").read_bytes()
    weight = whole.index(onnx.load(folder / "whole").graph.initializer[0]
                         .raw_data)
    lengths = {*truncations(whole, weight),
               *range(weight + onnx_models.WEIGHT_BYTES, len(whole), 5)}
    for length in sorted(lengths):
        path = broken(folder, "m.onnx", whole[:length])
        quantize_refused(folder, path)
    refused_everywhere(folder, path)


@claim
def safetensors_headers_that_lie_are_refused(folder):
    data = bytes(64)
    entry = {"dtype": "F32", "shape": [4, 4], "data_offsets": [0, 64]}

    def with_entries(**entries):
        return flat.safetensors({}, data, json.dumps(entries).encode())

    def changed(**fields):
        return with_entries(w={**entry, **fields})

    def headed(text):
        return flat.safetensors({}, data, text)

    wrong = {
        "seven bytes": b"\1\0\0\0\0\0\0",
        "length past the file": struct.pack("<Q", 1000) + b"{}",
        "length of 2^64-1": struct.pack("<Q", 2**64 - 1) + b"{}" + data,
        "length of 2^63": struct.pack("<Q", 2**63) + b"{}" + data,
        "not json": headed(b"{nonsense"),
        "not utf-8": headed(b'{"\xff\xfe":{}}'),
        "not an object": headed(b"[]"),
        "deep": headed(b"[" * 100000),
        "begin after end": changed(data_offsets=[64, 0]),
        "end past the file": changed(data_offsets=[0, 128], shape=[8, 4]),
        "end of 2^64-1": changed(data_offsets=[0, 2**64 - 1]),
        "offset too large for 64 bits": changed(data_offsets=[0, 2**64]),
        "negative offset": changed(data_offsets=[-64, 0]),
        "float offset": changed(data_offsets=[0, 64.0]),
        "three offsets": changed(data_offsets=[0, 64, 64]),
        "offsets missing": with_entries(w={"dtype": "F32", "shape": [4, 4]}),
        "shape times type is not the bytes": changed(shape=[1000, 1000]),
        "a product that wraps": changed(shape=[2**32, 2**32]),
        "bytes that wrap": changed(shape=[2**62 + 16]),
        "negative shape": changed(shape=[-4, -4]),
        "unknown type": changed(dtype="F33"),
        "overlap": with_entries(
            a={**entry, "shape": [3, 4], "data_offsets": [0, 48]},
            b={**entry, "shape": [2, 4], "data_offsets": [32, 64]}),
        "hole": with_entries(
            a={**entry, "shape": [4], "data_offsets": [0, 16]},
            b={**entry, "shape": [4], "data_offsets": [48, 64]}),
        "bytes after the last tensor": with_entries(
            w={**entry, "shape": [2, 4], "data_offsets": [0, 32]}),
        "duplicate name": headed(
            b'{"w":%s,"w":%s}' % ((json.dumps(entry).encode(),) * 2)),
        "metadata that is no text": with_entries(
            __metadata__={"a": 1}, w=entry),
    }
    for what, content in wrong.items():
        path = broken(folder, "m.safetensors", content)
        try:
            quantize_refused(folder, path)
        except AssertionError as e:
            raise AssertionError(f"{what}: {e}") from None
    refused_everywhere(folder, path)


@claim
def gguf_headers_that_lie_are_refused(folder):
    data = bytes(4096)
    good = flat.gguf_tensor("w", (32, 32))

    def tensor(*arguments, **options):
        return flat.gguf([flat.gguf_tensor(*arguments, **options)], data)

    def keyed(*keys, **options):
        return flat.gguf([good], data, keys=[flat.ARCHITECTURE, *keys],
                         **options)

    def array(kind, count):
        return flat.gguf_key("k", flat.GGUF_ARRAY,
                             struct.pack("<IQ", kind, count))

    u32 = struct.pack("<I", 13)
    huge = 0x7FFFFFFFFFFFFFC0 // 4
    wrong = {
        "magic": flat.gguf([good], data, magic=b"GGUX"),
        "version 0": flat.gguf([good], data, version=0),
        "version 1": flat.gguf([good], data, version=1),
        "future version": flat.gguf([good], data, version=99),
        "byte-swapped version": flat.gguf([good], data, version=3 << 24),
        "2^64-1 tensors": flat.gguf([good], data, n_tensors=2**64 - 1),
        "0x1d1d… tensors": flat.gguf([good], data, n_tensors=0x1D1D1D1D1D1D1D),
        "2^32-1 tensors": flat.gguf([good], data, n_tensors=2**32 - 1),
        "2^64-1 keys": flat.gguf([good], data, n_keys=2**64 - 1),
        "key length 2^64-1": keyed(struct.pack("<Q", 2**64 - 1)),
        "empty key": keyed(flat.gguf_key("", flat.GGUF_U32, u32)),
        "duplicate key": keyed(flat.ARCHITECTURE),
        "unknown value type": keyed(flat.gguf_key("k", 99, u32)),
        "array of 2^64-1 strings": keyed(array(flat.GGUF_STRING, 2**64 - 1)),
        "array of 2^62 numbers": keyed(array(flat.GGUF_U32, 2**62 + 1)),
        "array of unknown type": keyed(array(77, 1)),
        "arrays in arrays": keyed(flat.gguf_key(
            "k", flat.GGUF_ARRAY,
            struct.pack("<IQ", flat.GGUF_ARRAY, 1) * 100000)),
        "alignment 13": keyed(
            flat.gguf_key("general.alignment", flat.GGUF_U32, u32)),
        "alignment 0": keyed(flat.gguf_key(
            "general.alignment", flat.GGUF_U32, bytes(4))),
        "alignment as a string": keyed(flat.gguf_key(
            "general.alignment", flat.GGUF_STRING, flat.gguf_string("32"))),
        "five dimensions": tensor("w", (2, 2, 2, 2, 2)),
        "2^32-1 dimensions": tensor("w", (32, 32), count=2**32 - 1),
        "name of 64": tensor("w" * 64, (32, 32)),
        "empty name": tensor("", (32, 32)),
        "negative dimension": tensor("w", (2**64 - 32, 32)),
        "product wraps": tensor("w", (2**32, 2**32)),
        "bytes wrap": tensor("w", (2**62 + 32, 1)),
        "unknown tensor type": tensor("w", (32, 32), kind=1000),
        "offset past the file": tensor("w", (32, 32), offset=1 << 40),
        "offset of 2^64-32": tensor("w", (32, 32), offset=2**64 - 32),
        "offset not aligned": tensor("w", (16, 16), offset=8),
        "more bytes than the file": tensor("w", (1024, 1024)),
        "sum of sizes wraps": flat.gguf(
            [flat.gguf_tensor("a", (huge,)),
             flat.gguf_tensor("b", (huge,), offset=0x7FFFFFFFFFFFFFC0)], data),
        "overlap": flat.gguf([flat.gguf_tensor("a", (16, 32)),
                              flat.gguf_tensor("b", (16, 32), offset=1024)],
                             data),
        "duplicate tensor": flat.gguf(
            [flat.gguf_tensor("w", (16, 16)),
             flat.gguf_tensor("w", (16, 16), offset=1024)], data),
    }
    for what, content in wrong.items():
        path = broken(folder, "m.gguf", content)
        try:
            quantize_refused(folder, path)
        except AssertionError as e:
            raise AssertionError(f"{what}: {e}") from None
    refused_everywhere(folder, path)


@claim
def onnx_graphs_that_lie_are_refused(folder):
    def changed(change):
        made = onnx_models.matmul()
        change(made)
        return made.SerializeToString()

    def dims(*values):
        def change(made):
            del made.graph.initializer[0].dims[:]
            made.graph.initializer[0].dims.extend(values)
        return changed(change)

    def second_weight(made):
        made.graph.initializer.append(made.graph.initializer[0])

    def cycle(made):
        made.graph.node[0].input[0] = "z"
        made.graph.node.append(
            onnx.helper.make_node("Identity", ["y"], ["z"]))

    wrong = {
        "product wraps": dims(2**32, 2**32),
        "bytes wrap": dims(2**62 + 64, 1),
        "negative dimension": dims(-64, -64),
        "more than the bytes": dims(1000, 1000),
        "fewer than the bytes": dims(2, 2),
        "unknown type": changed(
            lambda m: setattr(m.graph.initializer[0], "data_type", 99)),
        "no opset": changed(lambda m: m.ClearField("opset_import")),
        "opset 7": changed(
            lambda m: setattr(m.opset_import[0], "version", 7)),
        "duplicate initializer": changed(second_weight),
        "cycle": changed(cycle),
        "no graph": changed(lambda m: m.ClearField("graph")),
    }
    for what, content in wrong.items():
        path = broken(folder, "m.onnx", content)
        try:
            quantize_refused(folder, path)
        except AssertionError as e:
            raise AssertionError(f"{what}: {e}") from None
    refused_everywhere(folder, path)


def subgraphs(depth):
    """If nodes in If nodes, written from the inside out."""
    def field(number, payload):
        def varint(n):
            out = b""
            while n > 127:
                out += bytes([n & 127 | 128])
                n >>= 7
            return out + bytes([n])
        return varint(number << 3 | 2) + varint(len(payload)) + payload

    graph = field(2, b"g")
    for _ in range(depth):
        branch = field(1, b"then_branch") + field(6, graph) + b"\xa0\x01\x05"
        node = field(2, b"y") + field(4, b"If") + field(5, branch)
        graph = field(1, node) + field(2, b"g")
    return field(7, graph) + b"\x08\x08" + field(8, b"\x10\x11")


@claim
def deep_subgraphs_are_refused(folder):
    path = broken(folder, "m.onnx", subgraphs(5000))
    refused_everywhere(folder, path)


@claim
def external_data_never_leaves_its_folder(folder):
    content = bytes(onnx_models.WEIGHT_BYTES)
    secret = broken(folder, "secret.bin", content)
    models = folder / "models"
    models.mkdir()
    (models / "inside").mkdir()
    (models / "link.bin").symlink_to(secret)
    (models / "parent").symlink_to(folder)
    os.link(secret, models / "hard.bin")
    os.mkfifo(models / "pipe.bin")
    for location in ("../secret.bin", "inside/../../secret.bin", str(secret),
                     f"file://{secret}", "link.bin", "parent/secret.bin",
                     "hard.bin", "pipe.bin", "inside", "nowhere.bin", "",
                     ".", "/dev/zero", "..\\secret.bin", "a\nb"):
        path = onnx_models.with_external_data(models / "m.onnx", location)
        try:
            quantize_refused(folder, path, timeout=20)
            pipeline_refused(folder, path, timeout=20)
        except AssertionError as e:
            raise AssertionError(f"{location!r}: {e}") from None


@claim
def external_data_ranges_that_lie_are_refused(folder):
    (folder / "weights.bin").write_bytes(bytes(onnx_models.WEIGHT_BYTES))
    size = onnx_models.WEIGHT_BYTES
    for entries in ({"offset": -1}, {"offset": "x"}, {"offset": size},
                    {"offset": 2**64 - 1}, {"offset": 2**64},
                    {"length": -1}, {"length": size + 1}, {"length": 2**63},
                    {"length": size - 4}, {"offset": 4, "length": size},
                    {"offset": 2**64 - 8, "length": 16}):
        path = onnx_models.with_external_data(folder / "m.onnx", **entries)
        try:
            quantize_refused(folder, path)
        except AssertionError as e:
            raise AssertionError(f"{entries}: {e}") from None
    refused_everywhere(folder, path)


@claim
def a_sharded_model_with_a_lost_shard_is_refused(folder):
    model = folder / "model"
    model.mkdir()
    flat.write_safetensors(model / "model-00001-of-00002.safetensors",
                           {"a.weight": flat.random_weights(32, 32)})
    index = {"metadata": {"total_size": 8192}, "weight_map": {
        "a.weight": "model-00001-of-00002.safetensors",
        "b.weight": "model-00002-of-00002.safetensors"}}
    at = model / "model.safetensors.index.json"
    at.write_text(json.dumps(index))
    refused_everywhere(folder, model, says=["model-00002-of-00002"])
    index["weight_map"]["b.weight"] = "../outside.safetensors"
    flat.good_safetensors(folder / "outside.safetensors")
    at.write_text(json.dumps(index))
    refused_everywhere(folder, model)
    at.write_text("{")
    refused_everywhere(folder, model)


@claim
def an_unknown_recipe_brings_the_nearest(folder):
    model = onnx_models.save_matmul(folder / "m.onnx")
    for command in (("quantize", model, "--out", folder / "out"),
                    ("pipeline", model)):
        refused(folder, *command, "--recipe", "imt8", says=["imt8", '"int8"'])
    assert not (folder / "out").exists()


@claim
def a_recipe_file_that_is_wrong_is_refused_with_its_line(folder):
    model = onnx_models.save_matmul(folder / "m.onnx")
    recipe = folder / "mine.yaml"
    for text in ("", "- 1\n", "name: [\n", "&a [*a]\n",
                 "name: mine\nname: mine\n",
                 "name: mine\ntargets:\n  - format: onnyx\n    rules: []\n"):
        recipe.write_text(text)
        refused(folder, "quantize", model, "--recipe", recipe, "--out",
                folder / "out", says=["mine.yaml"])


@claim
def a_recipe_of_another_format_is_refused(folder):
    model = flat.good_gguf(folder / "m.gguf")
    refused(folder, "quantize", model, "--recipe", "int8", "--out",
            folder / "out", says=["gguf"])


@claim
def a_model_with_nothing_to_quantize_says_so(folder):
    model = onnx_models.save_matmul(folder / "m.onnx", rows=4, columns=4)
    quantize_refused(folder, model, says=["nothing to quantize"], codes=(1,))


@claim
def nan_and_infinity_are_named_with_tensor_and_index(folder):
    for value in (numpy.nan, numpy.inf, -numpy.inf):
        weight = flat.random_weights(64, 64)
        weight[3, 5] = value
        onnx.save(onnx_models.matmul(weight=weight), folder / "m.onnx")
        refused_everywhere_but_registered(folder, folder / "m.onnx", '"w"')
        flat.write_safetensors(folder / "m.safetensors",
                               {"l.q_proj.weight": weight})
        refused_everywhere_but_registered(
            folder, folder / "m.safetensors", '"l.q_proj.weight"')
        (folder / "m.gguf").write_bytes(flat.gguf(
            [flat.gguf_tensor("blk.0.attn_q.weight", (64, 64))],
            weight.tobytes()))
        refused_everywhere_but_registered(
            folder, folder / "m.gguf", '"blk.0.attn_q.weight"')


def refused_everywhere_but_registered(folder, path, tensor):
    """The file is whole: the model is known, no variant comes of it."""
    says = [tensor, "197"]  # 3 · 64 + 5
    quantize_refused(folder, path, says=says)
    refused(folder, "pipeline", path, "--recipe", recipe_for(path), "--name",
            "bad", says=says)
    refused(folder, "pull", "default/bad@production", "--to", folder / "to")
    shutil.rmtree(folder / "store")


@claim
def a_bad_version_is_refused(folder):
    model = flat.good_gguf(folder / "m.gguf")
    for version in ("1", "1.2", "v1.2.3", "01.2.3", "1.2.3.4", "1.2.3-", "",
                    "1.2.3+a+b", "99999999999999999999.0.0", "1.2.3-\n",
                    "../1.0.0", "1.2.3-" + "a" * 1000):
        refused(folder, "register", model, f"--version={version}")
    assert not (folder / "store/blobs").exists() or not blobs(folder)


@claim
def a_bad_name_is_refused(folder):
    model = flat.good_gguf(folder / "m.gguf")
    names = ("a/b", "..", ".", "../x", "a\nb", "a\x1b[31mb", "a b", "-a", "",
             "a" * 300, "a\u202eb", "%2e%2e", "a\\b", "a\x7f")
    for name in names:
        if name:  # without a value the file's own name is taken
            refused(folder, "register", model, f"--name={name}")
            refused(folder, "register", model, f"--namespace={name}")
        refused(folder, "pull", f"default/{name}@production", "--to",
                folder / "to")
        refused(folder, "pull", f"default/m@{name}", "--to", folder / "to")
    assert not (folder / "to").exists()
    assert not (folder / "store/blobs").exists() or not blobs(folder)


@claim
def control_characters_in_a_file_name_are_shown_escaped(folder):
    path = folder / "evil\x1b[2J\r\nname.onnx"
    says_one_line(run(folder, "quantize", path, "--recipe", "int8", "--out",
                      folder / "out"))
    path.write_bytes(b"nonsense")
    result = refused(folder, "pipeline", path, "--recipe", "int8")
    assert "\x1b" not in result.err and "\r" not in result.err, result


@claim
def control_characters_in_a_tensor_name_are_shown_escaped(folder):
    weight = flat.random_weights(64, 64)
    weight[0, 0] = numpy.nan
    flat.write_safetensors(folder / "m.safetensors",
                           {"a\x1b[2J\nb.weight": weight})
    result = quantize_refused(folder, folder / "m.safetensors")
    assert "\x1b" not in result.err, result


@claim
def options_out_of_range_are_refused(folder):
    model = onnx_models.save_matmul(folder / "m.onnx")
    base = ("pipeline", model, "--recipe", "int8")
    for options in (("--memory", "1"), ("--memory", "x"), ("--memory", "-1"),
                    ("--memory", "99999999999999999999GiB"),
                    ("--shape", "x"), ("--shape", "x=a"), ("--shape", "x=-1"),
                    ("--shape", "=1"), ("--shape", "nobody=1,64"),
                    ("--input-range", "x=2:1"), ("--input-range", "x=nan:1"),
                    ("--golden", folder / "nowhere")):
        refused(folder, *base, *options)


@claim
def an_output_that_exists_is_not_overwritten(folder):
    model = onnx_models.save_matmul(folder / "m.onnx")
    (folder / "taken").write_text("mine")
    refused(folder, "quantize", model, "--recipe", "int8", "--out",
            folder / "taken", says=["taken"])
    assert (folder / "taken").read_text() == "mine"
    refused(folder, "quantize", model, "--recipe", "int8", "--out", model)


def as_nobody(folder):
    """A command prefix that runs as another user, who may look into `folder`
    (the runner's own folders are private)."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        raise Skip("wants root and setpriv")
    if not all(parent.stat().st_mode & 0o001
               for parent in BINARY.resolve().parents):
        raise Skip("the binary lies where no other user may go")
    for private in (folder, folder.parent):
        if private.stat().st_uid == 0 and private.stat().st_mode & 0o077 == 0:
            private.chmod(0o755)
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@claim
def a_store_that_cannot_be_written_is_refused(folder):
    before = as_nobody(folder)
    model = flat.good_gguf(folder / "m.gguf")
    locked = folder / "locked"
    locked.mkdir(mode=0o555)
    refused(folder, "register", model, before=before,
            env={"TRIVIUM_STORE": locked / "store"}, says=["locked"])
    succeed(folder, "register", model, "--name", "m")
    refused(folder, "register", model, "--name", "other", before=before,
            says=["store"])
    refused(folder, "quantize", model, "--recipe", "q8_0", "--out",
            locked / "out", before=before, says=["locked"])
    succeed(folder, "register", model, "--name", "other")


@claim
def an_output_that_cannot_be_is_refused_before_anything_is_done(folder):
    model = flat.good_gguf(folder / "m.gguf")
    (folder / "taken").write_text("mine")
    for out, says in (("taken", "exists"), ("p/q/out", "no such folder"),
                      ("taken/out", "no such folder")):
        refused(folder, "quantize", model, "--recipe", "q8_0", "--out",
                folder / out, says=[says])
        refused(folder, "pipeline", model, "--recipe", "q8_0", "--name", "m",
                "--out", folder / out, says=[says])
    refused(folder, "pull", "default/m@production", "--to", folder / "to")
    assert (folder / "taken").read_text() == "mine"


@claim
def a_golden_set_without_values_verifies_nothing(folder):
    onnx_models.save_matmul(folder / "m.onnx", batch="N")
    (folder / "inputs").mkdir()
    numpy.save(folder / "inputs/one.npy", numpy.zeros((0, 64), numpy.float32))
    succeed(folder, "golden", "record", folder / "m.onnx", "--input",
            folder / "inputs", "--out", folder / "golden")
    refused(folder, "pipeline", folder / "m.onnx", "--recipe", "int8",
            "--name", "m", "--golden", folder / "golden", says=["empty or zero"],
            codes=(1,))
    refused(folder, "pull", "default/m@production", "--to", folder / "to")


def refused_under(folder, limit, size, says):
    """Quantizing, with that limit of the process."""
    model = flat.good_safetensors(folder / "m.safetensors")
    refused(folder, "quantize", model, "--recipe", "int8", "--out",
            folder / "out", says=[says],
            preexec_fn=lambda: resource.setrlimit(limit, (size, size)))
    assert not (folder / "out").exists()


@claim
def a_limit_that_leaves_no_room_for_threads_is_said(folder):
    refused_under(folder, resource.RLIMIT_DATA, 64 << 20, "threads")


@claim
def an_output_above_the_file_size_limit_is_refused(folder):
    refused_under(folder, resource.RLIMIT_FSIZE, 1024, "out")


@claim
def a_store_path_that_is_a_file_is_refused(folder):
    model = flat.good_gguf(folder / "m.gguf")
    (folder / "store").write_text("a file")
    refused(folder, "register", model, says=["store"])
    assert (folder / "store").read_text() == "a file"


@claim
def a_store_held_by_another_process_is_refused(folder):
    model = flat.good_gguf(folder / "m.gguf")
    succeed(folder, "register", model, "--name", "m")
    held = [path for path in (folder / "store").rglob("*")
            if path.name in ("LOCK", "owner", "lock")]
    assert held, "no lock file in the store"
    script = ("import fcntl, sys\n"
              "files = [open(name, 'r+') for name in sys.argv[1:]]\n"
              "for file in files:\n"
              "    fcntl.lockf(file, fcntl.LOCK_EX)\n"
              "    fcntl.flock(file, fcntl.LOCK_EX)\n"
              "print('held', flush=True)\n"
              "sys.stdin.read()\n")
    holder = subprocess.Popen([sys.executable, "-c", script, *map(str, held)],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        refused(folder, "register", model, "--name", "other", codes=(1,))
    finally:
        holder.communicate()
    succeed(folder, "register", model, "--name", "other")


@claim
def a_full_disk_is_said_and_leaves_nothing(folder):
    if os.geteuid() != 0 or subprocess.run(
            ["unshare", "-m", "true"], capture_output=True).returncode != 0:
        raise Skip("wants root and mount namespaces")
    weights = {f"layers.{i}.q_proj.weight": flat.random_weights(1024, 1024, i)
               for i in range(8)}
    flat.write_safetensors(folder / "m.safetensors", weights)  # 32 MiB
    (folder / "small").mkdir()
    # Prints what is left on the small disk, while its namespace exists.
    script = ('mount -t tmpfs -o size=6m tmpfs "$1" && shift && "$@"; '
              'code=$?; find small -name "*.partial*" -o -path "*/staging/*" '
              '-o -name out; exit $code')
    before = ("unshare", "-m", "sh", "-c", script, "sh", folder / "small")
    store_there = {"TRIVIUM_STORE": folder / "small/store"}
    refused(folder, "quantize", folder / "m.safetensors", "--recipe", "int8",
            "--out", folder / "small/out", before=before, codes=(1,),
            says=["small/.out.", "8 MiB needed", "free"])
    refused(folder, "register", folder / "m.safetensors", "--name", "m",
            before=before, env=store_there, codes=(1,),
            says=["small/store/", "32 MiB needed", "free"])


if __name__ == "__main__":
    sys.exit(main())
