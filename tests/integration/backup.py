#!/usr/bin/env python3
"""Backups of a store that a node serves, and what is restored of them."""

import json
import subprocess
import sys
import threading

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario.claims import claim, main
from scenario.flat_models import good_safetensors
from scenario.node import Node, eventually, serving
from scenario.program import BINARY, environment
from scenario.registry import Refused, registry_of


def trivium(folder, *words, store=None):
    return subprocess.run(
        [BINARY, "--store", store or folder / "store", *map(str, words)],
        cwd=folder, env=environment(folder), capture_output=True, text=True)


def done(folder, *words, **more):
    ended = trivium(folder, *words, "--json", **more)
    assert ended.returncode == 0, f"{ended.stdout}{ended.stderr}"
    return json.loads(ended.stdout)


def refused(folder, *words, **more):
    ended = trivium(folder, *words, **more)
    assert ended.returncode == 1, f"{ended.stdout}{ended.stderr}"
    return ended.stderr


class Writer:
    """Registers m0, m1, … one after the other until it is told to end."""

    def __init__(self, registry):
        self.registry, self.revisions, self.failure = registry, [], None
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.write)

    def write(self):
        try:
            while not self.is_over.is_set():
                name = f"m{len(self.revisions)}"
                self.revisions.append(self.registry.call(
                    "Register", model_id=name, version="1.0.0",
                    storage_uri=f"s3://models/{name}").revision)
        except Exception as why:  # looked at where it is joined
            self.failure = why

    def goes_on(self):
        """Returns when one more is written."""
        before = len(self.revisions)
        eventually("a write", lambda: self.failure
                   or len(self.revisions) > before)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
        assert not self.failure, self.failure


def refused_by(registry, model):
    try:
        return registry.call("Get", model_id=model)
    except Refused as why:
        return why.code.name


@claim
def a_backup_under_writes_holds_one_revision_and_is_served_again(folder):
    with serving(folder) as node, registry_of(node) as registry:
        with Writer(registry) as writer:
            writer.goes_on()
            made = [done(folder, "store", "backup", f"backup{n}")
                    for n in range(3)]
            writer.goes_on()
        revisions = writer.revisions

    for backup in made:
        assert done(folder, "store", "check", backup["folder"])["is_whole"]
    last = made[-1]
    other = folder / "other"
    other.mkdir()
    done(folder, "store", "restore", last["folder"], "--to", other / "store")
    inside = [n for n, at in enumerate(revisions) if at <= last["revision"]]
    assert inside and len(inside) < len(revisions)
    with serving(other) as node, registry_of(node) as registry:
        for n in inside:
            got = registry.call("Get", model_id=f"m{n}")
            assert got.mod_revision == revisions[n], (n, got)
        assert refused_by(registry, f"m{len(inside)}") == "NOT_FOUND"


@claim
def a_store_nobody_serves_is_backed_up_and_checked_too(folder):
    good_safetensors(folder / "m.safetensors")
    registered = done(folder, "register", "m.safetensors", "--name", "m")
    made = done(folder, "store", "backup", "backup")
    assert made["revision"] == registered["revision"], made
    report = done(folder, "store", "check")
    assert report["is_whole"] and not report["is_backup"], report

    done(folder, "store", "restore", "backup", "--to", "again")
    without = trivium(folder, "store", "check", "again", "--json")
    assert without.returncode == 1, without.stdout
    missing = json.loads(without.stdout)
    assert missing["found"] == 0, missing
    # The manifest; what it names, nobody knows without it.
    assert missing["missing"] == [registered["artifact"]], missing
    subprocess.run(["cp", "-r", folder / "store/blobs", folder / "again"],
                   check=True)
    assert done(folder, "store", "check", "again")["is_whole"]


@claim
def what_cannot_be_done_says_why(folder):
    with Node(folder) as node:
        done(folder, "store", "backup", "backup")
        assert "exists and is no empty folder" in refused(
            folder, "store", "backup", "backup")
        assert "no such folder" in refused(
            folder, "store", "backup", "none/backup")
        held = refused(folder, "store", "check")
        assert f"(pid {node.pid})" in held and "make a backup" in held, held
        assert "--to" in refused(folder, "store", "restore", "backup")
        assert node.stop()[0] == 0
    assert "there is no store" in refused(
        folder, "store", "backup", "b", store=folder / "none")
    assert not (folder / "none").exists()
    assert "is no backup" in refused(
        folder, "store", "restore", ".", "--to", "new")
    assert not (folder / "new").exists()
    assert "neither" in refused(folder, "store", "check", ".")


@claim
def a_damaged_backup_is_found_and_not_restored(folder):
    with serving(folder):
        made = done(folder, "store", "backup", "backup")
    victim = next((folder / "backup/rocksdb").glob("MANIFEST-*"))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)

    assert "SHA-256 differs" in refused(
        folder, "store", "restore", made["folder"], "--to", "new")
    assert not (folder / "new/metadata").exists()
    checked = trivium(folder, "store", "check", "backup")
    assert checked.returncode == 1 and "SHA-256 differs" in checked.stdout


if __name__ == "__main__":
    sys.exit(main())
