#!/usr/bin/env python3
"""`pull --follow` against a node: each move of the alias is one switch to a
whole version, whoever is killed meanwhile; hooks, old versions, waiting."""
# trivium-test: timeout=600

import contextlib
import hashlib
import json
import random
import signal
import socket
import sys
import time

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import flat_models as flat
from scenario.claims import claim, main
from scenario.program import (nothing_left, run, says_one_line, start,
                              succeed, succeed_json)

ALIAS = "default/m@production"
HANG_SECONDS = 60  # only to tell a hang from a slow machine


class Service:
    """A `trivium` that tells a service manager how it stands: us."""

    def __init__(self, folder, name, *arguments, **options):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = folder / f"{name}.{random.getrandbits(32):08x}"
        self.socket.bind(str(path))
        self.socket.settimeout(HANG_SECONDS)
        self.child = start(folder, *arguments, env={"NOTIFY_SOCKET": path},
                           **options)

    def hears(self, words):
        """Waits for a state with these words."""
        while words not in (state := self.socket.recv(4096).decode()):
            pass
        return state

    def end(self, number=signal.SIGTERM):
        self.child.send_signal(number)
        out, err = self.child.communicate(timeout=HANG_SECONDS)
        self.socket.close()
        return self.child.returncode, out, err


@contextlib.contextmanager
def running(folder, name, *arguments):
    service = Service(folder, name, *arguments)
    try:
        yield service
    finally:
        if service.child.poll() is None:
            service.child.kill()
            service.child.communicate()


def node(folder):
    return running(folder, "node", "serve", "--grpc", "127.0.0.1:0")


def follower(folder, *options, to="to"):
    return running(folder, "follower", "pull", ALIAS, "--to", folder / to,
                   "--follow", *options)


def model(folder, seed):
    path = folder / f"model-{seed}.gguf"
    path.write_bytes(flat.gguf(
        [flat.gguf_tensor("blk.0.attn_q.weight", (512, 1024))],
        flat.random_weights(512, 1024, seed).tobytes()))
    return path


def deploy(folder, seed):
    return succeed_json(folder, "pipeline", model(folder, seed), "--recipe",
                        "q8_0", "--name", "m", "--version",
                        f"1.0.{seed}")["variant"]


def shown(folder, to="to"):
    return (folder / to / "current").resolve().name


def content(place):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in place.iterdir()}


@claim
def each_move_of_the_alias_is_one_switch(folder):
    with node(folder) as serving:
        serving.hears("READY=1")
        made = [deploy(folder, 1)]
        with follower(folder, "--json") as following:
            following.hears("READY=1")
            for seed in (2, 3):
                made.append(deploy(folder, seed))
                following.hears("READY=1")
            code, out, err = following.end()
        lines = [json.loads(line) for line in out.splitlines()]
        assert code == 128 + signal.SIGTERM and err == "", (code, err)
        assert [line["artifact"] for line in lines] == made, lines
    assert shown(folder) == made[-1]
    nothing_left(folder / "to")


@claim
def the_switch_comes_with_the_node_after_it_was_away(folder):
    with node(folder) as serving:
        serving.hears("READY=1")
        deploy(folder, 1)
        with follower(folder) as following:
            following.hears("READY=1")
            serving.end()
            with node(folder) as again:
                again.hears("READY=1")
                made = deploy(folder, 2)
                following.hears("READY=1")
                assert shown(folder) == made


@claim
def whoever_waits_gets_what_is_promoted_later(folder):
    waiting = start(folder, "pull", ALIAS, "--to", folder / "to", "--wait",
                    "60 s")
    assert "waiting" in waiting.stderr.readline()
    with node(folder) as serving:
        serving.hears("READY=1")
        made = deploy(folder, 1)
        _, err = waiting.communicate(timeout=HANG_SECONDS)
        assert waiting.returncode == 0, err
    assert shown(folder) == made


@claim
def old_versions_go_and_a_second_follower_is_refused(folder):
    with node(folder) as serving:
        serving.hears("READY=1")
        deploy(folder, 1)
        with follower(folder, "--keep", "1", "--exec",
                      f"echo >> {folder}/hooked") as following:
            following.hears("READY=1")
            second = run(folder, "pull", ALIAS, "--to", folder / "to",
                         "--follow", "--quiet")
            says_one_line(second, "is kept by another process")
            for seed in (2, 3):
                deploy(folder, seed)
                following.hears("READY=1")
        with follower(folder, "--keep", "1") as following:
            following.hears("READY=1")
            following.end()
    assert len(list((folder / "to/versions").iterdir())) <= 3


@claim
def a_follower_killed_at_any_time_leaves_a_whole_version(folder):
    random.seed(20240607)
    with node(folder) as serving:
        serving.hears("READY=1")
        whole = {}
        for seed in (1, 2):
            artifact = deploy(folder, seed)
            succeed(folder, "pull", ALIAS, "--to", folder / artifact)
            whole[artifact] = content(folder / artifact / "current")
        for i in range(30):
            deploy(folder, 1 + i % 2)
            with follower(folder, "--keep", "0"):
                time.sleep(random.random() * 0.2)  # chance, not an order
            if (folder / "to/current").exists():
                assert content(folder / "to/current") == whole[shown(folder)]
        with follower(folder, "--keep", "0") as following:
            following.hears("READY=1")
            following.end()
    nothing_left(folder / "to")


if __name__ == "__main__":
    sys.exit(main())
