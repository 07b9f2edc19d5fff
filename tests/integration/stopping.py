#!/usr/bin/env python3
"""Signals and kills in any stage: the run ends, nothing partial stands under a
final name, the store is usable, the next run whole."""
# trivium-test: serial timeout=900

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import large_models
from scenario.claims import Skip, claim, main
from scenario.program import (blobs, nothing_left, refused, staged,
                              succeed_json)
from scenario.running import Running, interfered

SHAPE = (1024, 4096)  # 16 MiB
BOTH = (signal.SIGINT, signal.SIGTERM)


def large_model(folder):
    large_models.wants_disk(folder, 4)
    return large_models.large_safetensors(folder / "m.safetensors", 20, SHAPE)


def ended_by(running, number):
    """The exit status tells the signal, stderr holds one line at most."""
    assert running.code == 128 + number, (running.code, running.err)
    assert len(running.err) <= 1, running.err


def stopped(begin, tidy, stages):
    """Runs that got a signal in each stage, as they end."""
    for stage in stages:
        for number in BOTH:
            running = interfered(
                stage, begin, lambda r: r.child.send_signal(number), tidy)
            ended_by(running, number)
            yield f"signal {number} in {stage}"


def killed(begin, tidy, stages, is_met=lambda: True):
    for stage in stages:
        running = interfered(stage, begin, lambda r: r.child.kill(), tidy,
                             is_met)
        assert running.code == -signal.SIGKILL, (running.code, running.err)
        yield stage, running


def content(out):
    """Every file of a finished output: a signal that comes after the last
    rename finds it whole, and then that is what must be there."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in out.iterdir()}


class Quantizing:
    """`trivium quantize` of the large model, and what it makes if left
    alone."""

    def __init__(self, folder):
        self.folder, self.out = folder, folder / "out"
        self.arguments = ("quantize", large_model(folder), "--recipe", "int8",
                          "--out", self.out)
        self.finished = self.whole()

    def begin(self):
        return Running(self.folder, *self.arguments)

    def tidy(self):
        shutil.rmtree(self.out, ignore_errors=True)

    def whole(self):
        succeed_json(self.folder, *self.arguments)
        finished = content(self.out)
        self.tidy()
        return finished

    def expect_whole_or_nothing(self, what):
        if self.out.exists():
            assert content(self.out) == self.finished, what
            self.tidy()


@claim
def a_stopped_quantize_leaves_nothing(folder):
    quantizing = Quantizing(folder)
    for what in stopped(quantizing.begin, quantizing.tidy,
                        ("write", "quantize")):
        quantizing.expect_whole_or_nothing(what)
        nothing_left(folder)
        assert [p.name for p in folder.iterdir()] == ["m.safetensors"], what
    assert quantizing.whole() == quantizing.finished


@claim
def a_killed_quantize_leaves_nothing_under_the_final_name(folder):
    quantizing = Quantizing(folder)
    for stage, _ in killed(quantizing.begin, quantizing.tidy,
                           ("write", "quantize")):
        quantizing.expect_whole_or_nothing(stage)
        assert quantizing.whole() == quantizing.finished, stage


@claim
def a_signal_before_anything_was_done_ends_it(folder):
    """Also before main() has blocked it, when it ends the process itself."""
    quantizing = Quantizing(folder)
    for number in BOTH:
        running = interfered(None, quantizing.begin,
                             lambda r: r.child.send_signal(number),
                             quantizing.tidy, attempts=50)
        assert running.code in (128 + number, -number), running.code
        assert len(running.err) <= 1, running.err
        quantizing.expect_whole_or_nothing(number)
        assert [p.name for p in folder.iterdir()] == ["m.safetensors"]


class Pipeline:
    """`trivium pipeline` of the large model into a store of its own."""

    STAGES = ("ingest", "write", "quantize", "verify")

    def __init__(self, folder):
        self.folder, self.log = folder, folder / "log"
        settings = folder / "settings.yaml"
        settings.write_text("log:\n  level: info\n  format: json\n"
                            f"  file: {self.log}\n")
        self.arguments = ("pipeline", large_model(folder), "--recipe", "int8",
                          "--name", "m", "--config", settings)

    def begin(self):
        return Running(self.folder, *self.arguments)

    def tidy(self):
        shutil.rmtree(self.folder / "store", ignore_errors=True)
        shutil.rmtree(self.folder / "to", ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def start_once(self):
        """Any command opens the store, and so settles what was left."""
        assert succeed_json(self.folder, "store", "gc", "--dry-run")["dry_run"]

    def expect_no_alias(self):
        refused(self.folder, "pull", "default/m@production", "--to",
                self.folder / "to", says=["m"])

    def expect_a_whole_run(self):
        """It begins from zero: nothing of the stopped run is taken for done."""
        told = succeed_json(self.folder, *self.arguments)
        assert told["state"] == "Deployed", told
        assert not told["variant_was_known"] and told["quantized"], told
        pulled = succeed_json(self.folder, "pull", "default/m@production",
                              "--to", self.folder / "to")
        assert pulled["artifact"] == told["variant"]
        nothing_left(self.folder)
        return told

    def events(self, job):
        lines = [json.loads(line) for line in self.log.open()]
        return [line["what"] for line in lines
                if line["message"] == "event" and line["job"] == job]


@claim
def a_stopped_pipeline_leaves_a_usable_store(folder):
    pipeline = Pipeline(folder)
    for what in stopped(pipeline.begin, pipeline.tidy, Pipeline.STAGES):
        # What a hurried end left in staging, the next start removes.
        pipeline.start_once()
        assert staged(folder) == [], what
        pipeline.expect_no_alias()
        pipeline.expect_a_whole_run()
        pipeline.tidy()


def is_stored(folder, words):
    """Whether the newest records hold the words. No command shows a job's
    record; RocksDB's log has it as it was written."""
    return any(words.encode() in log.read_bytes()
               for log in (folder / "store/metadata/rocksdb").glob("*.log"))


