#!/usr/bin/env python3
"""Includes follow the picture of ARCHITECTURE.md: nothing points back.

The linker refuses most of what points back; headers it does not see. OURS says
what each folder may include of ours, THIRD_PARTY who may know a library. The
longest prefix of a path decides. A source that has a header includes it first.
"""

import os
import pathlib
import re
import sys
import tempfile

OURS = {
    "messages/values": ["messages/values"],
    "messages/protocol": [],
    "messages/wire": ["messages/wire", "messages/values"],
    "messages/service": ["messages/service", "messages/wire",
                         "messages/values"],
    "messages/interfaces": ["messages/interfaces", "messages/values"],
    "config": ["config", "messages/values"],
    "storage": ["storage", "config", "messages/values"],
    # Stored records are the messages that travel.
    "storage/records": ["storage/records", "messages/wire", "messages/values"],
    "accelerators": ["accelerators", "config", "messages/values"],
    "actors": ["actors", "storage", "accelerators", "config", "messages"],
    "actors/client": ["actors/client", "actors/transport", "messages"],
    # BASP over sockets of ours: for a node and for its clients.
    "actors/transport": ["actors/transport", "messages"],
    # Rules without actors, so that tests call them directly.
    "actors/domain": ["actors/domain", "storage", "accelerators", "config",
                      "messages/values"],
    # The child process of the executor is a subcommand of trivium.
    "tools": ["tools", "actors", "config", "messages",
              "accelerators/executor/executor.hpp"],
    # Benchmarks run kernels without a pipeline around them.
    "tools/measure": ["tools/measure", "accelerators", "messages/values"],
    "tools/measure/door.cpp": ["actors", "messages"],
    "tools/measure/answers.cpp": ["actors/client", "tools/measure"],
    "tools/measure/watched_job.hpp": ["actors/client"],
    "tools/measure/registry": ["tools/measure/registry"],
    "tests": ["tests", "tools", "actors", "storage", "accelerators", "config",
              "messages"],
}

# Generated protobuf headers lie under trivium/.
THIRD_PARTY = {
    "caf": ["messages/interfaces", "actors", "tools", "tests"],
    "trivium": ["messages/wire", "messages/interfaces/wire.hpp", "storage",
                "accelerators/executor", "actors", "tools/measure/registry",
                "tests"],
    "google": ["messages/wire", "messages/service", "storage",
               "accelerators/executor", "actors", "tests"],
    "onnx": ["storage/formats", "tests"],
    "rocksdb": ["storage/metadata", "tools/measure/registry", "tests"],
    "simdjson.h": ["storage", "config", "actors", "tests"],
    "yaml-cpp": ["config", "tests"],
    "dnnl.hpp": ["accelerators", "tools/measure", "tests"],
    "openvino": ["accelerators", "tests"],
    "openssl": ["messages/values", "storage", "actors", "tests"],
    "CLI": ["tools"],
    "histedit.h": ["tools/trivium/repl", "tests"],
    "spdlog": ["config", "storage", "accelerators", "actors", "tools", "tests"],
    "boost": ["storage/metadata", "actors", "tests"],
    "grpcpp": ["messages/service", "actors/client/grpc", "actors/gateway/grpc",
               "tools/measure/registry", "tests"],
    "grpc": ["actors/gateway/grpc"],
    "absl": ["actors/gateway/grpc", "tools/measure/registry"],
}
NEVER_IN = {"caf": ["actors/domain"]}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def lies_in(path, folders):
    return any(path == f or path.startswith(f + "/") for f in folders)


def rule_for(path):
    prefixes = [p for p in OURS if lies_in(path, [p])]
    return OURS[max(prefixes, key=len)] if prefixes else None


def wrong_include(path, quoted, target):
    """Why `path` may not include `target`, or None."""
    if quoted:
        top = target.split("/")[0]
        if top in {folder.split("/")[0] for folder in OURS}:
            allowed = rule_for(path)
            return None if lies_in(target, allowed) else (
                f"may include {', '.join(allowed) or 'nothing of ours'}")
        if top == "trivium":  # generated from messages/protocol
            return None if lies_in(path, THIRD_PARTY[top]) else (
                "may not know the wire format")
        return "ours are included from the root of the sources"
    library = target.split("/")[0]
    if lies_in(path, NEVER_IN.get(library, [])) or (
            library in THIRD_PARTY
            and not lies_in(path, THIRD_PARTY[library])):
        return f"may not know {library}"
    return None


def complaints(root):
    sources = [path for folder in {f.split("/")[0] for f in OURS}
               for path in (root / folder).rglob("*.[ch]pp")]
    for source in sorted(sources):
        path = source.relative_to(root).as_posix()
        includes = INCLUDE.findall(source.read_text(encoding="utf-8"))
        for mark, target in includes:
            if why := wrong_include(path, mark == '"', target):
                yield f"{path}: includes {target}, {why}"
        own = source.with_suffix(".hpp")
        first = includes[0][1] if includes else ""
        if (source.suffix == ".cpp" and own.is_file()
                and first != own.relative_to(root).as_posix()):
            yield f"{path}: includes its own header not first"


def finds_planted_ones():
    """The check itself: each of these has to be found, the last not."""
    planted = {
        "storage/formats/a.cpp": '#include "actors/domain/planner.hpp"',
        "storage/formats/b.cpp": '#include "accelerators/device.hpp"',
        "storage/formats/c.cpp": "#include <caf/actor.hpp>",
        "messages/values/d.hpp": '#include "storage/file_io/staged_file.hpp"',
        "actors/domain/e.cpp": "#include <caf/actor.hpp>",
        "tools/trivium/f.cpp": '#include "storage/formats/g.hpp"',
        "accelerators/g.cpp": '#include <vector>\n#include "g.hpp"',
        "accelerators/h.cpp": '#include "messages/values/ec.hpp"',
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text in planted.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text + "\n")
        found = {line.split(":")[0] for line in complaints(root)}
    return found == set(list(planted)[:-1])


def main():
    if not finds_planted_ones():
        print("does not find the wrong includes that it planted")
        return 1
    found = list(complaints(pathlib.Path(os.environ["TRIVIUM_ROOT"])))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
