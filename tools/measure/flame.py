#!/usr/bin/env python3
"""Where a node spends its time under registrations, as a flame graph.

    flame.py BUILD OUT.svg [--seconds S] [--outstanding N]

Starts a node on an empty store, keeps registrations of new models going, and
lets `perf record` look at it meanwhile (99 times a second and core, stacks
unwound by DWARF: Debian's libraries keep no frame pointers). Each frame is as
wide as its share of the samples and stands on what called it; threads stand at
the bottom. Frames below 0.1 % are left out. Needs the packages of
tools/setup/packages-bench.txt.
"""

import argparse
import html
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "registry"))
from servers import Servers  # noqa: E402

WIDTH, ROW, LEAST = 1200, 16, 0.001
LETTER = 6.6  # width of one, at 11 px
KERNEL_FRAMES = 5  # entry, dispatch, the system call and what it does
# By the first that fits: whose code a frame is, and its colour.
OWNERS = (("Trivium", r"trivium::", "#e8743b"),
          ("CAF", r"\bcaf::|libcaf", "#b9a44c"),
          ("RocksDB", r"rocksdb::|librocksdb", "#5899da"),
          ("gRPC, protobuf", r"\bgrpc|grpc_|google::protobuf|libgrpc|libgpr"
           r"|libabsl|absl::", "#6ba57a"),
          ("kernel", r"kernel|\[vdso\]", "#945ecf"),
          ("C, C++ library", r"", "#bababa"))


def shortened(symbol):
    """Without arguments of functions and templates."""
    kept, depth = "", 0
    for letter in symbol.replace("operator()", "call").replace("->", ""):
        depth += letter in "<({"
        kept += letter if not depth else ""
        depth -= letter in ">)}" and depth > 0
    return kept.replace(" const", "").strip() or symbol


def owner(symbol, library):
    return next(colour for _, pattern, colour in OWNERS
                if re.search(pattern, f"{symbol} {library}"))


class Frame:
    def __init__(self, name, colour):
        self.name, self.colour = name, colour
        self.samples, self.children = 0, {}

    def child(self, name, colour):
        return self.children.setdefault(name, Frame(name, colour))

    def depth(self, least):
        return 1 + max((child.depth(least) for child in self.children.values()
                        if child.samples >= least), default=0)


def folded(script):
    """The tree of what `perf script -F comm,ip,sym,dso` prints."""
    root = Frame("all", "#dddddd")
    for sample in script.split("\n\n"):
        lines = [line for line in sample.splitlines() if line.strip()]
        if not lines:
            continue
        root.samples += 1
        here = root.child(lines[0].strip(), "#dddddd")
        here.samples += 1
        in_kernel = 0
        for line in reversed(lines[1:]):
            found = re.match(r"\s*[0-9a-f]+ (.*) \((.*)\)$", line)
            if not found:
                continue
            symbol = re.sub(r"\+0x[0-9a-f]+$", "", found.group(1))
            library = found.group(2).rsplit("/", 1)[-1]
            name = shortened(symbol)
            if symbol == "[unknown]":
                name = f"[{library.strip('[]')}]"
            in_kernel += "kernel" in library
            # Recursion, a neighbour that is unknown too, the depths of Linux.
            if name == here.name or in_kernel > KERNEL_FRAMES:
                continue
            here = here.child(name, owner(name, library))
            here.samples += 1
    return root


def drawn(frame, x, level, height, scale, least):
    """This frame and those above it, as lines of SVG."""
    width = frame.samples * scale
    y = height - (level + 1) * ROW
    share = frame.samples * scale / WIDTH
    name = html.escape(frame.name)
    yield (f'<g><title>{name}: {share:.1%}</title><rect x="{x:.1f}" y="{y}" '
           f'width="{width:.1f}" height="{ROW - 1}" fill="{frame.colour}"/>')
    letters = int((width - 6) / LETTER)
    if letters > 2:
        text = frame.name if len(frame.name) <= letters \
            else frame.name[:letters - 1] + "…"
        yield f'<text x="{x + 3:.1f}" y="{y + 11}">{html.escape(text)}</text>'
    yield "</g>"
    for child in sorted(frame.children.values(), key=lambda f: f.name):
        if child.samples >= least:
            yield from drawn(child, x, level + 1, height, scale, least)
        x += child.samples * scale


def svg(root, title):
    least = max(1, root.samples * LEAST)
    height = root.depth(least) * ROW
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -44 {WIDTH} '
             f'{height + 44}" font-family="monospace" font-size="11">',
             f'<rect y="-44" width="{WIDTH}" height="{height + 44}" '
             'fill="white"/>', f'<text x="4" y="-30">{html.escape(title)}</text>']
    for place, (name, _, colour) in enumerate(OWNERS):
        lines += [f'<rect x="{4 + place * 150}" y="-20" width="11" height="11" '
                  f'fill="{colour}"/>',
                  f'<text x="{19 + place * 150}" y="-11">{name}</text>']
    lines += drawn(root, 0.0, 0, height, WIDTH / root.samples, least)
    return "\n".join([*lines, "</svg>"]) + "\n"


def record(servers, node, seconds, outstanding, into):
    """perf beside a load that lasts a little longer than it."""
    load = subprocess.Popen(
        [servers.bench, "load", "trivium", "register", node.address,
         f"outstanding={outstanding}", f"seconds={seconds + 2}"],
        stdout=subprocess.PIPE, text=True)
    subprocess.run(
        ["perf", "record", "-q", "-F", "99", "--call-graph", "dwarf,16384",
         "-p", str(node.process.pid), "-o", into, "--", "sleep",
         str(seconds)], check=True)
    if load.wait() != 0:
        sys.exit("the load failed")
    return subprocess.run(
        ["perf", "script", "-i", into, "--no-inline", "-F",
         "comm,ip,sym,dso"], check=True, capture_output=True, text=True,
        errors="replace").stdout


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--outstanding", type=int, default=64)
    given = parser.parse_args(arguments)
    (given.build / "scratch").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.build / "scratch") as scratch:
        servers = Servers(given.build.resolve(),
                          pathlib.Path(scratch).resolve())
        with servers.trivium() as node:
            script = record(servers, node, given.seconds, given.outstanding,
                            f"{scratch}/perf.data")
    root = folded(script)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(svg(root, (
        f"{given.outstanding} registrations outstanding for {given.seconds} s, "
        f"{root.samples} samples at 99 Hz a core")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
