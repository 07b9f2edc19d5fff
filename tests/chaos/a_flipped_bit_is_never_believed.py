#!/usr/bin/env python3
"""One bit of a stored file is the other way round: the node refuses to start, or
refuses to read it, or everything it says is as before; it never says something
else."""
# trivium-test: timeout=600

import contextlib
import os
import pathlib
import random
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import scenario  # noqa: F401,E402  (moves into the peers' environment)
from scenario.claims import claim, main  # noqa: E402
from scenario.node import Node  # noqa: E402
from scenario.onnx_models import save_matmul  # noqa: E402
from scenario.program import BINARY, environment  # noqa: E402
from scenario.registry import Refused, registry_of  # noqa: E402
import grpc  # noqa: E402

FLIPS = int(os.environ.get("TRIVIUM_CHAOS_FLIPS") or 12)
MODELS = 40


def fill(registry, begin):
    for number in range(begin, begin + MODELS):
        registry.call("Register", model_id=f"model-{number}", version="1.0.0",
                      storage_uri=f"s3://chaos/{number}", ttl_seconds=0,
                      labels={"number": str(number)})


def all_it_says(registry):
    """What stands and the whole log, as bytes; raises where it is refused."""
    said, token = [], ""
    while True:
        page = registry.call("List", page_token=token)
        said += [one.SerializeToString(deterministic=True)
                 for one in page.models]
        token = page.next_page_token
        if not token:
            break
    for number in range(2 * MODELS):
        said.append(registry.call("Get", model_id=f"model-{number}",
                                  version="1.0.0")
                    .SerializeToString(deterministic=True))
    stream = registry.watch(from_revision=1)
    try:
        for response in stream:
            said += [event.SerializeToString(deterministic=True)
                     for event in response.events]
            if response.revision >= page.revision:
                return said
    finally:
        stream.cancel()
    raise AssertionError("the watch ended")


def flip(path, turn):
    """(byte, bit) that was turned."""
    raw = bytearray(path.read_bytes())
    byte, bit = turn.randrange(len(raw)), turn.randrange(8)
    raw[byte] ^= 1 << bit
    path.chmod(0o644)
    path.write_bytes(raw)
    return byte, bit


def starts_and_says(folder):
    """What a node there says; nothing where it or its answers are refused."""
    try:
        node = Node(folder)
    except AssertionError:  # it did not start
        log = (folder / "node.log").read_text(errors="replace")
        assert log.strip(), "it ended without a word"
        return None
    try:
        with node, registry_of(node) as registry:
            said = all_it_says(registry)
            node.stop()
            return said
    except Refused as why:
        assert why.code in (grpc.StatusCode.DATA_LOSS,
                            grpc.StatusCode.INTERNAL), why
        return None
    except grpc.RpcError as why:  # of the watch
        assert why.code() is grpc.StatusCode.DATA_LOSS, why
        return None


def files_of(store):
    """Those whose bits count, by kind."""
    database = store / "rocksdb"
    return {"WAL": sorted(database.glob("*.log")),
            "SST": sorted(database.glob("*.sst")),
            "MANIFEST": sorted(database.glob("MANIFEST-*")),
            "CURRENT": [database / "CURRENT"],
            "head record": [store / "head"]}


def metadata_folder(store):
    return next(path.parent for path in store.rglob("CURRENT")).parent


@contextlib.contextmanager
def trial_of(good, folder):
    """A copy of what a node left."""
    trial = folder / "trial"
    shutil.copytree(good, trial, ignore=shutil.ignore_patterns("*.sock"))
    (trial / "node.log").unlink(missing_ok=True)
    try:
        yield trial
    finally:
        shutil.rmtree(trial)


@claim
def in_what_the_metadata_engine_wrote(folder):
    turn = random.Random()
    good = folder / "good"
    good.mkdir()
    for begin in (0, MODELS):  # the second start moves the log into tables
        with Node(good) as node, registry_of(node) as registry:
            fill(registry, begin)
            said = all_it_says(registry) if begin else None
            node.kill()
    with trial_of(good, folder) as trial:
        assert starts_and_says(trial) == said, "with no bit flipped"
    outcomes = {}
    where = metadata_folder(good / "store").relative_to(good)
    for kind in files_of(good / where):
        for _ in range(FLIPS):
            with trial_of(good, folder) as trial:
                found = [path for path in files_of(trial / where)[kind]
                         if path.stat().st_size]
                assert found, f"no {kind}"
                path = turn.choice(found)
                place = flip(path, turn)
                now = starts_and_says(trial)
            assert now is None or now == said, (
                f"{path.name}, {place}: says something else")
            outcomes[kind, now is None] = outcomes.get((kind, now is None),
                                                       0) + 1
    # Else nothing that counts was flipped.
    assert outcomes.get(("SST", True), 0) > 0, outcomes


def pulled(trivium, to):
    """The files of the model, by name; nothing where it is refused."""
    done = trivium("pull", "m@production", "--to", to)
    if done.returncode == 0:
        return {path.name: path.read_bytes()
                for path in (to / "current").iterdir()}
    assert done.stderr.strip(), done
    assert not (to / "current").exists(), done
    return None


@claim
def in_an_artifact(folder):
    turn = random.Random()
    model = folder / "model.onnx"
    save_matmul(model)
    store = {"TRIVIUM_STORE": folder / "store"}

    def trivium(*words):
        return subprocess.run(
            [BINARY, *map(str, words)], cwd=folder, text=True,
            env=environment(folder, **store), capture_output=True, timeout=60)

    done = trivium("pipeline", model, "--recipe", "int8", "--name", "m",
                   "--allow-unverified")
    assert done.returncode == 0, done.stderr
    right = pulled(trivium, folder / "right")
    assert right
    model.unlink()  # no origin to mend it from
    blobs = sorted(path for path in (folder / "store/blobs").rglob("*")
                   if path.is_file() and path.stat().st_size)
    detected = 0
    for number in range(FLIPS):
        blob = turn.choice(blobs)
        kept = blob.read_bytes()
        place = flip(blob, turn)
        now = pulled(trivium, folder / f"out-{number}")
        assert now is None or now == right, (blob.name, place)
        detected += now is None
        blob.write_bytes(kept)
    assert detected, "no flip was in what is pulled"


if __name__ == "__main__":
    sys.exit(main())
