#!/usr/bin/env python3
"""The registry as any gRPC client meets it: register, read, watch, move aliases,
roll back, leases; and what it refuses."""
# trivium-test: timeout=600

import concurrent.futures
import itertools
import queue
import sys

import scenario  # noqa: F401  (moves into the peers' environment)
import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from scenario.claims import claim, main
from scenario.node import HANG_SECONDS, Node, eventually, serving
from scenario.registry import Refused, Registry, registry_of


def node_and_registry(check):
    """Runs a claim with a fresh node and a client of it."""
    def run(folder):
        with serving(folder) as node, registry_of(node) as registry:
            check(node, registry)
    run.__name__ = check.__name__
    run.__doc__ = check.__doc__
    return claim(run)


def uri(name):
    return f"s3://models/{name}/model.onnx"


def register(registry, name, version="1.0.0", **more):
    more.setdefault("storage_uri", uri(f"{name}/{version}"))
    return registry.call("Register", model_id=name, version=version, **more)


def refused(call, *arguments, **fields):
    try:
        answer = call(*arguments, **fields)
    except Refused as why:
        return why
    raise AssertionError(f"was not refused: {answer}")


def events_of(stream, wanted):
    """The next `wanted` events of a watch, in the order of their coming."""
    found = []
    for response in stream:
        found += response.events
        if len(found) >= wanted:
            return found
    raise AssertionError(f"the watch ended after {len(found)} events")


@node_and_registry
def a_registration_is_read_back_in_every_way(_, registry):
    first = register(registry, "minilm", "1.9.0", labels={"team": "search"})
    second = register(registry, "minilm", "1.10.0")
    register(registry, "minilm", "2.0.0-rc.1")
    register(registry, "minilm", "1.2.3")

    newest = registry.call("Get", model_id="minilm")
    assert newest.version == "2.0.0-rc.1", newest
    assert newest.create_revision == first.revision
    exact = registry.call("Get", model_id="minilm", version="1.9.0")
    assert dict(exact.labels) == {"team": "search"}, exact
    assert exact.storage_uri == uri("minilm/1.9.0")
    then = registry.call("Get", model_id="minilm", at_revision=second.revision)
    assert then.version == "1.10.0", "semantic versions are no texts"
    assert then.revision == second.revision
    assert newest.consistency != then.consistency


@node_and_registry
def a_release_stands_above_its_candidates(_, registry):
    for version in ("2.0.0", "2.0.0-rc.2", "2.0.0-rc.10"):
        register(registry, "minilm", version)

    assert registry.call("Get", model_id="minilm").version == "2.0.0"


@node_and_registry
def the_same_request_again_changes_nothing(_, registry):
    first = register(registry, "minilm")
    again = register(registry, "minilm")

    assert again.was_known and again.revision == first.revision
    moved = register(registry, "minilm", "1.1.0")
    assert moved.revision > first.revision
    assert moved.create_revision == first.create_revision
    assert moved.lease_id == first.lease_id


@node_and_registry
def an_idempotency_key_gives_the_same_revision_again(_, registry):
    first = register(registry, "minilm", idempotency_key="a-1")
    register(registry, "minilm", "1.1.0")
    again = register(registry, "minilm", idempotency_key="a-1")
    other = refused(register, registry, "minilm", "9.0.0",
                    idempotency_key="a-1")

    assert again.was_known and again.revision == first.revision
    assert registry.call("Get", model_id="minilm").version == "1.1.0"
    assert other.code is grpc.StatusCode.ALREADY_EXISTS, other


@node_and_registry
def sixteen_clients_register_160_versions_and_lose_none(_, registry):
    def one_client(client):
        with Registry(registry.address) as own:
            calls = [own.begin("Register", model_id="minilm",
                               version=f"1.{client}.{number}",
                               storage_uri=uri(f"{client}-{number}"))
                     for number in range(10)]
            return [call.result().revision for call in calls]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        revisions = list(itertools.chain(*pool.map(one_client, range(16))))

    assert len(set(revisions)) == 160
    for client, number in itertools.product(range(16), range(10)):
        version = f"1.{client}.{number}"
        stored = registry.call("Get", model_id="minilm", version=version)
        assert stored.version == version
    assert registry.call("Get", model_id="minilm").version == "1.15.9"


