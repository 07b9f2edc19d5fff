#!/usr/bin/env python3
"""Whatever is said at a node's door, the node lives, grows by 16 MiB at most
and serves others within 100 ms."""
# trivium-test: serial timeout=600

import contextlib
import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

import scenario  # noqa: F401  (moves into the peers' environment)
from scenario import basp
from scenario.claims import claim, main
from scenario.program import BINARY, BUILD, environment

HANG_SECONDS = 60  # only to tell a hang from a slow machine
SEED = int(os.environ.get("TRIVIUM_SEED") or random.getrandbits(32))
SCALE = float(os.environ.get("TRIVIUM_DOOR_SCALE") or 1)
# A sanitizer keeps what was freed, and is slow.
IS_SANITIZED = b"__asan_init" in BINARY.read_bytes()


def times(number):
    return max(1, int(number * SCALE))


class Node:
    def __init__(self, folder, settings=""):
        self.folder = folder
        self.socket = folder / "store/door.sock"
        self.log = folder / "log"
        config = folder / "settings.yaml"
        config.write_text("log:\n  level: warning\n" + settings)
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                [str(BINARY), "serve", "--grpc", "127.0.0.1:0",
                 "--config", str(config)],
                cwd=folder, env=environment(folder), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log)
        assert self.child.stdout.readline(), self.log.read_text()

    def session(self, **options):
        return basp.Session(self.socket, **options)

    def status(self, key):
        with open(f"/proc/{self.child.pid}/status") as lines:
            return next(int(line.split()[1]) for line in lines
                        if line.startswith(key + ":"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    def expect_alive(self):
        code = self.child.poll()
        assert code is None, (f"the node ended: {code}; TRIVIUM_SEED={SEED}; "
                              + self.log.read_text()[-4000:])
        with self.session(timeout=HANG_SECONDS) as good:
            good.ask()

    def end(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.communicate(timeout=HANG_SECONDS)
        said = self.log.read_text()
        assert self.child.returncode == 0, (self.child.returncode,
                                            said[-4000:])
        assert "Sanitizer" not in said, said[-4000:]


@contextlib.contextmanager
def serving(folder, settings=""):
    node = Node(folder, settings)
    try:
        yield node
        node.end()
    finally:
        if node.child.poll() is None:
            node.child.kill()
            node.child.communicate()


def ask_on_and_on(path, told, is_over):
    """A good client: one long session, and a new one for every other question;
    tells how long answers took, or what went wrong."""
    worst, count = 0.0, 0
    try:
        with basp.Session(path, timeout=HANG_SECONDS) as lasting:
            while not is_over.is_set():
                begin = time.monotonic()
                lasting.ask(number=count)
                worst = max(worst, time.monotonic() - begin)
                begin = time.monotonic()
                with basp.Session(path, timeout=HANG_SECONDS) as fresh:
                    fresh.ask()
                worst = max(worst, time.monotonic() - begin)
                count += 1
                is_over.wait(0.01)
        told.send((worst, count, None))
    except Exception as wrong:  # told to the other process
        told.send((worst, count, repr(wrong)))


@contextlib.contextmanager
def good_client(node):
    """`seen` holds the worst seconds and how many answers, afterwards."""
    heard, told = multiprocessing.Pipe()
    is_over = multiprocessing.Event()
    client = multiprocessing.Process(target=ask_on_and_on,
                                     args=(node.socket, told, is_over))
    seen = []
    client.start()
    try:
        yield seen
    finally:
        is_over.set()
        if heard.poll(HANG_SECONDS):
            seen[:] = heard.recv()
        client.join(HANG_SECONDS)
        client.kill()
    assert seen, "the good client hangs"
    assert seen[2] is None, f"the good client: {seen[2]}; TRIVIUM_SEED={SEED}"


def settles(value, wanted):
    until = time.monotonic() + HANG_SECONDS
    while not wanted(value()):
        if time.monotonic() > until:
            raise AssertionError(f"{value()} after {HANG_SECONDS} s")
        time.sleep(0.05)


@contextlib.contextmanager
def attacked(node):
    """What is done inside harms neither the node nor its good client."""
    with good_client(node) as quiet:
        time.sleep(2)
    node.expect_alive()
    descriptors, resident = node.descriptors(), node.status("VmRSS")
    with good_client(node) as seen:
        yield
        time.sleep(1)
    node.expect_alive()
    worst, answers, _ = seen
    limit = max(0.1, 3 * quiet[0])
    grown = node.status("VmRSS") - resident
    if os.environ.get("TRIVIUM_DOOR_FIGURES"):
        print(f"worst answer {worst * 1000:.1f} ms of {answers} (before: "
              f"{quiet[0] * 1000:.1f} ms), RSS +{grown} KiB", file=sys.stderr)
    assert answers > 0
    if not IS_SANITIZED:
        assert worst <= limit, (
            f"an answer took {worst * 1000:.0f} ms of {limit * 1000:.0f} ms, "
            f"before {quiet[0] * 1000:.0f} ms; TRIVIUM_SEED={SEED}")
        assert grown <= 16 << 10, f"RSS grew by {grown} KiB"
    # The good client's own links end a moment after it.
    settles(node.descriptors, lambda now: now <= descriptors)


def connect(node):
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(HANG_SECONDS)
    link.connect(str(node.socket))
    return link


def send(link, data):
    """What the node closes on is not our trouble."""
    with contextlib.suppress(OSError):
        link.sendall(data)


def is_closed(link):
    """Whether the other end closes it; a hang is no answer."""
    try:
        while link.recv(1 << 16):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


# --- known killers -----------------------------------------------------------

def first_frames():
    """That no session begins with."""
    for operation in range(256):
        if operation != basp.CLIENT_HANDSHAKE:
            yield basp.frame(operation)
            yield basp.frame(operation, b"x" * 40)
    for length in (0, 1, 31, 33, 1 << 20, 1 << 28, 1 << 31, (1 << 32) - 1):
        yield basp.frame(basp.CLIENT_HANDSHAKE, announced=length)
        yield basp.frame(basp.DIRECT, announced=length)
    yield basp.frame(basp.CLIENT_HANDSHAKE, bytes(32))
    yield basp.frame(basp.CLIENT_HANDSHAKE, b"\xff" * 32)


def handles(node, gateway):
    """Of actors that a client might guess, and of no actor."""
    yield bytes(16)
    for actor in (*range(0, 48), gateway, gateway - 1, gateway + 1, (1 << 64) - 1):
        yield basp.handle(node, actor)
    yield basp.handle(basp.node_id(), 1)


# Names of CAF's own types and of those that never leave a process, as they
# stand in a message.
OTHER_TYPES = (
    "@exit", "@down", "@exit_msg", "@down_msg", "exit_msg", "down_msg",
    "open_stream_msg", "@open_stream_msg", "upstream_msg", "downstream_msg",
    "timeout_msg", "@timeout_msg", "error", "@error", "@str", "@atom", "@unit",
    "@strong_actor_ptr", "@message", "@node", "@addr", "@actor",
    "trivium::envelope", "trivium::client_task", "trivium::v1::Reply",
    "trivium::v1::Notice", "trivium::actors::link_opened",
    "trivium::actors::link_closed", "trivium::op::tick", "trivium::op::probe",
    "trivium::event_record", "trivium::job_status")


def later_frames(session):
    """That are no part of a session, once it has begun."""
    gateway, own, node = session.gateway, session.own, session.node

    def message(payload, **options):
        return basp.frame(basp.DIRECT, payload, **{
            "data": basp.REQUEST_ID, "source": 6, "destination": gateway,
            **options})

    for operation in range(256):
        yield basp.frame(operation, destination=gateway)
        yield basp.frame(operation, b"x", destination=gateway)
    for length in (1 << 22, 1 << 28, 1 << 31, (1 << 32) - 1):
        for operation in (1, 2, 4, 5, 6):
            yield basp.frame(operation, announced=length, destination=gateway)
    for category in range(8):
        yield message(basp.request(), data=category << 60 | 2)
        yield message(basp.request(), data=1 << 63 | category << 60 | 2)
    link = bytes.fromhex("000000000fabdbb9")
    for one in handles(node, gateway):
        yield message(basp.content(["@atom", "@strong_actor_ptr"], link + one))
        yield message(basp.content(["@strong_actor_ptr"], one))
        yield message(basp.request(), source=int.from_bytes(one[:8], "big"))
        yield message(basp.content(["trivium::v1::Request"], basp.text(b""),
                                   stages=b"\1" + one))
        yield message(basp.request(), destination=int.from_bytes(one[:8], "big"))
        yield basp.frame(basp.MONITOR, own + node,
                         destination=int.from_bytes(one[:8], "big"))
    yield message(basp.content([], b"", stages=b"\xff\xff\xff\xff\x0f"))
    for name in OTHER_TYPES:
        for rest in (b"", bytes(64), b"\xff" * 64):
            yield message(basp.content([name], rest))
            yield message(basp.content([name], rest), data=0)
            yield message(basp.content(["trivium::v1::Request", name],
                                       basp.text(b"") + rest))
    for size in (127, 1 << 20, (1 << 64) - 1):
        yield message(basp.content(["trivium::v1::Request"],
                                   basp.varint(size) + b"x"))
    for nodes in (node + own, node + node, own + own, basp.node_id() + node,
                  own + basp.node_id(), own, b"x"):
        yield basp.frame(basp.MONITOR, nodes, destination=gateway)
        yield basp.frame(basp.DOWN, nodes + basp.REASON, source=6)
        yield basp.frame(basp.ROUTED, nodes + basp.request(),
                         destination=gateway)
    yield basp.frame(basp.CLIENT_HANDSHAKE, basp.node_id())
    yield basp.frame(basp.CLIENT_HANDSHAKE, node)


@claim
def no_known_killer_harms_it(folder):
    with serving(folder) as node:
        with node.session() as one:
            count = len(list(later_frames(one)))
        with attacked(node):
            for data in first_frames():
                with contextlib.closing(connect(node)) as link:
                    send(link, data)
            for i in range(count):
                with node.session() as one:
                    send(one.socket, list(later_frames(one))[i])
                    send(one.socket, one.question())
            # One that calls itself by the node's own id.
            with node.session() as one:
                name = one.node
            with contextlib.closing(connect(node)) as link:
                send(link, basp.frame(basp.CLIENT_HANDSHAKE, name))
                assert is_closed(link)


@claim
def lengths_up_to_4_gib_take_no_memory(folder):
    with serving(folder) as node, attacked(node):
        links = []
        for length in (1 << 22, 1 << 28, 1 << 31, (1 << 32) - 1):
            for _ in range(times(30)):
                one = node.session()
                send(one.socket, basp.frame(basp.DIRECT, b"x" * 100,
                                            announced=length,
                                            destination=one.gateway))
                assert is_closed(one.socket)
                links.append(one)
        for one in links:
            one.close()


@claim
def a_thousand_silent_connections_keep_nobody_waiting(folder):
    with serving(folder) as node, attacked(node):
        links = [connect(node) for _ in range(1000)]
        time.sleep(1)
        for link in links:
            assert is_closed(link)
            link.close()


# --- chance ------------------------------------------------------------------

@claim
def ten_thousand_random_blobs_harm_nothing(folder):
    chance = random.Random(SEED)
    with serving(folder) as node, attacked(node):
        for _ in range(times(10_000)):
            with contextlib.closing(connect(node)) as link:
                send(link, chance.randbytes(chance.randint(1, 4096)))


def valid_session(one):
    """The frames of a session after its first: as a client was seen to."""
    yield basp.frame(basp.CLIENT_HANDSHAKE, one.own, flags=2)
    info = basp.content(["@atom", "@atom", "@str"],
                        bytes.fromhex("00000000003f8fb8"
                                      "00000000003ecab9") + basp.text(b"info"))
    yield basp.frame(basp.DIRECT, info, flags=basp.NAMED, data=1 << 60,
                     source=7, destination=278614525059968507)
    yield basp.frame(basp.MONITOR, one.own + one.node, destination=one.gateway)
    commands = (b"\x52\x09\x08\x01\x1a\x05hello",       # Hello
                b"\xa2\x01\x00",                         # GetStatus
                b"\xaa\x01\x00",                         # ListActors
                b"\xf2\x01\x00",                         # ListModels
                b"\x62\x04\x08\x01\x52\x00",             # Watch events
                b"\x92\x02\x0f\x0a\x01m\x12\x0aproduction",  # ResolveAlias
                b"\x9a\x03\x00")                         # ListJobs
    for number, command in enumerate(commands, 1):
        yield basp.frame(basp.DIRECT, basp.request(command, number),
                         data=basp.REQUEST_ID + number, source=6,
                         destination=one.gateway)
        yield basp.frame(basp.HEARTBEAT)
    yield basp.frame(basp.DOWN, one.own + one.node + basp.REASON, source=6)


def changed_bytes(chance, data):
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        data[chance.randrange(len(data))] = chance.choice(
            (0, 1, 127, 128, 255, chance.randrange(256)))
    return bytes(data)


def mutated(chance, one, frames):
    """The bytes of a session that is not quite one."""
    kind = chance.randrange(7)
    if kind == 0:    # bytes anywhere
        return changed_bytes(chance, b"".join(frames))
    if kind == 1:    # order
        chance.shuffle(frames)
        return b"".join(frames)
    if kind == 2:    # headers
        i = chance.randrange(len(frames))
        frames[i] = (changed_bytes(chance, frames[i][:basp.HEADER.size])
                     + frames[i][basp.HEADER.size:])
        return b"".join(frames)
    if kind == 3:    # content only: every length stays true
        return b"".join(
            frame[:basp.HEADER.size]
            + changed_bytes(chance, frame[basp.HEADER.size:])
            if len(frame) > basp.HEADER.size and chance.random() < 0.5
            else frame for frame in frames)
    if kind == 4:    # cut, or with something put in
        data = b"".join(frames)
        at = chance.randrange(len(data))
        return data[:at] + chance.randbytes(chance.randint(0, 64)) + data[
            at + chance.randint(0, 64):]
    if kind == 5:    # what CAF would obey, among what is allowed
        strange = list(later_frames(one))
        return b"".join(frame for valid in frames
                        for frame in (valid, chance.choice(strange)))
    return b"".join(  # protobuf that is none
        basp.frame(basp.DIRECT,
                   basp.content(["trivium::v1::Request"],
                                basp.text(chance.randbytes(
                                    chance.randint(0, 200)))),
                   data=basp.REQUEST_ID + i, source=6, destination=one.gateway)
        for i in range(20))


@claim
def ten_thousand_mutated_sessions_harm_nothing(folder):
    chance = random.Random(SEED)
    with serving(folder) as node, attacked(node):
        for i in range(times(10_000)):
            with node.session(timeout=HANG_SECONDS) as one:
                send(one.socket, mutated(chance, one, list(valid_session(one))))
                if i % 8 == 0:  # else it goes before it is answered
                    send(one.socket, one.question())
                    one.socket.settimeout(0.02)
                    is_closed(one.socket)


@claim
def a_session_may_be_broken_anywhere_by_bytes_of_its_handshake(folder):
    chance = random.Random(SEED)
    with serving(folder) as node, attacked(node):
        for _ in range(times(1000)):
            with contextlib.closing(connect(node)) as link:
                send(link, changed_bytes(chance, basp.frame(
                    basp.CLIENT_HANDSHAKE, basp.node_id())) * 2)


# --- who does not read -------------------------------------------------------

@claim
def who_sends_and_never_reads_is_dropped(folder):
    with serving(folder, "door:\n  stuck: 1 s\n") as node, attacked(node):
        with node.session(timeout=HANG_SECONDS) as one:
            begin = time.monotonic()
            questions = b"".join(one.question(i) for i in range(1000))
            with contextlib.suppress(ConnectionError):
                for _ in range(100):
                    one.socket.sendall(questions)
                # Taken whole or not, nobody reads: the node ends it.
                while True:
                    one.socket.sendall(basp.frame(basp.HEARTBEAT))
                    time.sleep(0.05)
                    assert time.monotonic() < begin + HANG_SECONDS, "kept"


# --- a client of another's ---------------------------------------------------

@claim
def no_client_ends_anothers_session(folder):
    with serving(folder) as node:
        with node.session() as victim, node.session() as other:
            victim.ask(1)
            for actor in range(1, 64):
                send(other.socket, basp.frame(
                    basp.DOWN, victim.own + other.node + basp.REASON,
                    source=actor))
                send(other.socket, basp.frame(
                    basp.MONITOR, other.own + victim.own,
                    destination=other.gateway))
            send(other.socket, basp.frame(
                basp.DIRECT, basp.content(["@exit"], bytes(64)),
                data=1 << 60, source=6, destination=victim.gateway))
            other.ask(1)
            victim.ask(2)
            other.ask(2)


# --- a real client -----------------------------------------------------------

class Client:
    """tests/integration/door_client.cpp, and its lines."""

    def __init__(self, path):
        self.child = subprocess.Popen(
            [str(BUILD / "bin/tests/door_client"), str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def says(self, *wanted, within=HANG_SECONDS):
        """Waits for these lines, one after the other; how long it took."""
        begin = time.monotonic()
        guard = threading.Timer(HANG_SECONDS, self.child.kill)
        guard.start()
        for line in wanted:
            heard = self.child.stdout.readline().strip()
            assert heard == line, f"{heard!r}, not {line!r}"
        guard.cancel()
        seconds = time.monotonic() - begin
        assert seconds < within, f"{wanted} took {seconds:.1f} s"

    def end(self):
        self.child.communicate(timeout=HANG_SECONDS)
        assert self.child.returncode == 0, self.child.returncode


@contextlib.contextmanager
def client_of(path):
    client = Client(path)
    try:
        client.says("connected", "served")
        yield client
        client.end()
    finally:
        if client.child.poll() is None:
            client.child.kill()
            client.child.communicate()


class Wire:
    """A door before the node's, whose links can be cut, and which may let the
    client break a rule."""

    def __init__(self, node):
        self.node = node
        self.path = node.folder / "wire.sock"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        self.inner = None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            outer, _ = self.listener.accept()
            self.inner = connect(self.node)
            for ends in ((outer, self.inner), (self.inner, outer)):
                threading.Thread(target=self._carry, args=ends,
                                 daemon=True).start()

    @staticmethod
    def _carry(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@claim
def a_client_whose_link_the_node_closed_is_back_at_once(folder):
    with serving(folder) as node:
        wire = Wire(node)
        with client_of(wire.path) as client:
            for _ in range(times(50)):
                # Between two frames or inside one: the link ends either way.
                send(wire.inner, basp.frame(basp.ROUTED, b"x") * 2)
                client.says("lost", "restored", "served", within=2)


@claim
def a_client_is_back_soon_after_the_node_is(folder):
    with serving(folder) as node, client_of(node.socket) as client:
        for number in (signal.SIGTERM, signal.SIGKILL):
            node.child.send_signal(number)
            node.child.communicate(timeout=HANG_SECONDS)
            client.says("lost")
            node.__init__(folder)
            client.says("restored", "served", within=4)


@claim
def a_client_is_back_when_its_node_was_frozen(folder):
    """Longer than either end waits for the other's heartbeats: the node finds
    several tries of the same client when it wakes."""
    with serving(folder) as node, client_of(node.socket) as client:
        node.child.send_signal(signal.SIGSTOP)
        try:
            client.says("lost")
            time.sleep(8)
        finally:
            node.child.send_signal(signal.SIGCONT)
        client.says("restored", "served", within=8)


if __name__ == "__main__":
    sys.exit(main())
