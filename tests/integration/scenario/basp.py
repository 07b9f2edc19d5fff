"""CAF's BASP 0.17.6 as a client speaks it, byte by byte; good and bad."""

import os
import socket
import struct

HEADER = struct.Struct(">BxxBIQQQ")
(SERVER_HANDSHAKE, CLIENT_HANDSHAKE, DIRECT, ROUTED, MONITOR, DOWN,
 HEARTBEAT) = range(7)
NAMED = 1  # flag: the destination is a name
REQUEST_ID = 0x1000000000000002  # of a first request, ordinary priority
ANSWER = 1 << 63
STREAM = 1 << 61
NODE_ID_BYTES = 32
REASON = bytes.fromhex("04000000000fabdbb9") + b"\0\0\3@<>"


def frame(operation, payload=b"", flags=0, data=0, source=0, destination=0,
          announced=None):
    return HEADER.pack(operation, flags,
                       len(payload) if announced is None else announced, data,
                       source, destination) + payload


def node_id(process=None, host=None):
    """Of a process; random ones by default."""
    return (bytes.fromhex("00003e9aab9bac79")
            + (os.urandom(4) if process is None else struct.pack(">I", process))
            + (os.urandom(20) if host is None else host))


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def text(content):
    return varint(len(content)) + content


def content(type_names, rest, stages=b"\0"):
    """A message of these types, behind a forwarding stack."""
    return (stages + b"\0\0" + text(b"@<>" + b"".join(
        b"+" + name.encode() for name in type_names)) + rest)


def handle(node, actor):
    """strong_actor_ptr"""
    return struct.pack(">Q", actor) + node


def request(command=b"\xa2\x01\x00", number=1):
    """A Request; the command is GetStatus unless told."""
    return content(["trivium::v1::Request"],
                   text(b"\x08" + varint(number) + command))


class Session:
    """A client's connection, its handshake exchanged: `gateway` is the actor
    that may be addressed, `node` the id of the other end."""

    def __init__(self, path, node=None, timeout=5):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.own = node or node_id()
        self.socket.sendall(frame(CLIENT_HANDSHAKE, self.own))
        self._waiting = b""
        operation, _, _, _, payload = self.read()
        assert operation == SERVER_HANDSHAKE, operation
        self.node = payload[:NODE_ID_BYTES]
        assert payload[NODE_ID_BYTES:][:17] == b"\1\x0fgeneric-caf-app", payload
        (self.gateway,) = struct.unpack_from(">Q", payload, NODE_ID_BYTES + 17)

    def read(self):
        """operation, message id, source, destination, payload"""
        head = self._bytes(HEADER.size)
        operation, _, length, data, source, destination = HEADER.unpack(head)
        return operation, data, source, destination, self._bytes(length)

    def _bytes(self, count):
        while len(self._waiting) < count:
            more = self.socket.recv(1 << 16)
            if not more:
                raise ConnectionError("the node closed the link")
            self._waiting += more
        out, self._waiting = self._waiting[:count], self._waiting[count:]
        return out

    def ask(self, number=1, source=6):
        """Sends a request for the status, reads on to its answer."""
        identity = REQUEST_ID + number
        self.socket.sendall(self.question(number, source))
        while True:
            operation, data, _, destination, payload = self.read()
            if operation == DIRECT and data == identity | ANSWER:
                assert destination == source, destination
                assert b"+trivium::v1::Reply" in payload, payload
                return payload

    def question(self, number=1, source=6):
        return frame(DIRECT, request(number=number), data=REQUEST_ID + number,
                     source=source, destination=self.gateway)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