@node_and_registry
def a_stream_of_registrations_answers_each_by_itself(_, registry):
    def model(number):
        name = "no name!" if number % 100 == 7 else f"model-{number}"
        return {"model_id": name, "version": "1.0.0", "storage_uri": uri(name)}

    messages = [[model(number) for number in range(first, first + 250)]
                for first in range(0, 2000, 250)]
    outcomes = list(registry.register_stream(messages))

    assert sorted(one.number for one in outcomes) == list(range(2000))
    for one in outcomes:
        if one.number % 100 == 7:
            assert one.failure.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
            assert "no name!" in one.failure.message, one
            assert one.failure.details, "nothing for a program to act on"
    revisions = {one.registered.revision for one in outcomes
                 if one.HasField("registered")}
    assert len(revisions) == 1980
    assert registry.call("Get", model_id="model-1999").version == "1.0.0"


@node_and_registry
def versions_of_one_model_in_a_stream_lose_none(_, registry):
    messages = [[{"model_id": "minilm", "version": f"1.{minor}.{patch}",
                  "storage_uri": uri(f"{minor}-{patch}")}
                 for patch in range(40)] for minor in range(4)]
    outcomes = list(registry.register_stream(messages))

    revisions = [one.registered.revision for one in outcomes]
    assert len(set(revisions)) == 160 and min(revisions) > 0
    assert registry.call("Get", model_id="minilm").version == "1.3.39"


@node_and_registry
def a_stream_that_asks_for_too_much_is_refused(_, registry):
    fields = {"model_id": "minilm", "version": "1.0.0",
              "storage_uri": uri("minilm")}
    why = refused(lambda: list(registry.register_stream([[fields] * 1025])))

    assert why.code is grpc.StatusCode.INVALID_ARGUMENT, why
    assert why.fields == ["registrations"] and "at most 1024" in why.text
    told = []
    refused(lambda: [told.append(one.number) for one in
                     registry.register_stream([[fields] * 3,
                                               [fields] * 1025])])
    assert sorted(told) == [0, 1, 2], "what was taken is told"
    assert list(registry.register_stream([])) == []
    assert list(registry.register_stream([[], []])) == []


@node_and_registry
def every_bad_field_is_named(_, registry):
    bad = [
        ("model_id", {"model_id": ""}),
        ("model_id", {"model_id": "../x"}),
        ("model_id", {"model_id": "a" * 129}),
        ("model_id", {"model_id": "a\nb"}),
        ("version", {"version": ""}),
        ("version", {"version": "1.0"}),
        ("version", {"version": "1.0.0" + "0" * 4096}),
        ("storage_uri", {"storage_uri": ""}),
        ("storage_uri", {"storage_uri": "http://x/y"}),
        ("storage_uri", {"storage_uri": "s3://models/../y"}),
        ("storage_uri", {"storage_uri": "s3://user:secret@models/y"}),
        ("storage_uri", {"storage_uri": "file:///etc/passwd"}),
        ("ttl_seconds", {"ttl_seconds": -1}),
        ("ttl_seconds", {"ttl_seconds": 2**62}),
        ("namespace", {"namespace": "a/b"}),
        ("labels", {"labels": {"": "x"}}),
        ("labels", {"labels": {"x": "y" * 64}}),
        ("labels", {"labels": {str(i): "x" for i in range(65)}}),
        ("idempotency_key", {"idempotency_key": "k" * 129}),
    ]
    good = {"model_id": "minilm", "version": "1.0.0",
            "storage_uri": uri("minilm")}
    for field, change in bad:
        why = refused(registry.call, "Register", **{**good, **change})
        assert why.code is grpc.StatusCode.INVALID_ARGUMENT, (change, why)
        assert why.fields == [field], (change, why.fields, why)
        assert why.reason == "invalid_argument"
        assert "secret" not in why.text, why
    assert registry.call("List").revision == 0


