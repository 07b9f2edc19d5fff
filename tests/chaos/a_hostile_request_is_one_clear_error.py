#!/usr/bin/env python3
"""Whatever a gRPC client sends, it gets a status, and the node lives, grows by
little and serves others."""
# trivium-test: serial timeout=900

import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
import scenario  # noqa: F401,E402  (moves into the peers' environment)
import grpc  # noqa: E402
from google.protobuf.descriptor import FieldDescriptor  # noqa: E402
from scenario.claims import claim, main  # noqa: E402
from scenario.node import serving  # noqa: E402
from scenario.program import BINARY  # noqa: E402
from scenario.registry import SERVICE, registry_of  # noqa: E402

SEED = int(os.environ.get("TRIVIUM_SEED") or random.getrandbits(32))
STREAMS = ("Watch", "KeepAlive", "RegisterStream")
REQUESTS = int(os.environ.get("TRIVIUM_CHAOS_REQUESTS") or 10_000)
IS_SANITIZED = b"__asan_init" in BINARY.read_bytes()
# gRPC answers INTERNAL itself where bytes are no message of the method.
WELL_SAID = {grpc.StatusCode.INVALID_ARGUMENT,
             grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS,
             grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ABORTED,
             grpc.StatusCode.RESOURCE_EXHAUSTED,
             grpc.StatusCode.UNIMPLEMENTED}
TEXTS = ["", "minilm", "1.0.0", "production", "s3://models/x", "a" * 5000,
         "\x00", "a\nb", "../../x", "\u202e", "\U0001f600" * 20, "9" * 400,
         "file:///etc/passwd", "%2e%2e", "s3://a@b/c?d#e", "labels.x = \"",
         "1.0.0-" + "a." * 60 + "a", "*", "model_id = *"]
NUMBERS = [0, 1, 2, 300, 2**31 - 1, 2**32 - 1, 2**63 - 1]


def anything(turn, field):
    kind = field.type
    if kind == FieldDescriptor.TYPE_STRING:
        return turn.choice(TEXTS)
    if kind == FieldDescriptor.TYPE_BOOL:
        return turn.random() < 0.5
    if kind == FieldDescriptor.TYPE_DOUBLE:
        return turn.choice([0.0, -1.5, float("nan"), float("inf"), 1e308])
    if kind == FieldDescriptor.TYPE_ENUM:
        return turn.choice([0, 1, 2, 99])
    number = turn.choice(NUMBERS)
    if kind in (FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64):
        return min(number, 2**31 - 1 if kind == FieldDescriptor.TYPE_INT32
                   else number) * turn.choice([1, -1])
    return min(number, 2**32 - 1) if kind == FieldDescriptor.TYPE_UINT32 \
        else number


def fill(turn, message, depth=0):
    """Any fields with anything in them."""
    for field in message.DESCRIPTOR.fields:
        if turn.random() < 0.3:
            continue
        is_many = field.is_repeated
        is_map = (field.message_type is not None
                  and field.message_type.GetOptions().map_entry)
        if is_map:
            values = getattr(message, field.name)
            for _ in range(turn.choice([0, 1, 3, 80])):
                of = field.message_type.fields_by_name
                values[anything(turn, of["key"])] = anything(turn, of["value"])
        elif field.message_type is not None:
            if depth > 3:
                continue
            if is_many:
                for _ in range(turn.choice([0, 1, 2, 70])):
                    fill(turn, getattr(message, field.name).add(), depth + 1)
            else:
                fill(turn, getattr(message, field.name), depth + 1)
                getattr(message, field.name).SetInParent()
        elif is_many:
            getattr(message, field.name).extend(
                anything(turn, field) for _ in range(turn.choice([0, 1, 40])))
        else:
            setattr(message, field.name, anything(turn, field))
    return message


def mutated(turn, raw):
    """Bytes flipped, cut, doubled, or put in."""
    raw = bytearray(raw)
    for _ in range(turn.choice([0, 1, 4])):
        place = turn.randrange(len(raw) + 1)
        what = turn.randrange(4)
        if what == 0 and place < len(raw):
            raw[place] ^= 1 << turn.randrange(8)
        elif what == 1:
            del raw[place:place + turn.randrange(20)]
        elif what == 2:
            raw[place:place] = turn.randbytes(turn.randrange(12))
        else:
            raw += raw[:place]
    return bytes(raw[:1 << 20])


@claim
def ten_thousand_requests_of_anything(folder):
    turn = random.Random(SEED)
    with serving(folder) as node, registry_of(node) as registry:
        for name in ("minilm", "other"):
            registry.call("Register", model_id=name, version="1.0.0",
                          storage_uri="s3://models/x")
        methods = [method for method in registry.service.methods
                   if method.name not in STREAMS]
        calls = {method.name: registry.channel.unary_unary(
            f"/{SERVICE}/{method.name}") for method in methods}
        before, refused = node.resident(), 0
        for number in range(REQUESTS):
            method = turn.choice(methods)
            raw = fill(turn, registry.message(method.input_type)
                       ).SerializeToString()
            was_changed = turn.random() < 0.5
            if was_changed:
                raw = mutated(turn, raw)
            try:
                calls[method.name](raw, timeout=60)
            except grpc.RpcError as why:
                refused += 1
                may_be = WELL_SAID | ({grpc.StatusCode.INTERNAL}
                                      if was_changed else set())
                assert why.code() in may_be, (
                    f"{method.name}: {why.code()} {why.details()}; request "
                    f"{number}, TRIVIUM_SEED={SEED}; {node.end_of_log()}")
        assert 0 < refused < REQUESTS, "nothing, or everything, was refused"
        assert node.child.poll() is None, (SEED, node.end_of_log())
        registry.call("Register", model_id="good", version="1.0.0",
                      storage_uri="s3://models/x")
        assert registry.call("Get", model_id="good").version == "1.0.0"
        grown = node.resident() - before
        assert IS_SANITIZED or grown < 128 << 20, (grown, SEED)


@claim
def streams_that_say_anything(folder):
    turn = random.Random(SEED)
    with serving(folder) as node, registry_of(node) as registry:
        keep = registry.channel.stream_stream(f"/{SERVICE}/KeepAlive")
        many = registry.channel.stream_stream(f"/{SERVICE}/RegisterStream")
        watch = registry.channel.unary_stream(f"/{SERVICE}/Watch")
        for _ in range(300):
            for open_stream, kind, argument in (
                    (keep, "KeepAlive", lambda raw: iter([raw] * 3)),
                    (many, "RegisterStream", lambda raw: iter([raw] * 3)),
                    (watch, "Watch", lambda raw: raw)):
                raw = mutated(turn, fill(turn, registry.message(
                    registry.method(kind).input_type)).SerializeToString())
                stream = open_stream(argument(raw), timeout=60)
                try:
                    next(stream, None)
                except grpc.RpcError:
                    pass
                stream.cancel()
        assert node.child.poll() is None, (SEED, node.end_of_log())
        registry.call("Register", model_id="good", version="1.0.0",
                      storage_uri="s3://models/x")
        assert registry.call("Get", model_id="good").version == "1.0.0"


if __name__ == "__main__":
    sys.exit(main())
