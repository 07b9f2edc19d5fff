"""Runs `trivium` and looks at what it leaves behind."""

import dataclasses
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("TRIVIUM_BUILD", ROOT / "build/release"))
BINARY = pathlib.Path(os.environ.get("TRIVIUM_BIN", BUILD / "bin/trivium"))


@dataclasses.dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def environment(folder, **more):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("TRIVIUM_")}
    return {**kept, "HOME": str(folder), "XDG_DATA_HOME": str(folder),
            "TRIVIUM_STORE": str(folder / "store"),
            **{name: str(value) for name, value in more.items()}}


def start(folder, *arguments, env=None, before=(), **options):
    """A running `trivium`; `before` is a command that starts it."""
    return subprocess.Popen(
        [*map(str, before), str(BINARY), *map(str, arguments)],
        cwd=folder, env=environment(folder, **(env or {})),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, errors="replace", **options)


def run(folder, *arguments, env=None, before=(), timeout=120, **options):
    """The store lies in `folder`, and so does what it prints about itself."""
    child = start(folder, *arguments, env=env, before=before, **options)
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise
    return Result(child.returncode, out, err)


def succeed(folder, *arguments, **options):
    result = run(folder, *arguments, **options)
    assert result.code == 0, f"{arguments}: {result}"
    return result


def succeed_json(folder, *arguments, **options):
    return succeed(folder, *arguments, "--json", **options).json


def says_one_line(result, *words, codes=(1, 2)):
    """The refusal is one clear line, and holds every one of `words`."""
    lines = result.err.splitlines()
    assert result.code in codes, result
    assert len(lines) == 1 and lines[0].startswith("trivium: "), result
    assert result.err.isprintable() or result.err.strip().isprintable(), result
    for word in words:
        assert str(word) in result.err, f"no {word!r} in {result.err!r}"


def refused(folder, *arguments, says=(), codes=(1, 2), **options):
    """The command is refused, with nothing left behind."""
    result = run(folder, *arguments, "--quiet", **options)
    try:
        says_one_line(result, *says, codes=codes)
        assert result.out == "", result
    except AssertionError as wrong:
        raise AssertionError(f"{arguments}: {wrong}") from None
    nothing_left(folder)
    return result


def nothing_left(folder):
    """No unfinished file anywhere, nothing staged in the store."""
    assert staged(folder) == [], staged(folder)
    unfinished = [path for path in folder.rglob("*")
                  if ".partial" in path.name or path.name.endswith(".tmp")
                  and "rocksdb" not in path.parts]
    assert not unfinished, unfinished


def staged(folder, store="store"):
    staging = folder / store / "staging"
    return sorted(staging.iterdir()) if staging.is_dir() else []


def blobs(folder, store="store"):
    return {path.name for path in (folder / store / "blobs").glob("*/*")}
