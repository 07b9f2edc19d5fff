#!/usr/bin/env python3
"""Nothing is kept among the sources that does not belong there: weights, large
files, secrets, paths of somebody's machine, links that lead outside.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

LARGEST = 512 << 10
# Small ones that tests read, made by a script beside them, may stand here.
GOLDEN = ("tests/golden/", "tests/fuzz/corpus/")
LARGEST_GOLDEN = 64 << 10
WEIGHTS = {".onnx", ".safetensors", ".gguf", ".npy", ".npz", ".pt", ".pth",
           ".bin", ".h5", ".pkl", ".whl", ".zip", ".gz", ".so", ".a", ".o"}

# Written so that they do not find themselves.
PATTERNS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE" r" KEY-----",
    "an access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token": r"\b(?:ghp|gho|ghs|glpat|xox[bap])[-_][0-9A-Za-z-]{20,}",
    "a password in an address": r"\b[a-z]+://[^/\s:@<>$]+:[^/\s:@<>$]+@",
    "a path of one machine":
        r"(?<![\w.])/(?:home|Users|root|work)/[A-Za-z][\w.-]+/",
    "a scratch path": r"(?<![\w.])/tmp" r"/(?:wt|w)/",
}


def tracked(root):
    """Files that git knows or would add; without git all but build/."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z",
         "--cached", "--others", "--exclude-standard"], capture_output=True)
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        return [root / n for n in names if n and os.path.lexists(root / n)]
    return [path for path in root.rglob("*")
            if not path.is_dir() and path.relative_to(root).parts[0]
            not in ("build", ".git") and "__pycache__" not in path.parts]


def complaints(root):
    for path in tracked(root):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            if not path.resolve().is_relative_to(root.resolve()):
                yield f"{name}: a link that leads out of the sources"
            continue
        size = path.stat().st_size
        golden = name.startswith(GOLDEN)
        if size > (LARGEST_GOLDEN if golden else LARGEST):
            yield f"{name}: {size} bytes"
        if path.suffix in WEIGHTS and not golden:
            yield f"{name}: {path.suffix} files are not kept among the sources"
        text = path.read_bytes().decode("utf-8", "replace")
        for what, pattern in PATTERNS.items():
            if found := re.search(pattern, text):
                line = text.count("\n", 0, found.start()) + 1
                yield f"{name}:{line}: {what}"


def finds_planted_ones():
    planted = {
        "key.txt": "-----BEGIN RSA PRIVATE" + " KEY-----",
        "cloud.txt": "id = AKIA" + "ABCDEFGHIJKLMNOP",
        "address.txt": "https://user:word" + "@example.org/",
        "place.txt": "cd /ho" + "me/somebody/sources",
        "model.onnx": "",
        "large.txt": "x" * (LARGEST + 1),
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "clean.txt").write_text("https://example.org/home/page/a\n")
        for name, text in planted.items():
            (root / name).write_text(text)
        found = {line.split(":")[0] for line in complaints(root)}
    return found == set(planted)


def main():
    if not finds_planted_ones():
        print("does not find what it planted, or finds too much")
        return 1
    found = list(complaints(pathlib.Path(os.environ["TRIVIUM_ROOT"])))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