@node_and_registry
def pages_show_one_revision_and_filters_choose(_, registry):
    for number in range(25):
        register(registry, f"model-{number:02}", f"1.{number}.0",
                 labels={"team": "even" if number % 2 == 0 else "odd"})
    seen, token = [], ""
    while True:
        page = registry.call("List", page_size=7, page_token=token)
        seen += [model.model_id for model in page.models]
        register(registry, f"later-{len(seen)}")
        token = page.next_page_token
        if not token:
            break

    assert seen == [f"model-{number:02}" for number in range(25)], seen
    chosen = registry.call(
        "List", filter='labels.team = "even" AND version >= 1.10.0')
    assert [model.model_id for model in chosen.models] == [
        f"model-{number}" for number in range(10, 25, 2)]
    why = refused(registry.call, "List", filter="colour = red")
    assert why.fields == ["filter"], why


@node_and_registry
def an_alias_moves_and_goes_back(_, registry):
    register(registry, "minilm", "1.0.0")
    register(registry, "minilm", "1.1.0")
    guarded = refused(registry.call, "SetAlias", model_id="minilm",
                      alias="production", version="1.0.0")
    unread = refused(registry.call, "Promote", model_id="minilm",
                     version="1.0.0")
    first = registry.call("Promote", model_id="minilm", version="1.0.0",
                          allow_unverified=True, reason="first")
    registry.call("SetAlias", model_id="minilm", alias="canary",
                  version="1.1.0", weight=10)
    second = registry.call("Promote", model_id="minilm", version="1.1.0",
                           allow_unverified=True, reason="better",
                           expected_revision=first.mod_revision)
    late = refused(registry.call, "Promote", model_id="minilm",
                   version="1.0.0", allow_unverified=True,
                   expected_revision=first.mod_revision)
    back = registry.call("Rollback", model_id="minilm",
                         to_revision=first.mod_revision, reason="it hurt")

    assert guarded.code is grpc.StatusCode.FAILED_PRECONDITION, guarded
    assert unread.code is grpc.StatusCode.FAILED_PRECONDITION, unread
    assert late.code is grpc.StatusCode.ABORTED, late
    assert back.version == "1.0.0" and back.mod_revision > second.mod_revision
    served = registry.call("Get", model_id="minilm", alias="production")
    assert served.version == "1.0.0" and served.alias.weight == 100
    canary = registry.call("Get", model_id="minilm", alias="canary")
    assert canary.alias.weight == 10
    lines = registry.call("History", model_id="minilm",
                          alias="production").entries
    assert [line.reason for line in lines] == ["first", "better", "it hurt"]
    held = refused(registry.call, "Delete", model_id="minilm",
                   version="1.0.0")
    assert held.code is grpc.StatusCode.FAILED_PRECONDITION, held
    registry.call("DeleteAlias", model_id="minilm", alias="canary")
    registry.call("Delete", model_id="minilm", version="1.1.0")
    assert registry.call("Get", model_id="minilm").version == "1.0.0"


@node_and_registry
def history_outlives_the_model(_, registry):
    register(registry, "minilm", "1.0.0")
    register(registry, "minilm", "1.1.0")
    gone = registry.call("Delete", model_id="minilm")

    told = registry.call("History", model_id="minilm").entries
    assert [one.what.split(",")[0] for one in told] == [
        "1.0.0 registered", "1.1.0 registered",
        "erased models/default/minilm/versions/1.0.0",
        "erased models/default/minilm/versions/1.1.0"], told
    assert {one.revision for one in told[2:]} == {gone.revision}


