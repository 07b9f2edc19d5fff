"""Lines of build/bench/registry.jsonl, as those of the other benchmarks."""

import datetime
import json
import pathlib
import re
import statistics


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else "unknown"


CPU, DATE = processor(), datetime.date.today().isoformat()


def rounded(value):
    return float(f"{value:.4g}") if isinstance(value, float) else value


def figure(metric, value, unit, *, peer=None, peer_value=None, ratio=None,
           spread=None, target=None, met=None):
    print(json.dumps({
        "bench": "registry", "metric": metric, "value": rounded(value),
        "unit": unit, "peer": peer, "peer_value": rounded(peer_value),
        "ratio": rounded(ratio), "spread": rounded(spread), "target": target,
        "met": met, "cpu": CPU, "date": DATE}, ensure_ascii=False), flush=True)


def spread(values):
    """Distance of the quartiles, as a share of the median."""
    if len(values) < 2 or not statistics.median(values):
        return None
    low, middle, high = statistics.quantiles(values, n=4)
    return (high - low) / middle


def beside(metric, ours, unit, peer, theirs, *, least=None, most=None):
    """One figure of values that were taken in turn: the medians of both, and of
    the ratios of a round, which alone is held to a target."""
    ratios = [a / b for a, b in zip(ours, theirs) if b]
    if not ratios:
        return
    ratio = statistics.median(ratios)
    target, met = None, None
    if least is not None:
        target, met = f">= {least}", ratio >= least
    if most is not None:
        target, met = f"<= {most}", ratio <= most
    figure(metric, statistics.median(ours), unit, peer=peer,
           peer_value=statistics.median(theirs), ratio=ratio,
           spread=spread(ratios), target=target, met=met)


def alone(metric, values, unit, *, least=None, most=None):
    value = statistics.median(values)
    target, met = None, None
    if least is not None:
        target, met = f">= {least}", value >= least
    if most is not None:
        target, met = f"<= {most}", value <= most
    figure(metric, value, unit, spread=spread(values), target=target, met=met)


def slope(values):
    """Least squares, a step of one between the values."""
    middle = (len(values) - 1) / 2
    mean = statistics.fmean(values)
    below = sum((i - middle) ** 2 for i in range(len(values)))
    return sum((i - middle) * (value - mean)
               for i, value in enumerate(values)) / below if below else 0.0
