#!/usr/bin/env python3
"""The client library as others get it: installed, found by find_package, and
the examples built against it talk to a node."""
# trivium-test: timeout=600

import subprocess
import sys

import scenario  # noqa: F401
from scenario import flat_models as flat
from scenario.claims import claim, main
from scenario.node import serving
from scenario.program import BUILD, ROOT, succeed


def ran(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True,
                          timeout=400, **options)
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
    return done.stdout


def build_examples(folder):
    """The folder of the built examples, against the installed tree alone."""
    prefix, built = folder / "prefix", folder / "examples"
    ran("cmake", "--install", BUILD, "--prefix", prefix, "--component",
        "client")
    ran("cmake", "-S", ROOT / "examples", "-B", built, "-G", "Ninja",
        f"-DCMAKE_PREFIX_PATH={prefix}")
    ran("cmake", "--build", built)
    return built


def small_model(folder, name, seed):
    path = folder / name
    path.write_bytes(flat.gguf(
        [flat.gguf_tensor("blk.0.attn_q.weight", (512, 64))],
        flat.random_weights(512, 64, seed).tobytes()))
    return path


@claim
def the_examples_build_and_talk_to_a_node(folder):
    examples = build_examples(folder)
    with serving(folder) as node:
        store = folder / "store"
        said = ran(examples / "node_status", store)
        assert f"process {node.pid}" in said, said

        model = small_model(folder, "m.gguf", 1)
        succeed(folder, "pipeline", model, "--recipe", "q8_0", "--name", "m")
        watcher = subprocess.Popen(
            [examples / "watch_alias", store, "m", "production", "1"],
            stdout=subprocess.PIPE, text=True)
        first = watcher.stdout.readline()
        assert first.startswith("default/m@production 1.0.0 "), first
        second_model = small_model(folder, "m2.gguf", 2)
        succeed(folder, "pipeline", second_model, "--recipe", "q8_0", "--name",
                "m", "--version", "1.1.0")
        rest, _ = watcher.communicate(timeout=60)
        assert rest.startswith("default/m@production 1.1.0 "), rest
        assert watcher.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