@node_and_registry
def a_transaction_is_all_or_nothing(_, registry):
    def txn(**fields):
        return registry.call("Txn", request=registry.request("Txn", **fields))

    first = register(registry, "minilm", "1.0.0")
    both = txn(
        compare=[{"model_id": "minilm", "mod_revision": first.revision}],
        success=[
            {"register": {"model_id": "minilm", "version": "1.1.0",
                          "storage_uri": uri("minilm")}},
            {"promote": {"model_id": "minilm", "version": "1.1.0",
                         "allow_unverified": True}},
            {"register": {"model_id": "other", "version": "1.0.0",
                          "storage_uri": uri("other")}}])
    assert both.succeeded and len(both.results) == 3
    assert both.results[1].alias.mod_revision == both.revision
    lost = txn(
        compare=[{"model_id": "minilm", "mod_revision": first.revision}],
        success=[{"delete": {"model_id": "other"}}],
        failure=[{"get": {"model_id": "minilm"}}])
    assert not lost.succeeded
    assert lost.results[0].get.version == "1.1.0"
    try:
        txn(success=[
            {"register": {"model_id": "third", "version": "1.0.0",
                          "storage_uri": uri("third")}},
            {"delete": {"model_id": "nobody"}}])
        raise AssertionError("was not refused")
    except Refused as why:
        assert why.code is grpc.StatusCode.NOT_FOUND, why
    names = [model.model_id for model in registry.call("List").models]
    assert names == ["minilm", "other"], names


@node_and_registry
def a_watch_has_no_gaps_and_resumes(_, registry):
    stream = registry.watch(from_revision=1)
    for number in range(40):
        register(registry, f"model-{number}")
    seen = events_of(stream, 40)
    stream.cancel()
    for number in range(40, 60):
        register(registry, f"model-{number}")
    resumed = registry.watch(from_revision=seen[-1].revision + 1)
    seen += events_of(resumed, 20)
    resumed.cancel()

    assert [event.model_id for event in seen] == [
        f"model-{number}" for number in range(60)]
    assert [event.revision for event in seen] == list(range(1, 61))
    only = registry.watch(from_revision=1, model_id_prefix="model-5")
    named = [event.model_id for event in events_of(only, 11)]
    only.cancel()
    assert named == ["model-5", *(f"model-{n}" for n in range(50, 60))]


@node_and_registry
def a_lease_that_is_over_leaves_discovery_and_keeps_history(_, registry):
    stream = registry.watch()
    next(stream)
    made = register(registry, "minilm", ttl_seconds=1)
    assert made.lease_id and made.ttl_seconds == 1
    kinds = [event.kind for event in events_of(stream, 2)]
    stream.cancel()

    assert kinds == [1, 6], kinds  # registered, expired
    assert refused(registry.call, "Get", model_id="minilm").code \
        is grpc.StatusCode.NOT_FOUND
    assert not registry.call("List").models
    assert registry.call("Get", model_id="minilm", version="1.0.0").version
    assert registry.call("History", model_id="minilm").entries
    then = registry.call("Get", model_id="minilm", at_revision=made.revision)
    assert then.lease_id == made.lease_id


@node_and_registry
def a_lease_lives_while_it_is_kept_alive_and_tells_how_its_holder_is(
        _, registry):
    made = register(registry, "minilm", ttl_seconds=60)
    watch = registry.watch(heartbeats=True)
    next(watch)
    requests = queue.Queue()
    stream = registry.keep_alive(iter(requests.get, None))
    kind = registry.method("KeepAlive").input_type
    revision = registry.call("List").revision
    for step in range(4):
        eventually("a part of its time is over", lambda: registry.call(
            "List").models[0].lease_remaining_ms < 60_000)
        requests.put(registry.message(
            kind, lease_id=made.lease_id,
            heartbeat={"step": step, "loss": 1 / (step + 1)}))
        answer = next(stream)
        assert answer.remaining_ms == 60_000 and not answer.is_over
        heard = next(response for response in watch if response.heartbeats)
        assert heard.heartbeats[-1].heartbeat.step == step
        assert heard.heartbeats[-1].model_id == "minilm"
    assert registry.call("List").revision == revision, "it wrote to the disk"
    assert registry.call("RevokeLease", lease_id=made.lease_id).released == 1
    requests.put(registry.message(kind, lease_id=made.lease_id))
    assert next(stream).is_over
    requests.put(None)
    watch.cancel()
    assert not registry.call("List").models


