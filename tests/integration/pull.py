#!/usr/bin/env python3
"""`pull` brings a complete folder and switches to it in one step; damage is
noticed; what nothing names is collected, what is named stays."""
# trivium-test: timeout=600

import hashlib
import json
import os
import sys
import threading

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import flat_models as flat
from scenario.claims import claim, main
from scenario.program import (blobs, nothing_left, refused, run, says_one_line,
                              succeed, succeed_json)

ALIAS = "default/m@production"
STRICT = """name: strict
description: A gate that nothing meets.
targets:
  - format: gguf
    rules:
      - name: "*"
        min_elements: 16
        action: q8_0
    gate:
      min_layer_sqnr_db: 200
"""


def model(folder, seed):
    path = folder / f"model-{seed}.gguf"
    path.write_bytes(flat.gguf(
        [flat.gguf_tensor("blk.0.attn_q.weight", (64, 64))],
        flat.random_weights(64, 64, seed).tobytes()))
    return path


def deploy(folder, seed):
    return succeed_json(folder, "pipeline", model(folder, seed), "--recipe",
                        "q8_0", "--name", "m", "--version", f"1.0.{seed}")


def pull(folder, to="to"):
    return succeed_json(folder, "pull", ALIAS, "--to", folder / to)


def only_file(place):
    (path,) = [path for path in place.rglob("*") if path.is_file()]
    return path


def collected(folder, *options):
    return succeed_json(folder, "store", "gc", "--keep-for", "0 s", *options)


@claim
def a_pull_brings_what_was_promoted(folder):
    deployed = deploy(folder, 1)
    succeed(folder, "pipeline", model(folder, 1), "--recipe", "q8_0", "--name",
            "m", "--version", "1.0.1", "--out", folder / "same.gguf")
    told = pull(folder)
    assert told["artifact"] == deployed["variant"] and not told["was_there"]
    link = folder / "to/current"
    assert link.is_symlink() and not os.path.isabs(os.readlink(link))
    assert only_file(link.resolve()).read_bytes() == (
        folder / "same.gguf").read_bytes()


@claim
def a_second_pull_says_that_it_was_there(folder):
    deploy(folder, 1)
    pull(folder)
    before = only_file((folder / "to/current").resolve()).stat()
    assert pull(folder)["was_there"]
    after = only_file((folder / "to/current").resolve()).stat()
    assert (before.st_ino, before.st_mtime_ns) == (
        after.st_ino, after.st_mtime_ns)


