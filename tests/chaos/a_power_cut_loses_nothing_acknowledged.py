#!/usr/bin/env python3
"""After a power cut at any instant a disk has what was synced, and perhaps some
of what was not: all that was acknowledged is there, nothing is there by half,
and work goes on."""
# trivium-test: serial timeout=900

import concurrent.futures
import os
import pathlib
import random
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import scenario  # noqa: F401,E402  (moves into the peers' environment)
from scenario.acknowledged import Oracle  # noqa: E402
from scenario.claims import claim, main  # noqa: E402
from scenario.node import HANG_SECONDS, Node  # noqa: E402
from scenario.onnx_models import save_matmul  # noqa: E402
from scenario.power_cut import Cut, place  # noqa: E402
from scenario.program import run, succeed, succeed_json  # noqa: E402
from scenario.registry import registry_of  # noqa: E402

SEED = int(os.environ.get("TRIVIUM_SEED") or random.getrandbits(32))
CUTS = int(os.environ.get("TRIVIUM_CHAOS_CUTS") or 30)
STARTING_CALLS = 100  # about: the rest of them are registrations
CALLS = 1200  # so that the head record's own sync is among them


def serve_until(cut, oracle):
    """Clients register at a node until its power is cut."""
    try:
        node = Node(cut.folder, env=cut.environment)
    except AssertionError:  # cut as it started
        assert cut.happened(), (cut.folder / "node.log").read_text()[-2000:]
        return
    with node:
        try:
            with registry_of(node) as registry:
                threads = oracle.clients(registry.address)
        except OSError:
            threads = []
        node.child.wait(HANG_SECONDS)
        for thread in threads:
            thread.join()
    assert cut.happened(), f"{cut}: {node.end_of_log()}"


def expect_everything(folder, oracle):
    with Node(folder) as node, registry_of(node) as registry:
        oracle.expect_everything(registry)


@claim
def an_acknowledged_registration_survives(folder):
    turn = random.Random(SEED)
    oracle = Oracle(SEED)
    expect_everything(folder, oracle)
    shutil.rmtree(folder / "store")
    for number in range(CUTS):
        at = turn.randrange(1, CALLS if number % 3 else STARTING_CALLS)
        cut = Cut(folder, at, seed=number % 2 * turn.getrandbits(32))
        serve_until(cut, oracle)
        cut.power_returns()
        try:
            expect_everything(folder, oracle)
        except Exception as why:
            raise AssertionError(f"{cut}; TRIVIUM_SEED={SEED}") from why
    oracle.expect_order()
    assert len(oracle.versions) > CUTS, len(oracle.versions)


@claim
def a_log_that_is_not_synced_is_found_out(folder):
    oracle = Oracle(SEED)
    expect_everything(folder, oracle)
    cut = Cut(folder, STARTING_CALLS + 200, liar="metadata")
    serve_until(cut, oracle)
    assert oracle.versions
    cut.power_returns()
    try:
        expect_everything(folder, oracle)
    except AssertionError as why:
        assert "was acknowledged" in str(why), why
    else:
        raise AssertionError("acknowledged without a sync, and nothing lost")


class Publish:
    """`trivium pipeline` of version 1.0.1, into a store that is new or has
    deployed 1.0.0."""

    def __init__(self, folder, has_earlier):
        self.folder = folder
        self.base = folder / "base"
        self.base.mkdir(parents=True, exist_ok=True)
        self.models = [save_matmul(folder / f"{n}.onnx", seed=n)
                       for n in range(2)]
        self.bytes = []
        for number in range(2):
            out = folder / f"whole-{number}.onnx"
            store = {"TRIVIUM_STORE":
                     self.base if has_earlier and number == 0 else
                     folder / f"other-{number}"}
            succeed(folder, *self.words(number), "--out", out, env=store)
            self.bytes.append(out.read_bytes())
        self.allowed = [self.bytes[1],
                        self.bytes[0] if has_earlier else None]

    def words(self, number=1):
        return ("pipeline", self.models[number], "--recipe", "int8", "--name",
                "m", "--version", f"1.0.{number}", "--allow-unverified")

    def cut(self, at, seed=0, liar=""):
        shutil.rmtree(self.folder / "store", ignore_errors=True)
        shutil.copytree(self.base, self.folder / "store")
        cut = Cut(self.folder, at, seed, liar)
        result = run(self.folder, *self.words(), env=cut.environment)
        assert result.code == 0 if at == 0 else (
            result.code == 0 or cut.happened()), result
        cut.is_acknowledged = result.code == 0
        return cut

    def pulled(self):
        """The bytes behind the alias; None where there is none."""
        to = self.folder / "to"
        shutil.rmtree(to, ignore_errors=True)
        result = run(self.folder, "pull", "m@production", "--to", to, "--json")
        if result.code != 0:
            assert result.json["error"]["code"] == "not_found", result
            return None
        (file,) = [path for path in (to / "current").resolve().iterdir()
                   if path.is_file()]
        return file.read_bytes()

    def expect_whole(self, is_acknowledged):
        if (self.folder / "store/metadata/head").exists():
            told = succeed_json(self.folder, "store", "check")
            assert told["is_whole"], told
        seen = self.pulled()
        assert seen in self.allowed[:1 if is_acknowledged else 2], (
            seen and len(seen))
        succeed(self.folder, *self.words())
        assert self.pulled() == self.bytes[1]


def points(calls, turn):
    """Of each kind of call on each kind of thing, one: its number."""
    kinds = {}
    for number, call in enumerate(calls, start=1):
        kinds.setdefault(place(call), []).append(number)
    found = [turn.choice(numbers) for numbers in kinds.values()]
    turn.shuffle(found)
    return found


def cut_publishes(folder, has_earlier):
    turn = random.Random(SEED + has_earlier)
    publish = Publish(folder / f"earlier-{has_earlier}", has_earlier)
    calls = publish.cut(0).calls()
    wanted = points(calls, turn)
    if has_earlier:  # a database is opened in the other store, too
        opened = next(number for number, call in enumerate(calls, start=1)
                      if call.startswith("mkdir staging"))
        wanted = [at for at in wanted if at >= opened]
    for at in [0, *wanted[:CUTS // 2]]:
        seed = at % 2 * turn.getrandbits(32)
        cut = publish.cut(at, seed)
        cut.power_returns()
        try:
            publish.expect_whole(cut.is_acknowledged)
        except Exception as why:
            raise AssertionError(
                f"{cut}, disk's seed {seed}; TRIVIUM_SEED={SEED}") from why


@claim
def a_publish_is_whole_or_not_there(folder):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda has: cut_publishes(folder, has), (False, True)))


@claim
def a_new_head_record_outlives_a_torn_first_write(folder):
    publish = Publish(folder, has_earlier=False)
    first = publish.cut(0).calls().index("pwrite metadata/head") + 1
    publish.cut(first).power_returns()
    head = (folder / "store/metadata/head").read_bytes()
    one, other = head[:len(head) // 2], head[len(head) // 2:]
    assert one.startswith(b"TRIVHED1") and one == other, (one[:24], other[:24])


@claim
def a_blob_that_is_not_synced_is_found_out(folder):
    publish = Publish(folder, has_earlier=True)
    for liar in ("blobs", "staging"):  # its name, its bytes
        cut = publish.cut(0, liar=liar)
        cut.power_returns()
        try:
            publish.expect_whole(cut.is_acknowledged)
        except AssertionError as why:
            assert '"is_whole":false' in str(why), why
        else:
            raise AssertionError(f"{liar}: not synced, and nothing lost")


if __name__ == "__main__":
    sys.exit(main())
