#!/usr/bin/env python3
"""The client library over both of its transports, the actor door and gRPC: the
same calls, the same answers, the same errors, also when the node comes and
goes."""
# trivium-test: serial timeout=600

import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario.claims import claim, main
from scenario.node import HANG_SECONDS, Node, eventually, program
from scenario.program import BINARY, environment


def ports_of(node):
    return json.loads((node.store / "node.json").read_text())["grpc"]


def over_door(node):
    return str(node.store / "door.sock")


def over_grpc(node):
    return "grpc://" + ports_of(node)


class Client:
    """A running client_registry: commands in, answers and events out."""

    def __init__(self, folder, address):
        self.child = subprocess.Popen(
            [program("client_registry"), address], cwd=folder,
            env=environment(folder), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.answers, self.events = queue.Queue(), queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.child.stdout:
            told = json.loads(line)
            is_event = "event" in told or "ended" in told
            (self.events if is_event else self.answers).put(told)

    def begin(self, *words):
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        self.child.stdin.flush()

    def end(self):
        try:
            return self.answers.get(timeout=HANG_SECONDS)
        except queue.Empty:
            raise AssertionError("no answer") from None

    def ask(self, *words):
        self.begin(*words)
        return self.end()

    def event(self):
        try:
            return self.events.get(timeout=HANG_SECONDS)
        except queue.Empty:
            raise AssertionError("no event") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.stdin.close()
            try:
                self.child.wait(HANG_SECONDS)
            finally:
                self.child.kill()
        assert self.child.wait() == 0, self.child.stderr.read()


class Served:
    """A store whose node can go and come back at the same addresses."""

    def __init__(self, folder):
        self.folder = folder
        self.node = Node(folder)
        self.port = ports_of(self.node)

    def come_back(self):
        self.node = Node(self.folder, command=[
            BINARY, "serve", "--grpc", self.port])

    def leave(self):
        code, _ = self.node.stop()
        assert code == 0, self.node.end_of_log()
        self.node.child.stdout.close()


def on_both_transports(check):
    """Two claims: each with a node of its own."""
    for transport in (over_door, over_grpc):
        def run(folder, transport=transport):
            served = Served(folder)
            try:
                with Client(folder, transport(served.node)) as client:
                    check(served, client, transport)
            finally:
                served.node.__exit__()
        run.__name__ = f"{check.__name__}_{transport.__name__}"
        claim(run)


@contextlib.contextmanager
def another(served, transport):
    with Client(served.folder, transport(served.node)) as client:
        yield client


@on_both_transports
def a_registration_is_read_back(_, client, __):
    first = client.ask("register", "minilm", "1.0.0")
    again = client.ask("register", "minilm", "1.1.0", "key-1")
    same = client.ask("register", "minilm", "1.1.0", "key-1")
    newest = client.ask("get", "minilm")

    assert again["created"] == first["revision"] < again["revision"]
    assert same["was_known"] and same["revision"] == again["revision"]
    assert newest["version"] == "1.1.0", newest
    assert newest["uri"] == "s3://models/minilm/1.1.0"
    assert newest["given"] == "linearizable"


@on_both_transports
def refusals_have_the_same_codes(_, client, __):
    client.ask("register", "minilm", "1.0.0", "key-1")

    def code(*words):
        return client.ask(*words)["error"]

    assert code("get", "nobody") == "not_found"
    assert code("get", "../x") == "invalid_argument"
    assert code("register", "minilm", "2.0.0", "key-1") == "already_exists"
    assert code("alias", "minilm", "production", "1.0.0") \
        == "failed_precondition"
    assert code("promote", "minilm", "9.0.0") == "not_found"
    assert code("rollback", "minilm", "production") == "not_found"
    assert code("revoke", 77) == "not_found"
    assert (found := code("share", "other", 77)) == "not_found", found
    assert code("watch", 1, "../x") == "invalid_argument"
    assert code("delete", "nobody") == "not_found"


@on_both_transports
def an_alias_moves_and_goes_back(_, client, __):
    client.ask("register", "minilm", "1.0.0")
    client.ask("register", "minilm", "1.1.0")
    client.ask("promote", "minilm", "1.0.0")
    client.ask("promote", "minilm", "1.1.0")
    back = client.ask("rollback", "minilm", "production")
    canary = client.ask("alias", "minilm", "canary", "1.1.0")
    told = client.ask("history", "minilm", "production")

    assert back["version"] == "1.0.0" and back["weight"] == 100, back
    assert canary["version"] == "1.1.0" and canary["weight"] == 10, canary
    assert told["reasons"] == ["better", "better", "it hurt"], told


@on_both_transports
def a_lease_is_shared_kept_and_revoked(_, client, __):
    granted = client.ask("grant", 600)
    client.ask("share", "one", granted["lease"])
    client.ask("share", "two", granted["lease"])
    listed = client.ask("list")["models"]
    kept = client.ask("keep", granted["lease"])
    ended = client.ask("revoke", granted["lease"])

    assert granted["ttl"] == 600, granted
    assert [one["model"] for one in listed] == ["one", "two"], listed
    assert all(one["lease"] == granted["lease"]
               and 0 < one["remaining_ms"] <= 600_000 for one in listed), listed
    assert kept["ttl"] == 600 and not kept["is_over"], kept
    assert ended["released"] == 2, ended
    assert client.ask("list")["models"] == []
    assert client.ask("keep", granted["lease"])["is_over"]


@on_both_transports
def a_cached_answer_holds_until_its_model_changes(served, client, transport):
    client.ask("register", "minilm", "1.0.0")
    filled = client.ask("get", "minilm", "cached")
    cached = client.ask("get", "minilm", "cached")
    fresh = client.ask("get", "minilm", "linearizable")

    assert filled["given"] == "linearizable", filled
    assert cached["given"] == "cached", cached
    assert cached["revision"] == filled["revision"]
    assert fresh["given"] == "linearizable", fresh

    client.ask("watch", 0, "-")
    with another(served, transport) as other:
        other.ask("register", "minilm", "1.1.0")
    assert client.event()["version"] == "1.1.0"
    # Heard by the watch of the user; the cache's own may be a moment behind.
    eventually("the cache hears", lambda: client.ask(
        "get", "minilm", "cached")["version"] == "1.1.0")
    client.ask("register", "minilm", "1.2.0")
    assert client.ask("get", "minilm", "cached")["version"] == "1.2.0"


@on_both_transports
def a_watch_chooses_and_resumes(_, client, __):
    for number in range(5):
        client.ask("register", f"a{number}", "1.0.0")
        client.ask("register", f"b{number}", "1.0.0")
    client.ask("watch", 1, "b")
    heard = [client.event() for _ in range(5)]
    client.ask("unwatch")
    client.ask("watch", heard[2]["revision"] + 1, "b")
    again = [client.event() for _ in range(2)]

    assert [one["model"] for one in heard] == [f"b{n}" for n in range(5)]
    assert again == heard[3:], again


@on_both_transports
def a_watch_goes_on_when_its_node_comes_back(served, client, transport):
    client.ask("watch", 0, "-")
    client.ask("register", "minilm", "1.0.0")
    first = client.event()
    served.leave()
    client.begin("register", "minilm", "1.1.0")
    served.come_back()
    second = client.end()
    with another(served, transport) as other:
        third = other.ask("register", "minilm", "1.2.0")

    heard = [client.event(), client.event()]
    assert first["version"] == "1.0.0", first
    assert [one["version"] for one in heard] == ["1.1.0", "1.2.0"], heard
    assert [one["revision"] for one in heard] == [
        second["revision"], third["revision"]], heard
    assert client.events.empty()


@on_both_transports
def a_killed_node_costs_a_watch_nothing(served, client, _):
    client.ask("watch", 0, "-")
    made = []
    for number in range(6):
        served.node.child.send_signal(signal.SIGKILL)
        client.begin("register", "minilm", f"1.{number}.0")
        served.node.child.wait()
        served.node.child.stdout.close()
        served.come_back()
        made.append(client.end())

    revisions = [one["revision"] for one in made]
    assert [client.event()["revision"] for _ in made] == revisions, made
    assert len(set(revisions)) == len(made), "one was registered twice"
    assert client.events.empty()


@on_both_transports
def a_watch_of_what_is_no_longer_kept_ends_and_says_so(served, client, _):
    client.ask("register", "minilm", "1.0.0")
    client.ask("watch", 1, "-")
    client.event()
    served.leave()
    subprocess.run([program("compact_store"), served.node.store], check=True,
                   stdout=subprocess.DEVNULL)
    served.come_back()

    ended = client.event()
    assert ended["ended"] == "compacted", ended
    assert "no longer kept" in ended["text"], ended
    refused = client.ask("watch", 1, "-")
    assert refused["error"] == "compacted", refused
    client.ask("watch", 0, "-")
    made = client.ask("register", "minilm", "1.1.0")
    assert client.event()["revision"] == made["revision"]


@claim
def what_the_grpc_door_has_not_is_unsupported(folder):
    with Node(folder) as node, Client(folder, over_grpc(node)) as client:
        assert client.ask("status")["error"] == "unsupported"


if __name__ == "__main__":
    sys.exit(main())
