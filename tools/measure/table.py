#!/usr/bin/env python3
"""Prints the figures of benchmarks as a table: table.py FILE.jsonl…"""

import json
import sys

COLUMNS = ("bench", "metric", "value", "unit", "peer", "peer_value", "ratio",
           "target", "met", "spread")


def shown(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main(files):
    figures = [json.loads(line) for file in files
               for line in open(file, encoding="utf-8") if line.strip()]
    rows = [COLUMNS] + [tuple(shown(figure.get(column)) for column in COLUMNS)
                        for figure in figures]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(cell.ljust(width)
                        for cell, width in zip(row, widths)).rstrip())
    for machine in sorted({(f["cpu"], f["date"]) for f in figures}):
        print(f"on {machine[0]}, {machine[1]}")
    return 1 if any(figure.get("met") is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