@claim
def a_file_that_was_cut_since_is_brought_again(folder):
    deploy(folder, 1)
    pull(folder)
    pulled = only_file((folder / "to/current").resolve())
    whole = pulled.read_bytes()
    os.truncate(pulled, len(whole) // 2)
    assert not pull(folder)["was_there"]
    assert only_file((folder / "to/current").resolve()).read_bytes() == whole
    nothing_left(folder)


@claim
def a_new_promotion_switches_current_and_keeps_the_old_version(folder):
    deploy(folder, 1)
    pull(folder)
    old = (folder / "to/current").resolve()
    newer = deploy(folder, 2)
    assert pull(folder)["artifact"] == newer["variant"]
    assert (folder / "to/current").resolve() != old and old.is_dir()
    nothing_left(folder)


def sharded(folder, seed):
    """A model of several files: a pull brings them one after the other."""
    place = folder / f"sharded-{seed}"
    place.mkdir()
    names = [f"model-{i:05}-of-00004.safetensors" for i in range(1, 5)]
    tensors = [f"model.layers.{i}.mlp.up_proj.weight" for i in range(4)]
    for i in range(4):
        flat.write_safetensors(place / names[i], {
            tensors[i]: flat.random_weights(512, 1024, 10 * seed + i)})
    (place / "model.safetensors.index.json").write_text(json.dumps(
        {"metadata": {}, "weight_map": dict(zip(tensors, names))}))
    (place / "config.json").write_text(json.dumps({"seed": seed}))
    return place


def content(place):
    """Of a folder that is read through one descriptor: a reader that has
    opened `current` keeps the version that it found."""
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        hashed = hashlib.sha256()
        for name in sorted(os.listdir(folder)):
            with open(os.open(name, os.O_RDONLY, dir_fd=folder), "rb") as file:
                hashed.update(f"{name}\n".encode() + file.read())
        return hashed.hexdigest()
    finally:
        os.close(folder)


class Reader(threading.Thread):
    """Reads `current` again and again until it is told to stop."""

    def __init__(self, current):
        super().__init__(daemon=True)
        self.current, self.seen, self.reads = current, set(), 0
        self.problem = None
        self._is_wanted = True
        self._changed = threading.Condition()

    def run(self):
        while self._is_wanted and not self.problem:
            try:
                self.seen.add(content(self.current))
            except Exception as problem:  # told by finish_one()
                self.problem = problem
            with self._changed:
                self.reads += 1
                self._changed.notify_all()

    def finish_one(self):
        """Waits until what it is reading at this instant was read."""
        with self._changed:
            before = self.reads
            self._changed.wait_for(lambda: self.reads > before or self.problem)
        assert self.problem is None, repr(self.problem)

    def stop(self):
        self.finish_one()
        self._is_wanted = False
        self.join()
        assert self.problem is None, repr(self.problem)


@claim
def a_reader_of_current_sees_whole_versions_only(folder):
    rounds = 12
    stores = [{"TRIVIUM_STORE": folder / f"store-{i}"} for i in range(2)]
    whole = []
    for seed, store in enumerate(stores):
        model = sharded(folder, seed)
        succeed(folder, "pipeline", model, "--recipe", "int8", "--name", "m",
                "--out", folder / f"whole-{seed}", env=store)
        whole.append(content(folder / f"whole-{seed}"))
    assert whole[0] != whole[1]

    reader = None
    for i in range(rounds):
        # A file of the version that is not current is cut now and then, so
        # that it is brought again while the other is read.
        if i % 4 == 2:
            (other,) = [path for path in (folder / "to/versions").iterdir()
                        if path != (folder / "to/current").resolve()]
            os.truncate(other / "config.json", 1)
        told = succeed_json(folder, "pull", ALIAS, "--to", folder / "to",
                            env=stores[i % 2])
        assert not told["was_there"], told
        assert content(folder / "to/current") == whole[i % 2], f"round {i}"
        if reader is None:
            reader = Reader(folder / "to/current")
            reader.start()
        reader.finish_one()
    reader.stop()
    assert reader.seen == set(whole), "a folder that is neither version"
    nothing_left(folder)


@claim
def a_plain_folder_named_current_is_refused(folder):
    deploy(folder, 1)
    (folder / "to/current").mkdir(parents=True)
    (folder / "to/current/mine").write_text("mine")
    refused(folder, "pull", ALIAS, "--to", folder / "to", says=["current"])
    assert (folder / "to/current/mine").read_text() == "mine"


@claim
def a_target_that_is_a_file_is_refused(folder):
    deploy(folder, 1)
    (folder / "to").write_text("mine")
    refused(folder, "pull", ALIAS, "--to", folder / "to", says=["to"])
    assert (folder / "to").read_text() == "mine"


@claim
def an_unknown_model_alias_or_name_is_refused(folder):
    deploy(folder, 1)
    for name in ("default/m@staging", "default/n@production",
                 "other/m@production", "m@", "@production",
                 "default/m@production@x", "a/b/c@d", ""):
        refused(folder, "pull", name, "--to", folder / "to")
    assert not (folder / "to/current").exists()


def damage(folder, content):
    """Flips a bit of the blob that holds `content`."""
    name = hashlib.sha256(content).hexdigest()
    (blob,) = (folder / "store/blobs").glob(f"*/{name}")
    blob.chmod(0o644)
    raw = bytearray(blob.read_bytes())
    raw[len(raw) // 2] ^= 0x10
    blob.write_bytes(raw)


@claim
def a_damaged_blob_is_data_loss_and_current_stays(folder):
    deploy(folder, 1)
    pull(folder)
    old = (folder / "to/current").resolve()
    deploy(folder, 2)
    pull(folder, "elsewhere")
    damage(folder, only_file(
        (folder / "elsewhere/current").resolve()).read_bytes())
    result = run(folder, "pull", ALIAS, "--to", folder / "to", "--json")
    says_one_line(result, codes=(1,))
    assert result.json["error"]["code"] == "data_loss", result
    assert (folder / "to/current").resolve() == old
    assert [path.name for path in (folder / "to/versions").iterdir()] == [
        old.name]
    nothing_left(folder)


@claim
def a_missing_blob_is_data_loss(folder):
    deploy(folder, 1)
    pull(folder)
    content = only_file((folder / "to/current").resolve()).read_bytes()
    (blob,) = (folder / "store/blobs").glob(
        f"*/{hashlib.sha256(content).hexdigest()}")
    blob.unlink()
    result = run(folder, "pull", ALIAS, "--to", folder / "new", "--json")
    says_one_line(result, codes=(1,))
    assert result.json["error"]["code"] == "data_loss", result
    assert not (folder / "new/current").exists()


@claim
def a_namespace_does_not_see_another(folder):
    deploy(folder, 1)
    refused(folder, "pull", "m@production", "--namespace", "other", "--to",
            folder / "to", codes=(1,))
    assert succeed_json(folder, "pull", "m@production", "--to",
                        folder / "to")["model"] == "default/m"


@claim
def collection_keeps_what_is_named(folder):
    deploy(folder, 1)
    pull(folder)
    before = blobs(folder)
    assert collected(folder)["blobs"] == 0
    assert blobs(folder) == before
    assert pull(folder, "again")["artifact"]


@claim
def a_dry_run_lists_and_removes_nothing(folder):
    deploy(folder, 1)
    stray = make_stray(folder)
    before = blobs(folder)
    told = collected(folder, "--dry-run")
    assert told["dry_run"] and told["names"], told
    assert any(stray in name for name in told["names"]), told
    assert blobs(folder) == before


@claim
def what_nothing_names_is_collected(folder):
    deploy(folder, 1)
    before = blobs(folder)
    stray = make_stray(folder)
    told = collected(folder)
    assert told["blobs"] == 1 and told["bytes"] == 5, told
    assert stray not in blobs(folder) and blobs(folder) == before
    assert collected(folder)["blobs"] == 0
    pull(folder)


@claim
def what_is_young_is_kept_by_default(folder):
    stray = make_stray_after_deploy(folder)
    assert succeed_json(folder, "store", "gc")["blobs"] == 0
    assert stray in blobs(folder)


@claim
def the_blobs_of_a_failed_variant_are_collected(folder):
    kept = deploy(folder, 1)
    (folder / "strict.yaml").write_text(STRICT)
    before = blobs(folder)
    refused(folder, "pipeline", model(folder, 1), "--recipe",
            folder / "strict.yaml", "--name", "m", "--version", "1.0.1")
    collected(folder)
    assert blobs(folder) == before
    assert pull(folder)["artifact"] == kept["variant"]


def make_stray(folder):
    name = hashlib.sha256(b"stray").hexdigest()
    place = folder / "store/blobs" / name[:2]
    place.mkdir(exist_ok=True)
    (place / name).write_bytes(b"stray")
    return name


def make_stray_after_deploy(folder):
    deploy(folder, 1)
    return make_stray(folder)


if __name__ == "__main__":
    sys.exit(main())
