#!/usr/bin/env python3
"""Signals and kills at any instant: done within 2 s, nothing partial under a
final name, the store usable, the next run whole."""
# trivium-test: serial timeout=900

import hashlib
import os
import shutil
import signal
import sys
import time

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import flat_models as flat
from scenario.claims import Skip, claim, main
from scenario.program import (blobs, nothing_left, staged, start,
                              succeed_json)

GIGABYTE = 10**9
# The program's promise is 2 s; a loaded machine may be late to notice.
LIMIT = 2.0
SLACK = 1.0


def large_model(path, tensors=20):
    """`tensors` of 16 MiB each: a second or more in every stage."""
    if shutil.disk_usage(path.parent).free < 4 * GIGABYTE:
        raise Skip("wants 4 GB of free disk")
    block = flat.random_weights(1024, 4096)
    entries = {f"model.layers.{i}.mlp.up_proj.weight": block
               for i in range(tensors)}
    flat.write_safetensors(path, entries)
    return path


def stop(folder, arguments, after, number):
    """The exit status of a run that got the signal, None if it was done."""
    child = start(folder, *arguments, "--json")
    time.sleep(after)
    if child.poll() is None:
        child.send_signal(number)
        sent = time.monotonic()
        _, err = child.communicate(timeout=30)
        took = time.monotonic() - sent
        if child.returncode != 0:
            assert took < LIMIT + SLACK, f"{took:.2f} s after {after} s"
            # Before main() has blocked it, the signal ends the process.
            assert child.returncode in (128 + number, -number), (
                child.returncode, err)
            assert len(err.splitlines()) <= 1, err
            return child.returncode
    child.communicate()
    assert child.returncode == 0, child.returncode
    return None


def instants(folder, arguments, count, tidy):
    """Instants over the length of a whole run, the first ones close."""
    begun = time.monotonic()
    succeed_json(folder, *arguments)
    whole = time.monotonic() - begun
    tidy()
    return [0.05] + [whole * (i + 0.5) / count for i in range(count)]


def content(out):
    """Every file of a finished output: a signal that comes after the last
    rename finds it whole, and then that is what must be there."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in out.iterdir()}


@claim
def a_stopped_quantize_leaves_nothing(folder):
    model = large_model(folder / "m.safetensors")
    out = folder / "out"
    arguments = ("quantize", model, "--recipe", "int8", "--out", out)
    stopped = 0
    finished = {}

    def tidy():
        finished.update(content(out))
        shutil.rmtree(out)

    for i, after in enumerate(instants(folder, arguments, 4, tidy)):
        code = stop(folder, arguments, after,
                    (signal.SIGINT, signal.SIGTERM)[i % 2])
        if code is None:
            shutil.rmtree(out)
            continue
        stopped += 1
        if out.exists():
            assert content(out) == finished, f"stopped after {after:.2f} s"
            shutil.rmtree(out)
        nothing_left(folder)
        assert sorted(p.name for p in folder.iterdir()) == ["m.safetensors"]
    assert stopped >= 2, f"only {stopped} runs were stopped"
    succeed_json(folder, *arguments)


@claim
def a_stopped_pipeline_leaves_a_usable_store(folder):
    model = large_model(folder / "m.safetensors", 12)
    arguments = ("pipeline", model, "--recipe", "int8", "--name", "m")
    store = folder / "store"
    stopped = 0
    for i, after in enumerate(instants(folder, arguments, 4,
                                       lambda: shutil.rmtree(store))):
        code = stop(folder, arguments, after,
                    (signal.SIGTERM, signal.SIGINT)[i % 2])
        if code is None:
            shutil.rmtree(store)
            continue
        stopped += 1
        # What a hurried end left in staging, the next start removes.
        told = succeed_json(folder, "store", "gc", "--dry-run")
        assert told["dry_run"]
        assert staged(folder) == [], f"stopped after {after:.2f} s"
    assert stopped >= 2, f"only {stopped} runs were stopped"
    told = succeed_json(folder, *arguments)
    assert told["state"] == "Deployed", told
    nothing_left(folder)


@claim
def a_killed_pipeline_is_interrupted_and_runs_again_from_zero(folder):
    model = large_model(folder / "m.safetensors", 12)
    arguments = ("pipeline", model, "--recipe", "int8", "--name", "m")
    for after in (0.3, 0.8, 1.6):
        child = start(folder, *arguments, "--json",
                      env={"TRIVIUM_STORE": folder / f"store-{after}"})
        time.sleep(after)
        child.kill()
        child.communicate()
        if child.returncode == 0:
            continue
        store = {"TRIVIUM_STORE": folder / f"store-{after}"}
        log = folder / f"log-{after}"
        settings = folder / "settings.yaml"
        settings.write_text("log:\n  level: info\n  format: json\n"
                            f"  file: {log}\n")
        told = succeed_json(folder, *arguments, "--config", settings,
                            env=store)
        assert told["state"] == "Deployed", told
        assert not told["variant_was_known"], told
        assert staged(folder, f"store-{after}") == []
        pulled = succeed_json(folder, "pull", "default/m@production", "--to",
                              folder / "to", env=store)
        assert pulled["artifact"] == told["variant"]
        shutil.rmtree(folder / f"store-{after}")


@claim
def a_killed_quantize_leaves_nothing_under_the_final_name(folder):
    model = large_model(folder / "m.safetensors", 12)
    out = folder / "out"
    succeed_json(folder, "quantize", model, "--recipe", "int8", "--out", out)
    finished = content(out)
    shutil.rmtree(out)
    for after in (0.05, 0.2, 0.5):
        child = start(folder, "quantize", model, "--recipe", "int8", "--out",
                      out)
        time.sleep(after)
        child.kill()
        child.communicate()
        if child.returncode == 0:
            shutil.rmtree(out)
            continue
        if out.exists():
            assert content(out) == finished, f"killed after {after} s"
            shutil.rmtree(out)
        succeed_json(folder, "quantize", model, "--recipe", "int8", "--out",
                     out)
        shutil.rmtree(out)


@claim
def a_model_truncated_while_it_is_read_is_refused(folder):
    for command in ("quantize", "pipeline"):
        for after in (0.0, 0.05, 0.2):
            model = large_model(folder / "m.safetensors", 12)
            out = folder / "out"
            where = (("--out", out) if command == "quantize"
                     else ("--name", "m"))
            child = start(folder, command, model, "--recipe", "int8", *where,
                          "--quiet")
            time.sleep(after)
            os.truncate(model, 4096 + int(1e6 * after))
            _, err = child.communicate(timeout=60)
            if child.returncode == 0:  # it had read all of it
                shutil.rmtree(out, ignore_errors=True)
                shutil.rmtree(folder / "store", ignore_errors=True)
                continue
            assert child.returncode == 1, (command, after, child.returncode,
                                           err)
            assert len(err.splitlines()) == 1, err
            assert err.startswith("trivium: "), err
            assert not out.exists()
            nothing_left(folder)
            if command == "pipeline":
                assert blobs(folder) == set(), "half a model was registered"


if __name__ == "__main__":
    sys.exit(main())
