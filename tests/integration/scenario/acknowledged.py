"""Clients of a node that dies under them, and what it must have afterwards:
everything that it acknowledged, under the revisions that it told. The oracle
is this process."""

import itertools
import random
import threading
import time

import grpc
from scenario.registry import Refused, Registry
from scenario.revision_rule import Operation, stale_reads, turned_back

CLIENTS = 4
MODELS = 3
LEASE_SECONDS = 3600
LOOKED_AT = 20


class Oracle:
    """What was acknowledged, and what may or may not have happened."""

    def __init__(self, seed):
        self.seed = seed
        self.lock = threading.Lock()
        self.history = []
        self.versions = {}  # (model, version) → revision
        self.log = {}  # revision → (model, version), as last told
        self.failures = []
        self.numbers = itertools.count(1)

    def register(self, registry, model):
        number = next(self.numbers)
        version = f"1.0.{number}"
        begun = time.monotonic()
        answer = registry.call(
            "Register", timeout=20, model_id=model, version=version,
            storage_uri=f"s3://chaos/{model}/{version}",
            ttl_seconds=0 if number % 5 else LEASE_SECONDS)
        with self.lock:
            self.history.append(Operation(begun, time.monotonic(),
                                          answer.revision, model, version,
                                          True))
            self.versions[model, version] = answer.revision

    def read(self, registry, model):
        """Its highest version."""
        begun = time.monotonic()
        answer = registry.call("Get", timeout=20, model_id=model)
        with self.lock:
            self.history.append(Operation(begun, time.monotonic(),
                                          answer.revision, model,
                                          answer.version, False))

    def _work(self, address, number):
        turn = random.Random(self.seed + number)
        try:
            with Registry(address) as registry:
                while True:
                    model = f"model-{turn.randrange(MODELS)}"
                    self.register(registry, model)
                    self.read(registry, turn.choice(
                        [model, *self.known_models()]))
        except Refused as why:
            if why.code is not grpc.StatusCode.UNAVAILABLE:
                self.failures.append(str(why))

    def known_models(self):
        with self.lock:
            return sorted({model for model, _ in self.versions})

    def clients(self, address):
        """Started; each ends when the node is gone."""
        threads = [threading.Thread(target=self._work, args=(address, number))
                   for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def expect_everything(self, registry):
        """Through the front door, page by page, and as events."""
        head = registry.call("List").revision
        acknowledged = dict(self.versions)
        newest = max(acknowledged.values(), default=0)
        assert head >= newest, (
            f"{newest} was acknowledged, {head} is the head; "
            f"TRIVIUM_SEED={self.seed}")
        seen = self.log = self._log(registry, head)
        assert sorted(seen) == list(range(1, head + 1)), (
            f"gaps in the log; TRIVIUM_SEED={self.seed}")
        lost = [one for one, revision in acknowledged.items()
                if seen.get(revision) != one]
        assert not lost, (
            f"{len(lost)} lost, {lost[:3]}; TRIVIUM_SEED={self.seed}")
        # What nobody was told is there wholly or not at all: the last ones.
        some = random.Random(self.seed).sample(
            range(1, head + 1), min(LOOKED_AT, head))
        for revision in {*some, *range(max(1, head - LOOKED_AT), head + 1)}:
            if head == 0:
                break
            model, version = seen[revision]
            stored = registry.call("Get", model_id=model, version=version)
            assert stored.version_revision == revision, (
                stored, f"TRIVIUM_SEED={self.seed}")

    def _log(self, registry, head):
        """{revision: (model, version)} up to the head."""
        seen = {}
        if not head:
            return seen
        stream = registry.watch(from_revision=1)
        for response in stream:
            for event in response.events:
                assert event.revision not in seen, (event.revision, self.seed)
                seen[event.revision] = (event.model_id, event.version)
            if response.revision >= head:
                break
        stream.cancel()
        return seen

    def _highest(self):
        """What a read of each model sees from each revision on, by the log: it
        has what was done and not told, too."""
        highest = {}
        for revision, (model, version) in sorted(self.log.items()):
            highest[model] = max(highest.get(model, ""), version,
                                 key=lambda text: [int(part) for part
                                                   in text.split(".") if part])
            yield Operation(0, 0, revision, model, highest[model], True)

    def expect_order(self):
        """Nobody saw what the revision rule forbids."""
        assert not self.failures, (self.failures[:3], self.seed)
        broken = [*turned_back(self.history),
                  *stale_reads(self.history, list(self._highest()))]
        assert not broken, (broken[:3], self.seed)
