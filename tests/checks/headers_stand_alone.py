#!/usr/bin/env python3
# trivium-test: serial timeout=900
"""Each header compiles when it is the first that a source file includes.

A header that its own source includes first has proved it in the release build,
unless a precompiled header lent what is missing. For each other one a line of
source is compiled with the flags of that build; Ninja knows which of them a
change concerns.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(os.environ["TRIVIUM_ROOT"])
BUILD = pathlib.Path(os.environ["TRIVIUM_BUILD"])
WORK = BUILD / "headers"
FOLDERS = ("messages", "config", "storage", "accelerators", "actors", "tools",
           "tests")

NINJA = """\
rule header
  command = {compiler} $flags -MD -MF $out.d -c $in -o $out
  depfile = $out.d
  deps = gcc
  description = $in
"""


def proved(commands):
    """Headers that a source of the release build includes first."""
    for entry in commands:
        source = pathlib.Path(entry["file"])
        if "cmake_pch" in entry["command"] or not source.is_file():
            continue
        first = re.search(r'^#include "(.*)"', source.read_text(), re.MULTILINE)
        if first and pathlib.Path(first.group(1)).stem == source.stem:
            yield pathlib.Path(first.group(1))


def flags(commands):
    """Include folders, definitions, warnings and the standard, of all sources
    together. No optimisation: only errors are wanted."""
    seen = {}
    for entry in commands:
        words = shlex.split(entry["command"])
        for here, after in zip(words, words[1:] + [""]):
            if here in ("-I", "-isystem"):
                seen[f"{here} {shlex.quote(after)}"] = True
            elif re.match(r"-(I.|std=|W(?!l,)|DCAF_|D\w*FMT|DSPDLOG)", here):
                seen[shlex.quote(here)] = True
    return " ".join([*seen, "-O0", "-Wno-unused"])


def compiler():
    cache = (BUILD / "CMakeCache.txt").read_text()
    found = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache, re.MULTILINE)
    words = ["ccache"] if shutil.which("ccache") else []
    return " ".join(shlex.quote(word) for word in [*words, found.group(1)])


def write_if_other(path, text):
    if not path.is_file() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def escaped(path):
    return re.sub(r"([$ :])", r"$\1", str(path))


def main():
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    lines = [NINJA.format(compiler=compiler().replace("$", "$$")),
             f"flags = {flags(commands).replace('$', '$$')}\n"]
    headers = {header.relative_to(ROOT) for folder in FOLDERS
               for header in (ROOT / folder).rglob("*.hpp")}
    for header in sorted(headers - set(proved(commands))):
        source = WORK / header.with_suffix(".cpp")
        write_if_other(source, f'#include "{header}"\n')
        lines.append(f"build {escaped(source.with_suffix('.o'))}: header "
                     f"{escaped(source)}\n")
    write_if_other(WORK / "build.ninja", "".join(lines))
    done = subprocess.run(
        ["ninja", "-C", str(WORK), "-k", "0"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(done.stdout)
    return 1 if done.returncode or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
