"""What one registration costs, with few models and with many: allocations,
syncs and actors' messages as the libraries are asked for them, bytes as the
kernel counts them."""

import sys
import time

from figures import beside, figure

CALLS = 5_000


def load_models(servers, node, count, first=0):
    print(f"  {count} models …", file=sys.stderr)
    servers.load(node, "trivium", "stream", most=count, ttl=0, warm_up=0,
                 seconds=3600, outstanding=1024, first=first, prefix="filled")
    settle(node)


def settle(node):
    """RocksDB goes on writing what it was given: that is nobody's call."""
    end, quiet, before = time.monotonic() + 60, 0, node.written()
    while quiet < 4 and time.monotonic() < end:
        time.sleep(0.5)
        now = node.written()
        quiet = quiet + 1 if now == before else 0
        before = now


def costs(servers, node, outstanding, prefix):
    before, disk = node.counted(), node.written()
    report = servers.load(node, "trivium", "register", most=CALLS, ttl=0,
                          warm_up=0, seconds=600, outstanding=outstanding,
                          channels=min(outstanding, 4), prefix=prefix)
    calls = report["next"]
    allocations, allocated, syncs, messages = (
        (now - then) / calls for now, then in zip(node.counted(), before))
    return {"allocations": (allocations, ""), "allocated": (allocated, "B"),
            "syncs": (syncs, ""),
            "messages": (messages, ""),
            "given to the disk": ((node.written() - disk) / calls, "B"),
            "processor time": (report["server_cpu_seconds"] / calls * 1e6,
                               "us")}


def measure_pool(servers):
    """What a registration allocates where nothing is used again."""
    seen = {}
    for name, env in (("pooled", {}),
                      ("anew", {"TRIVIUM_UNPOOLED_CALLS": "1"})):
        with servers.trivium(name, count=True, env=env) as node:
            load_models(servers, node, 1_000)
            seen[name] = costs(servers, node, 64, name)
    for key, unit in (("allocations", ""), ("allocated", "B")):
        beside(f"a registration with pooled calls: {key}",
               [seen["pooled"][key][0]], unit, "with each call made anew",
               [seen["anew"][key][0]])


def measure(servers, *, is_million):
    measure_pool(servers)
    sizes = [1_000] + ([1_000_000] if is_million else [])
    seen = {}
    with servers.folder("constants") as folder:
        with servers.trivium_in(folder, count=True) as node:
            filled = 0
            for size in sizes:
                load_models(servers, node, size - filled, filled)
                filled = size
                for outstanding in (1, 64):
                    seen[size, outstanding] = costs(
                        servers, node, outstanding, f"at{size}-{outstanding}")
                figure(f"resident with {size} models",
                       node.resident() / 2**20, "MiB",
                       target="<= 1536", met=node.resident() <= 1536 << 20)
        begin = time.monotonic()
        with servers.trivium_in(folder) as node:
            took = time.monotonic() - begin
            figure(f"start with {sizes[-1]} models", took, "s",
                   target="<= 10", met=took <= 10)
            figure(f"resident after it, {sizes[-1]} models",
                   node.resident() / 2**20, "MiB",
                   target="<= 1536", met=node.resident() <= 1536 << 20)
    for outstanding in (1, 64):
        for key, (few, unit) in seen[sizes[0], outstanding].items():
            name = f"a registration, {outstanding} outstanding: {key}"
            if not is_million:
                figure(f"{name}, {sizes[0]} models", few, unit)
                continue
            many = seen[sizes[1], outstanding][key][0]
            # With one outstanding nothing is shared: then these are constants.
            is_exact = outstanding == 1 and key in ("allocations", "syncs",
                                                    "messages")
            beside(f"{name}, {sizes[1]} models", [many], unit,
                   f"the same, {sizes[0]} models", [few],
                   most=1.1 if is_exact else None)
