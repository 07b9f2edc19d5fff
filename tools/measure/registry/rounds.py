"""Every server in turn, over and over: what stands beside what was measured in
the same minute."""

import collections
import contextlib
import sys

from figures import alone, beside, figure
from mlflow_load import Load
from servers import DoesNotStart

OUTSTANDING = (1, 64, 256)
MAIN = 64  # what the targets are about
MLFLOW_CLIENTS = 16


class Rounds:
    def __init__(self, servers, *, rounds, seconds, without):
        self.servers, self.rounds, self.seconds = servers, rounds, seconds
        self.without = without
        self.seen = collections.defaultdict(list)  # (what, outstanding, key)

    def note(self, what, outstanding, report):
        for key, value in report.items():
            self.seen[what, outstanding, key].append(value)

    def values(self, what, outstanding, key="per_second"):
        return self.seen[what, outstanding, key]

    def measure(self):
        with contextlib.ExitStack() as running:
            load = self._mlflow(running)
            for number in range(self.rounds):
                for outstanding in OUTSTANDING:
                    print(f"  round {number + 1} of {self.rounds}, "
                          f"{outstanding} outstanding …", file=sys.stderr)
                    self._level(outstanding)
                if load:
                    for operation in ("create", "get"):
                        self.note(f"mlflow {operation}", MLFLOW_CLIENTS,
                                  load.run(operation, self.seconds))

    def _mlflow(self, running):
        """None where it is left out."""
        if "mlflow" in self.without:
            return None
        try:
            mlflow = running.enter_context(self.servers.mlflow())
        except DoesNotStart as reason:
            print(f"  MLflow is left out: {reason}", file=sys.stderr)
            return None
        return Load(mlflow.address, MLFLOW_CLIENTS)

    def _level(self, outstanding):
        before = self.servers.probe("disk", 1)
        if outstanding == MAIN:
            self.note("rocksdb", MAIN,
                      self.servers.probe("rocksdb", self.seconds))
        with self.servers.echo() as echo:
            self._run(echo, "trivium", "register", outstanding, "echo")
        # In turn, a step of the one and the same of the other.
        with self._trivium() as trivium, self.servers.etcd() as etcd:
            known = self._run(trivium, "trivium", "register", outstanding)
            self._run(etcd, "etcd", "txn", outstanding, prefix="txn")
            self._run(trivium, "trivium", "stream", outstanding,
                      prefix="stream")
            stored = self._run(etcd, "etcd", "put", outstanding)
            self._run(trivium, "trivium", "get", outstanding, known=known)
            self._run(etcd, "etcd", "range", outstanding, known=stored)
            self._run(trivium, "trivium", "again", outstanding, known=known)
            self._run(trivium, "trivium", "register", outstanding,
                      "trivium watch", watch=1, prefix="watch")
            self._run(etcd, "etcd", "put", outstanding, "etcd watch", watch=1,
                      prefix="watch")
        after = self.servers.probe("disk", 1)
        self.note("disk", outstanding, {key: (value + after[key]) / 2
                                        for key, value in before.items()})

    def _trivium(self):
        return contextlib.nullcontext() if "trivium" in self.without else \
            self.servers.trivium()

    def _run(self, server, target, operation, outstanding, name=None, **plan):
        """How many ids are known afterwards."""
        if server is None:
            return 0
        report = self.servers.load(
            server, target, operation, outstanding=outstanding,
            seconds=self.seconds, channels=min(outstanding, 4), **plan)
        self.note(name or f"{target} {operation}", outstanding, report)
        return report["next"]

    # --- what it comes to ---------------------------------------------------------

    def report(self):
        for key, unit, scale in (("per_second", "1/s", 1), ("p99_us", "ms",
                                                            1000)):
            alone("fdatasync of 400 B, one thread"
                  + (", p99" if unit == "ms" else ""),
                  [value / scale for n in OUTSTANDING
                   for value in self.values("disk", n, key)], unit)
        alone("RocksDB synced, 64 threads", self.values("rocksdb", MAIN), "1/s")
        for outstanding in OUTSTANDING:
            self._peers(outstanding)
            if "trivium" not in self.without:
                self._ours(outstanding)
        for operation in ("create", "get"):
            if rates := self.values(f"mlflow {operation}", MLFLOW_CLIENTS):
                alone(f"MLflow {operation}, {MLFLOW_CLIENTS} clients", rates,
                      "1/s")
        self._errors()

    def _peers(self, outstanding):
        for what, name in (("echo", "gRPC echo"), ("etcd put", "etcd put"),
                           ("etcd txn", "etcd compare-and-swap"),
                           ("etcd range", "etcd linearizable range")):
            if rates := self.values(what, outstanding):
                alone(f"{name}, {outstanding} outstanding", rates, "1/s")
            if p99 := self.values(what, outstanding, "p99_us"):
                alone(f"{name}, {outstanding} outstanding, p99",
                      [us / 1000 for us in p99], "ms")
        if self.values("etcd watch", outstanding):
            alone(f"etcd call to event, {outstanding} outstanding, p50",
                  self._ms("etcd watch", outstanding, "event_p50_us"), "ms")

    def _ours(self, outstanding):
        def at_main(target):
            return target if outstanding == MAIN else None

        at = f"{outstanding} outstanding"
        for operation, way in (("register", "a call each"),
                               ("stream", "in streams")):
            for peer, name, least in (
                    ("rocksdb", "RocksDB synced, 64 threads", 0.5),
                    ("etcd put", "etcd put", 1),
                    ("etcd txn", "etcd compare-and-swap", 3),
                    ("echo", "gRPC echo", None),
                    ("disk", "fdatasync of 400 B, one thread", None)):
                beside(f"durable registrations, {way}, {at}",
                       self.values(f"trivium {operation}", outstanding), "1/s",
                       name, self.values(peer, outstanding),
                       least=at_main(least))
        beside(f"registered again, {at}",
               self.values("trivium again", outstanding), "1/s",
               "etcd compare-and-swap", self.values("etcd txn", outstanding))
        beside(f"linearizable gets, {at}",
               self.values("trivium get", outstanding), "1/s",
               "etcd linearizable range",
               self.values("etcd range", outstanding), least=at_main(5))
        for operation, way in (("register", "a call each"),
                               ("stream", "in streams")):
            for key in ("p50_us", "p99_us", "p999_us"):
                beside(f"registration {key[:-3]}, {way}, {at}", self._ms(
                    f"trivium {operation}", outstanding, key), "ms",
                    "etcd compare-and-swap",
                    self._ms("etcd txn", outstanding, key))
        for key in ("event_p50_us", "event_p99_us"):
            beside(f"call to event {key[6:9]}, {at}", self._ms(
                "trivium watch", outstanding, key), "ms", "etcd put",
                self._ms("etcd watch", outstanding, key),
                most=at_main(1) if "p50" in key else None)
        if outstanding == MAIN:
            for ours, theirs in (("register", "create"), ("get", "get")):
                beside(f"{ours}, {at}", self.values(
                    f"trivium {ours}", outstanding), "1/s",
                    f"MLflow {theirs}, {MLFLOW_CLIENTS} clients",
                    self.values(f"mlflow {theirs}", MLFLOW_CLIENTS))
        for operation, way in (("register", "a call each"),
                               ("stream", "in streams")):
            cpu = self.values(f"trivium {operation}", outstanding,
                              "server_cpu_seconds")
            calls = self.values(f"trivium {operation}", outstanding, "next")
            alone(f"processor time a registration, {way}, {at}",
                  [spent / done * 1e6 for spent, done in zip(cpu, calls)],
                  "us")

    def _ms(self, what, outstanding, key):
        return [us / 1000 for us in self.values(what, outstanding, key)]

    def _errors(self):
        errors = sum(sum(found) for (what, _, key), found in self.seen.items()
                     if key == "errors" and what.startswith("trivium"))
        missing = sum(
            sum(self.values(what, n, "acknowledged"))
            - sum(self.values(what, n, "seen")) + sum(self.values(what, n,
                                                                  "twice"))
            for what in ("trivium watch", "etcd watch") for n in OUTSTANDING)
        figure("errors of ours", errors, "", target="0", met=errors == 0)
        figure("events that were missing or came twice", missing, "",
               target="0", met=missing == 0)
