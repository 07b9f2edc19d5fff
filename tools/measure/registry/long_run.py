"""10,000 registrations a second for a minute, then as fast as it goes: whether
anything grows that should not."""

import contextlib
import statistics
import subprocess
import threading
import time

from figures import alone, figure, slope

RATE = 10_000
OUTSTANDING = 256
MODELS = 10_000  # of the run at full speed: a new version each time


class Sampler(threading.Thread):
    """Memory, threads, descriptors each second, actors each fifth (asking for
    those costs the node something)."""

    def __init__(self, servers, server):
        super().__init__(daemon=True)
        self.servers, self.server = servers, server
        self.samples, self.over = [], threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()

    def run(self):
        second = 0
        while not self.over.wait(1.0):
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                # It may be about to end.
                tables, others = self.server.descriptors()
                sample = {"at": time.monotonic(),
                          "resident": self.server.resident(),
                          "threads": self.server.threads(),
                          "RocksDB's files": tables,
                          "other descriptors": others}
                if second % 5 == 0:
                    sample["actors"] = self.servers.actors(self.server)
                self.samples.append(sample)
            second += 1

    def settled(self, key):
        """The values of the last two thirds, when everything has been made."""
        late = self.samples[len(self.samples) // 3:]
        return [sample[key] for sample in late if key in sample]


def report_growth(name, sampler, calls_per_second):
    """Threads, descriptors and actors stay; memory may grow by what is stored
    (a model or a version each time), which is told as bytes a registration:
    1.5 GiB for a million are 1,610 each."""
    figure(f"{name}: RocksDB's files, most",
           max(sampler.settled("RocksDB's files")), "")
    for key, allowed in (("threads", 2), ("other descriptors", 8),
                         ("actors", None)):
        values = sampler.settled(key)
        if not values:
            continue
        moved = max(values) - min(values)
        most = allowed if allowed is not None else max(
            16, statistics.median(values) // 20)
        figure(f"{name}: {key}, median", statistics.median(values), "")
        figure(f"{name}: {key}, largest - least", moved, "",
               target=f"<= {most:g}", met=moved <= most)
    memory = sampler.settled("resident")
    figure(f"{name}: resident, end", memory[-1] / 2**20, "MiB")
    times = sampler.settled("at")
    interval = (times[-1] - times[0]) / max(1, len(times) - 1)
    grown = slope(memory) / interval / calls_per_second
    figure(f"{name}: resident grows, a registration", grown, "B",
           target="<= 1610", met=grown <= 1610)


def paced(servers, seconds, operation, way):
    """Each registration is a new model."""
    with servers.trivium("paced") as node, Sampler(servers, node) as sampler:
        report = servers.load(node, "trivium", operation, rate=RATE,
                              outstanding=OUTSTANDING, seconds=seconds,
                              warm_up=2)
    name = f"{RATE} a second for {seconds} s, {way}"
    alone(f"{name}: reached", [report["per_second"]], "1/s",
          least=RATE * 999 // 1000)
    for key, most in (("p50_us", None), ("p99_us", 20), ("p999_us", None)):
        alone(f"{name}: {key[:-3]}", [report[key] / 1000], "ms", most=most)
    figure(f"{name}: errors", report["errors"], "", target="0",
           met=report["errors"] == 0)
    report_growth(name, sampler, report["per_second"])


def full_speed(servers, seconds):
    with servers.trivium("full") as node:
        servers.load(node, "trivium", "register", most=MODELS, ttl=0,
                     warm_up=0, seconds=600)
        with Sampler(servers, node) as sampler:
            report = servers.load(node, "trivium", "again", known=MODELS,
                                  outstanding=OUTSTANDING, ttl=0,
                                  seconds=seconds, warm_up=2)
    name = f"full speed for {seconds} s"
    alone(f"{name}: {MODELS} models again", [report["per_second"]], "1/s")
    for key in ("p50_us", "p99_us", "p999_us"):
        alone(f"{name}: {key[:-3]}", [report[key] / 1000], "ms")
    figure(f"{name}: errors", report["errors"], "", target="0",
           met=report["errors"] == 0)
    report_growth(name, sampler, report["per_second"])


def measure(servers, seconds):
    for operation, way in (("register", "a call each"),
                           ("stream", "in streams")):
        paced(servers, seconds, operation, way)
        time.sleep(1)
    full_speed(servers, seconds)
