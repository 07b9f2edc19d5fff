#!/usr/bin/env python3
"""Sends the sample and MiniLM through `trivium pipeline`, stage by stage.

    whole_runs.py BUILD

Each model goes three times, the models in turn, into a new store each time;
a line a stage: the median of seconds, spread = (largest - least) / median.
"""

import datetime
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 3


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else "unknown"


def commands(build):
    models = build / "models"
    return {
        "ppocrv6-rec": [
            models / "PP-OCRv6_rec_small.onnx",
            "--golden", models / "golden/ppocr_rec"],
        "minilm": [models / "minilm"],
    }


def run_once(trivium, arguments):
    with tempfile.TemporaryDirectory() as store:
        done = subprocess.run(
            [trivium, "pipeline", *arguments, "--recipe", "int8",
             "--store", store, "--json"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"trivium pipeline {arguments[0]}: exit {done.returncode}\n"
                 f"{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def measure(build):
    trivium = build / "release/bin/trivium"
    seconds = {}
    for _ in range(ROUNDS):
        for name, arguments in commands(build).items():
            report = run_once(trivium, arguments)
            stages = {stage: figure["seconds"]
                      for stage, figure in report["stages"].items()}
            for stage, took in {**stages, "whole": report["seconds"]}.items():
                seconds.setdefault((name, stage), []).append(took)
    return seconds


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    cpu, date = processor(), datetime.date.today().isoformat()
    for (name, stage), took in measure(pathlib.Path(arguments[0])).items():
        middle = statistics.median(took)
        print(json.dumps({
            "bench": f"pipeline/{name}", "metric": stage,
            "value": round(middle, 4), "unit": "s", "peer": None,
            "peer_value": None, "ratio": None,
            "spread": round((max(took) - min(took)) / middle, 3)
            if middle else 0.0,
            "target": None, "met": None, "cpu": cpu, "date": date}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
