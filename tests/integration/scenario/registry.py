"""A gRPC client of a node's registry that knows nothing but its address: the
schema comes by server reflection, as grpcurl gets it."""

import contextlib
import functools
import json

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.protobuf import any_pb2  # noqa: F401  (google.rpc.Status needs it)
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase)

SERVICE = "trivium.v1.ModelRegistry"
CALL_SECONDS = 60  # only to tell a hang from a slow machine


class Refused(Exception):
    """An error of the node: its status code, text and google.rpc details."""

    def __init__(self, code, text, status):
        super().__init__(f"{code.name}: {text}")
        self.code, self.text = code, text
        self.reason, self.metadata, self.fields = "", {}, []
        for detail in status:
            self._take(detail)

    def _take(self, detail):
        kind, value = detail
        if kind.endswith("ErrorInfo"):
            self.reason, self.metadata = value.reason, dict(value.metadata)
        elif kind.endswith("BadRequest"):
            self.fields = [one.field for one in value.field_violations]


_pools = []  # one for all nodes of a script: pools that go away may crash upb


def service_of(address):
    """By reflection of the first node that was asked."""
    if not _pools:
        channel = grpc.insecure_channel(address)
        pool = descriptor_pool.DescriptorPool(
            ProtoReflectionDescriptorDatabase(channel))
        pool.FindServiceByName(SERVICE)
        _pools.append(pool)
    return _pools[0].FindServiceByName(SERVICE)


class Registry:
    def __init__(self, address):
        self.address = address
        self.channel = grpc.insecure_channel(address)
        self.service = service_of(address)

    def close(self):
        self.channel.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def method(self, name):
        return self.service.FindMethodByName(name)

    def message(self, descriptor, **fields):
        return message_factory.GetMessageClass(descriptor)(**fields)

    def request(self, name, **fields):
        return self.message(self.method(name).input_type, **fields)

    def _callable(self, name, kind):
        method = self.method(name)
        return getattr(self.channel, kind)(
            f"/{SERVICE}/{name}",
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(
                method.output_type).FromString)

    def call(self, name, timeout=CALL_SECONDS, metadata=(), **fields):
        """Answers with the response; raises Refused."""
        request = fields.pop("request", None) or self.request(name, **fields)
        try:
            return self._callable(name, "unary_unary")(
                request, timeout=timeout, metadata=metadata)
        except grpc.RpcError as failed:
            raise self.refused(failed) from None

    def begin(self, name, **fields):
        """A call under way."""
        return self._callable(name, "unary_unary").future(
            self.request(name, **fields), timeout=CALL_SECONDS)

    def refused(self, failed):
        return Refused(failed.code(), failed.details(), details(failed))

    def watch(self, **fields):
        """The stream; its first response says where it begins."""
        stream = self._callable("Watch", "unary_stream")(
            self.request("Watch", **fields), timeout=CALL_SECONDS)
        return stream

    def keep_alive(self, requests):
        return self._callable("KeepAlive", "stream_stream")(
            requests, timeout=CALL_SECONDS)

    def open_register_stream(self, messages):
        """The stream, of messages that are lists of fields."""
        many = self.method("RegisterStream").input_type
        return self._callable("RegisterStream", "stream_stream")(
            (self.message(many, registrations=[
                self.message(self.method("Register").input_type, **fields)
                for fields in message]) for message in messages),
            timeout=CALL_SECONDS)

    def register_stream(self, messages):
        """Outcomes, as they come."""
        try:
            for response in self.open_register_stream(messages):
                yield from response.outcomes
        except grpc.RpcError as failed:
            raise self.refused(failed) from None


def details(failed):
    """google.rpc details, read without their own schema package."""
    for key, value in failed.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return list(_details(value))
    return []


@functools.cache
def _details_pool():
    from google.protobuf import descriptor_pb2
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(any_pb2.DESCRIPTOR.serialized_pb)
    file = descriptor_pb2.FileDescriptorProto(
        name="rpc.proto", package="google.rpc", syntax="proto3",
        dependency=["google/protobuf/any.proto"])
    text, message = (descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
                     descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE)
    one, many = (descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL,
                 descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED)
    status = file.message_type.add(name="Status")
    status.field.add(name="details", number=3, label=many, type=message,
                     type_name=".google.protobuf.Any")
    info = file.message_type.add(name="ErrorInfo")
    info.field.add(name="reason", number=1, label=one, type=text)
    info.field.add(name="domain", number=2, label=one, type=text)
    info.field.add(name="metadata", number=3, label=many, type=message,
                   type_name=".google.rpc.ErrorInfo.MetadataEntry")
    entry = info.nested_type.add(name="MetadataEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, label=one, type=text)
    entry.field.add(name="value", number=2, label=one, type=text)
    request = file.message_type.add(name="BadRequest")
    request.field.add(name="field_violations", number=1, label=many,
                      type=message,
                      type_name=".google.rpc.BadRequest.FieldViolation")
    violation = request.nested_type.add(name="FieldViolation")
    violation.field.add(name="field", number=1, label=one, type=text)
    violation.field.add(name="description", number=2, label=one, type=text)
    pool.Add(file)
    return pool


def _details(raw):
    def kind(name):
        return message_factory.GetMessageClass(
            _details_pool().FindMessageTypeByName("google.rpc." + name))

    for detail in kind("Status").FromString(raw).details:
        name = detail.type_url.rpartition(".")[2]
        if name in ("ErrorInfo", "BadRequest"):
            yield name, kind(name).FromString(detail.value)


@contextlib.contextmanager
def registry_of(node):
    """Of a scenario.node.Node."""
    file = json.loads((node.store / "node.json").read_text())
    with Registry(file["grpc"]) as registry:
        yield registry
