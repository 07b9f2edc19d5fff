#!/usr/bin/env python3
"""A client of the previous schema talks to today's node; a console talks to a
node of another version."""
# trivium-test: timeout=120

import subprocess
import sys

import scenario  # noqa: F401
from scenario.claims import claim, main
from scenario.node import Node, program, serving
from scenario.program import BUILD, run

CLIENT = BUILD / "bin/tests/previous_client"


@claim
def a_client_of_the_previous_schema_is_answered(folder):
    with serving(folder):
        done = subprocess.run([CLIENT, folder / "store/door.sock"], timeout=60,
                              capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert done.returncode == 0, (done, lines)
    assert lines[0] == "welcome protocol 1 window 128", lines
    assert lines[1].startswith("status lanes "), lines
    assert lines[1].endswith("draining 0"), lines
    assert lines[2:] == ["models 0 of a list: 1", "failure 2",
                         "watching 1"], lines


@claim
def a_console_says_that_the_node_is_of_another_version(folder):
    command = [program("hanging_node"), folder / "store"]
    with Node(folder, command=command):
        for words in ("status", "models", "jobs", "devices"):
            told = run(folder, "repl", "-c", words)
            assert told.code == 0, told
            assert "the node runs trivium test, this console is of" in told.err, (
                told)


if __name__ == "__main__":
    sys.exit(main())
