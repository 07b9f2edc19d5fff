#!/usr/bin/env python3
"""A node: its door beside CAF's plain TCP port, its rest, its answers.

    node.py BUILD

The door and a TCP port of CAF's own in one process, asked in turn by another,
1 and 64 requests outstanding, ROUNDS rounds of 1.5 s: the median of the ratios
of a round, spread = their quartiles' distance / median. Then `trivium serve` on
an empty store: its start, what it takes at rest (thread by thread, from
/proc/PID/task/*/schedstat), how soon it answers `status` at rest and while its
lanes are busy with a made-up safetensors model, and how soon a job that is
cancelled then has ended. A JSON line a figure.
"""

import contextlib
import datetime
import json
import pathlib
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROUNDS = 9
REST_SECONDS = 20
ANSWER_SECONDS = 6
TENSORS, ROWS, COLUMNS = 24, 4096, 4096  # 1.6 GB of f32


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else "unknown"


CPU, DATE = processor(), datetime.date.today().isoformat()


def figure(metric, value, unit, *, peer=None, peer_value=None, ratio=None,
           spread=None, target=None, met=None):
    print(json.dumps({
        "bench": "node", "metric": metric, "value": value, "unit": unit,
        "peer": peer, "peer_value": peer_value, "ratio": ratio,
        "spread": spread, "target": target, "met": met, "cpu": CPU,
        "date": DATE}), flush=True)


# --- the door --------------------------------------------------------------------

def door_rounds(bench, folder):
    socket = folder / "door.sock"
    with subprocess.Popen([bench, "serve", socket], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as server:
        port = server.stdout.readline().strip()
        done = subprocess.run([bench, "measure", socket, port, str(ROUNDS)],
                              capture_output=True, text=True, timeout=600)
        server.stdin.close()
        server.wait(timeout=30)
    if done.returncode:
        sys.exit(f"bench_door: {done.stdout}{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def measure_door(bench, folder):
    rounds = door_rounds(bench, folder)
    for outstanding in (1, 64):
        by_way = {way: [r for r in rounds if r["way"] == way
                        and r["outstanding"] == outstanding]
                  for way in ("door", "tcp")}
        ratios = sorted(door["per_second"] / tcp["per_second"] for door, tcp
                        in zip(by_way["door"], by_way["tcp"]))
        low, middle, high = statistics.quantiles(ratios, n=4)
        median = {(way, key): statistics.median(r[key] for r in some)
                  for way, some in by_way.items()
                  for key in ("per_second", "p50_us", "p99_us")}
        figure(f"round trips, {outstanding} outstanding",
               median["door", "per_second"], "1/s", peer="CAF BASP on TCP",
               peer_value=median["tcp", "per_second"], ratio=round(middle, 3),
               spread=round((high - low) / middle, 3), target=">= 0.8",
               met=middle >= 0.8)
        for key in ("p50_us", "p99_us"):
            figure(f"{key[:3]}, {outstanding} outstanding",
                   median["door", key], "us", peer="CAF BASP on TCP",
                   peer_value=median["tcp", key],
                   ratio=round(median["door", key] / median["tcp", key], 3))


# --- a node at rest and at work ----------------------------------------------------

@contextlib.contextmanager
def serving(trivium, store):
    begin = time.monotonic()
    node = subprocess.Popen(
        [trivium, "serve", "--json", "--grpc", "127.0.0.1:0", "--store", store,
         "--log-level", "error"],
        stdout=subprocess.PIPE, text=True)
    node.stdout.readline()
    node.started_in = time.monotonic() - begin
    try:
        yield node
    finally:
        begin = time.monotonic()
        node.send_signal(signal.SIGTERM)
        node.wait(timeout=30)
        node.stopped_in = time.monotonic() - begin


def busy_seconds(pid):
    spent = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            spent += int((task / "schedstat").read_text().split()[0])
    return spent / 1e9


def resident(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) * 1024


def measure_rest(node):
    time.sleep(1)
    before = busy_seconds(node.pid)
    time.sleep(REST_SECONDS)
    share = (busy_seconds(node.pid) - before) / REST_SECONDS * 100
    figure("at rest, of a core", round(share, 4), "%", target="< 0.1",
           met=share < 0.1)
    megabytes = resident(node.pid) / 2**20
    figure("at rest, resident", round(megabytes, 1), "MiB", target="< 60",
           met=megabytes < 60)


def answers(bench, store, *model):
    done = subprocess.run([bench, store, str(ANSWER_SECONDS), *model],
                          capture_output=True, text=True, timeout=300)
    if done.returncode:
        sys.exit(f"bench_answers: {done.stderr}")
    return json.loads(done.stdout)


def write_model(path):
    size = ROWS * COLUMNS * 4
    header = json.dumps({
        f"layer.{i}.weight": {"dtype": "F32", "shape": [ROWS, COLUMNS],
                              "data_offsets": [i * size, (i + 1) * size]}
        for i in range(TENSORS)}).encode()
    header += b" " * (-len(header) % 8)
    block = struct.pack("<1024f", *((i % 127) / 127 for i in range(1024)))
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(header)) + header)
        for _ in range(TENSORS * size // len(block)):
            out.write(block)


def measure_answers(bench, store, folder):
    rest = answers(bench, store)
    figure("status at rest, p50", rest["p50_ms"], "ms")
    figure("status at rest, p99", rest["p99_ms"], "ms")
    model = folder / "model.safetensors"
    write_model(model)
    busy = answers(bench, store, model)
    figure("status while lanes are busy, p50", busy["p50_ms"], "ms")
    figure("status while lanes are busy, p99", busy["p99_ms"], "ms",
           target="<= 20", met=busy["p99_ms"] <= 20)
    figure("lanes busy meanwhile", busy["busy_lanes"], "of all")
    figure("cancel until its lanes are free, median",
           busy["lanes_free_p50_ms"], "ms")
    figure("cancel until its lanes are free, longest",
           busy["lanes_free_max_ms"], "ms", target="<= 50",
           met=busy["lanes_free_max_ms"] <= 50)
    figure("cancel until the job has ended, median", busy["ended_p50_ms"],
           "ms")
    figure("cancel until the job has ended, longest", busy["ended_max_ms"],
           "ms")


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    bin_folder = pathlib.Path(arguments[0]) / "release/bin"
    trivium = bin_folder / "trivium"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        measure_door(bin_folder / "bench_door", folder)
        store = folder / "store"
        with serving(trivium, store) as node:
            figure("start on an empty store", round(node.started_in, 3), "s",
                   target="<= 1", met=node.started_in <= 1)
            measure_rest(node)
            measure_answers(bin_folder / "bench_answers", store, folder)
        figure("stop", round(node.stopped_in, 3), "s", target="<= 5",
               met=node.stopped_in <= 5)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
