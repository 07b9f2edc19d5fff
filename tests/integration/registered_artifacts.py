#!/usr/bin/env python3
"""The artifact behind a registration: read below the node's roots and nowhere
else, recorded with its digest, gone on with after a crash."""
# trivium-test: timeout=300

import hashlib
import os
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import numpy
from scenario.claims import claim, main
from scenario.flat_models import write_safetensors
from scenario.node import Node, eventually, serving
from scenario.onnx_models import save_matmul
from scenario.registry import Refused, registry_of

ARTIFACT_REFUSED = 10  # EventKind

def roots(folder):
    """What a node may read, and what lies beside it."""
    below, beside = folder / "models", folder / "secret"
    for one in (below, beside):
        one.mkdir()
    return below, beside


def register(registry, path, version="1.0.0", name="minilm"):
    return registry.call("Register", model_id=name, version=version,
                         storage_uri=f"file://{path}", ttl_seconds=0)


def digest_of(registry, version="1.0.0", name="minilm"):
    return registry.call("Get", model_id=name, version=version).artifact_sha256


def why_refused(registry, begin):
    """What the log says about artifacts that were not taken."""
    stream = registry.watch(from_revision=begin)
    try:
        for response in stream:
            for event in response.events:
                if event.kind == ARTIFACT_REFUSED:
                    return event.what
    finally:
        stream.cancel()
    raise AssertionError("the watch ended")


@claim
def its_digest_is_recorded_once_it_was_read(folder):
    below, _ = roots(folder)
    save_matmul(below / "a b.onnx")
    (below / "part").mkdir()
    write_safetensors(below / "part/model.safetensors",
                      {"w": numpy.ones((4, 4), "float32")})
    with serving(folder, "--root", below) as node, \
            registry_of(node) as registry:
        register(registry, f"{below}/a%20b.onnx")
        register(registry, f"{below}/part", "2.0.0")
        for version, path in (("1.0.0", below / "a b.onnx"),
                              ("2.0.0", below / "part/model.safetensors")):
            digest = eventually("it is read",
                                lambda v=version: digest_of(registry, v))
            manifest = (node.store / "blobs" / digest[:2] / digest).read_bytes()
            assert hashlib.sha256(manifest).hexdigest() == digest
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            assert content.encode() in manifest, manifest
            assert (node.store / "blobs" / content[:2] / content).is_file()


@claim
def what_lies_elsewhere_is_not_read(folder):
    below, beside = roots(folder)
    save_matmul(beside / "model.onnx")
    (below / "link.onnx").symlink_to(beside / "model.onnx")
    (below / "folder").symlink_to(beside)
    os.link(beside / "model.onnx", below / "hard.onnx")
    os.mkfifo(below / "pipe.onnx")
    (below / "text.onnx").write_text("no model")
    with serving(folder, "--root", below) as node, \
            registry_of(node) as registry:
        for outside in (f"{beside}/model.onnx", f"{below}/../secret/model.onnx"):
            try:
                register(registry, outside)
            except Refused as why:
                assert why.fields == ["storage_uri"], why
            else:
                raise AssertionError(f"{outside} was taken")
        for name, said in (("link.onnx", "symbolic link"),
                           ("folder", "symbolic link"),
                           ("folder/model.onnx", "symbolic link"),
                           ("hard.onnx", "hard links"),
                           ("pipe.onnx", "not a regular file"),
                           ("none.onnx", "No such file"),
                           ("text.onnx", "text, not a model")):
            done = register(registry, f"{below}/{name}",
                            name=name.replace("/", "-"))
            why = why_refused(registry, done.revision)
            assert said in why and "model.onnx" not in why.replace(name, ""), (
                name, why)
        assert not list((node.store / "blobs").rglob("*/*")), "was stored"


@claim
def what_was_not_read_when_the_node_died_is_read_by_the_next(folder):
    below, _ = roots(folder)
    save_matmul(below / "model.onnx")
    with Node(folder, "--root", below) as node, registry_of(node) as registry:
        for number in range(20):
            register(registry, below / "model.onnx", f"1.0.{number}")
        assert not digest_of(registry, "1.0.19"), "nothing was left to read"
        node.kill()
    with serving(folder, "--root", below) as node, \
            registry_of(node) as registry:
        for number in range(20):
            assert eventually("it is read",
                              lambda n=number: digest_of(registry, f"1.0.{n}"))


if __name__ == "__main__":
    sys.exit(main())
