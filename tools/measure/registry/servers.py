"""The servers that are measured: each started fresh in a folder of its own on
the same disk, on loopback ports, and stopped again."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.request


MLFLOW_START = 180  # seconds: it loads some hundred Python modules, four times


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Server:
    """A running one: where it listens, and what the kernel knows of it."""

    def __init__(self, name, process, address, folder):
        self.name, self.process = name, process
        self.address, self.folder = address, folder
        self.counters = folder / "counters"

    @property
    def proc(self):
        return pathlib.Path("/proc") / str(self.process.pid)

    def cpu_seconds(self):
        times = (self.proc / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")

    def resident(self):
        text = (self.proc / "status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) * 1024

    def threads(self):
        return len(list((self.proc / "task").iterdir()))

    def descriptors(self):
        """(RocksDB's tables and logs, all others): the first come and go with
        what it merges."""
        tables = others = 0
        for one in (self.proc / "fd").iterdir():
            with contextlib.suppress(OSError):  # closed meanwhile
                if "/rocksdb/" in os.readlink(one):
                    tables += 1
                else:
                    others += 1
        return tables, others

    def written(self):
        """Bytes given to the disk, whole pages each."""
        text = (self.proc / "io").read_text()
        return int(re.search(r"^write_bytes: (\d+)", text, re.M).group(1))

    def counted(self):
        """Allocations, their bytes, syncs, messages: see counters.cpp."""
        return struct.unpack("4Q", self.counters.read_bytes()[:32])


class DoesNotStart(Exception):
    """A server that ended, or did not listen in time."""


def await_port(process, port, limit):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if process.poll() is not None:
            raise DoesNotStart(
                f"{process.args[0]} ended: {process.returncode}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    raise DoesNotStart(f"{process.args[0]} does not listen after {limit} s")


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def run(name, command, folder, port, limit=60, **options):
    """Its output is in FOLDER/log; it listens within LIMIT seconds."""
    with open(folder / "log", "ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL, **options)
    try:
        await_port(process, port, limit)
        yield Server(name, process, f"127.0.0.1:{port}", folder)
    finally:
        stop(process)


class Servers:
    def __init__(self, build, scratch):
        self.bin = pathlib.Path(build) / "release/bin"
        self.mlflow_bin = pathlib.Path(build) / "mlflow/bin"
        self.scratch = pathlib.Path(scratch)
        self.bench = self.bin / "bench_registry"

    @contextlib.contextmanager
    def folder(self, name):
        folder = self.scratch / name
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    @contextlib.contextmanager
    def trivium(self, name="trivium", count=False, env=None):
        with self.folder(name) as folder, \
                self.trivium_in(folder, count, env) as server:
            yield server

    @contextlib.contextmanager
    def trivium_in(self, folder, count=False, env=None):
        """On the store that may be in FOLDER already."""
        port = free_port()
        config = folder / "settings.yaml"
        config.write_text(f'grpc: {{listen: "127.0.0.1:{port}"}}\n')
        environment = dict(os.environ) | (env or {})
        if count:
            environment |= {
                "LD_PRELOAD": str(self.bin / "libbench_counters.so"),
                "TRIVIUM_COUNTERS": str(folder / "counters")}
        with run("trivium",
                 [self.bin / "trivium", "serve", "--quiet", "--config", config,
                  "--store", folder / "store", "--log-level", "warning"],
                 folder, port, env=environment) as server:
            yield server

    def actors(self, server):
        """How many a node has, from its console."""
        done = subprocess.run(
            [self.bin / "trivium", "repl", "--store", server.folder / "store",
             "--json", "-c", "actors"], capture_output=True, text=True,
            timeout=60)
        if done.returncode:
            raise OSError(f"trivium repl -c actors: {done.stderr}")
        return done.stdout.count('"is_detached"')

    @contextlib.contextmanager
    def etcd(self, name="etcd"):
        with self.folder(name) as folder:
            port, peers = free_port(), free_port()
            at, between = (f"http://127.0.0.1:{p}" for p in (port, peers))
            with run("etcd",
                     ["etcd", "--data-dir", folder / "data",
                      "--listen-client-urls", at,
                      "--advertise-client-urls", at,
                      "--listen-peer-urls", between,
                      "--initial-advertise-peer-urls", between,
                      "--initial-cluster", f"default={between}",
                      "--quota-backend-bytes", str(8 << 30),
                      "--log-level", "error"], folder, port) as server:
                # It listens before it has elected itself.
                self.load(server, "etcd", "put", most=1, outstanding=1,
                          channels=1, prefix="elected", warm_up=0)
                yield server

    @contextlib.contextmanager
    def echo(self):
        with self.folder("echo") as folder, subprocess.Popen(
                [self.bench, "echo"], stdout=subprocess.PIPE,
                text=True) as process:
            address = json.loads(process.stdout.readline())["address"]
            try:
                yield Server("echo", process, address, folder)
            finally:
                stop(process)

    @contextlib.contextmanager
    def mlflow(self):
        """As its documentation says, with SQLite on the same disk."""
        with self.folder("mlflow") as folder:
            port = free_port()
            environment = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}
            environment["PATH"] = f"{self.mlflow_bin}:{environment['PATH']}"
            with run("mlflow",
                     [self.mlflow_bin / "mlflow", "server", "--host",
                      "127.0.0.1", "--port", str(port),
                      "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
                      "--artifacts-destination", folder / "artifacts"],
                     folder, port, limit=MLFLOW_START, env=environment,
                     cwd=folder) as server:
                end = time.monotonic() + MLFLOW_START
                while time.monotonic() < end:
                    with contextlib.suppress(OSError):
                        urllib.request.urlopen(
                            f"http://{server.address}/health", timeout=5)
                        break
                    time.sleep(0.1)
                yield server

    def probe(self, name, seconds):
        """`disk` or `rocksdb`, in the folder of all servers."""
        return self._bench([name, self.scratch, str(seconds)], seconds)

    def load(self, server, target, operation, **plan):
        """What bench_registry load says, and what the server spent on it."""
        before = server.cpu_seconds()
        words = [f"{name}={value}" for name, value in plan.items()]
        report = self._bench(["load", target, operation, server.address,
                              *words], plan.get("seconds", 3))
        report["server_cpu_seconds"] = server.cpu_seconds() - before
        if report["errors"]:
            print(f"{server.name} {operation}: {report['errors']} errors: "
                  f"{report['error']}", file=sys.stderr)
        return report

    def _bench(self, words, seconds):
        done = subprocess.run([self.bench, *words], capture_output=True,
                              text=True, timeout=seconds + 120)
        if done.returncode:
            sys.exit(f"bench_registry {words}: {done.stderr}")
        return json.loads(done.stdout)