@node_and_registry
def a_shared_lease_takes_all_it_holds_along(_, registry):
    lease = registry.call("GrantLease", ttl_seconds=60)
    done = registry.call("Txn", request=registry.request(
        "Txn", lease_id=lease.lease_id,
        success=[{"register": {"model_id": name, "version": "1.0.0",
                               "storage_uri": uri(name)}}
                 for name in ("a", "b", "c")]))
    assert {result.register.lease_id for result in done.results} \
        == {lease.lease_id}
    stream = registry.watch(kinds=[6])
    next(stream)
    gone = registry.call("RevokeLease", lease_id=lease.lease_id)
    told = events_of(stream, 3)
    stream.cancel()

    assert gone.released == 3
    assert sorted(event.model_id for event in told) == ["a", "b", "c"]
    assert not registry.call("List").models


@claim
def what_was_acknowledged_outlives_kill_and_leases_their_time(folder):
    with Node(folder) as node, registry_of(node) as registry:
        for number in range(50):
            register(registry, f"model-{number:02}")
        short = register(registry, "short", ttl_seconds=4)
        long = register(registry, "long", ttl_seconds=600)
        node.kill()
    with serving(folder) as node, registry_of(node) as registry:
        there = {m.model_id: m for m in registry.call("List").models}
        assert there.keys() >= {f"model-{number:02}" for number in range(50)}
        assert there["long"].lease_id == long.lease_id
        assert 0 < there["long"].lease_remaining_ms < 600_000
        eventually("the short lease ends",
                   lambda: "short" not in {
                       m.model_id for m in registry.call("List").models})
        assert registry.call("Get", model_id="short", version="1.0.0",
                             ).version_revision == short.revision


@node_and_registry
def health_and_reflection_answer(node, registry):
    stub = health_pb2_grpc.HealthStub(registry.channel)
    whole = stub.Check(health_pb2.HealthCheckRequest(), timeout=HANG_SECONDS)
    assert whole.status == health_pb2.HealthCheckResponse.SERVING
    try:
        stub.Check(health_pb2.HealthCheckRequest(service="none"),
                   timeout=HANG_SECONDS)
        raise AssertionError("an unknown service has a health")
    except grpc.RpcError as why:
        assert why.code() is grpc.StatusCode.NOT_FOUND, why
    watch = stub.Watch(health_pb2.HealthCheckRequest(
        service="trivium.v1.ModelRegistry"))
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    assert len(registry.service.methods) == 16
    assert node.stop()[0] == 0, node.end_of_log()
    try:
        # Told before the end, unless the end was faster.
        told = [one.status for one in watch]
        raise AssertionError(f"a watch of health ended well: {told}")
    except grpc.RpcError as why:
        assert why.code() is grpc.StatusCode.UNAVAILABLE, why


@node_and_registry
def a_client_that_never_reads_stalls_nobody(node, registry):
    """Their events are many times what a connection's window takes, and would
    be a gigabyte if the node kept them."""
    before = node.resident()
    idle = [registry.watch(from_revision=1) for _ in range(1000)]
    for number in range(1000):
        register(registry, "minilm", f"1.0.{number}",
                 storage_uri=f"s3://models/{'x' * 900}/{number}")
    stream = registry.watch(from_revision=1)
    assert len(events_of(stream, 1000)) == 1000
    stream.cancel()
    for one in idle:
        one.cancel()
    assert node.resident() - before < 128 << 20


@node_and_registry
def outcomes_that_nobody_reads_stall_nobody(node, registry):
    """More of them than a connection's window takes."""
    before = node.resident()
    name = itertools.count()
    messages = ([{"model_id": f"m{next(name)}", "version": "1.0.0",
                  "storage_uri": uri("m")} for _ in range(500)]
                for _ in range(100))
    stream = registry.open_register_stream(messages)
    eventually("the stream registers",
               lambda: registry.call("List", page_size=1).models)
    for number in range(200):
        register(registry, "other", f"1.0.{number}")
    assert node.resident() - before < 128 << 20
    stream.cancel()
    register(registry, "other", "2.0.0")


if __name__ == "__main__":
    sys.exit(main())