@claim
def a_killed_pipeline_is_interrupted_and_runs_again_from_zero(folder):
    pipeline = Pipeline(folder)
    for stage, running in killed(
            pipeline.begin, pipeline.tidy, Pipeline.STAGES,
            lambda: not is_stored(folder, "production")):
        job = f"process {running.child.pid} ended before the job"
        assert not is_stored(folder, job), stage
        is_begun = is_stored(folder, "int8: Quantizing")
        assert is_begun or stage == "ingest", stage
        pipeline.start_once()
        assert is_stored(folder, job), f"{stage}: the job is not interrupted"
        assert is_stored(folder, "interrupted") == is_begun, (
            f"{stage}: the variant's reason")
        assert staged(folder) == [], stage
        pipeline.expect_no_alias()
        told = pipeline.expect_a_whole_run()
        assert "int8: Quantizing" in pipeline.events(told["job"]), stage
        pipeline.tidy()


def shares_blocks(folder):
    (folder / "a").write_text("a")
    done = subprocess.run(["cp", "--reflink=always", "a", "b"], cwd=folder,
                          capture_output=True)
    (folder / "a").unlink()
    (folder / "b").unlink(missing_ok=True)
    return done.returncode == 0


def safetensors_to_truncate(folder):
    model = large_model(folder)
    return model, model, "int8"


def gguf_to_truncate(folder):
    large_models.wants_disk(folder, 4)
    model = large_models.large_gguf(folder / "m.gguf", 20, SHAPE)
    return model, model, "q8_0"


def external_data_to_truncate(folder):
    large_models.wants_disk(folder, 4)
    model = large_models.large_onnx(folder / "m.onnx", 20, 2048)
    return model, folder / "weights.bin", "int8"


def removed(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def truncated_while_read(folder, make):
    """Cut before the first byte was read, and while tiles or copies are read:
    the run is refused, and nothing of it stays."""
    stages = {"quantize": "quantize", "pipeline": "ingest"}
    if shares_blocks(folder):  # then nothing is read while it is taken in
        del stages["pipeline"]
    model, weights, recipe = make(folder)
    whole = weights.stat().st_size
    for command, stage in stages.items():
        where = (("--out", folder / "out") if command == "quantize"
                 else ("--name", "m"))

        def begin():
            os.truncate(weights, whole)  # what was cut comes back as zeros
            return Running(folder, command, model, "--recipe", recipe, *where)

        def cut(_):
            os.truncate(weights, 1 << 20)

        def tidy():
            removed(folder / "out")
            removed(folder / "store")

        early = begin()
        cut(early)
        for running in (early.end(), interfered(stage, begin, cut, tidy)):
            seen = (command, running.code, running.err)
            assert running.code == 1, seen
            assert len(running.err) == 1, seen
            assert running.err[0].startswith("trivium: "), seen
            assert not (folder / "out").exists(), seen
            nothing_left(folder)
            assert blobs(folder) == set(), "half a model was registered"
        tidy()
    if "pipeline" not in stages:
        raise Skip("this file system shares blocks: a pipeline copies nothing")


@claim
def a_safetensors_truncated_while_it_is_read_is_refused(folder):
    truncated_while_read(folder, safetensors_to_truncate)


@claim
def a_gguf_truncated_while_it_is_read_is_refused(folder):
    truncated_while_read(folder, gguf_to_truncate)


@claim
def external_data_truncated_while_it_is_read_is_refused(folder):
    truncated_while_read(folder, external_data_to_truncate)


if __name__ == "__main__":
    sys.exit(main())
