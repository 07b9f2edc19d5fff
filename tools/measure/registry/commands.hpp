#pragma once

#include <span>

/// The subcommands of bench_registry. Each prints one JSON line and answers
/// with an exit code; an error is one line on standard error.
namespace trivium::bench {

using words = std::span<char*>;

/// FOLDER SECONDS: one thread appends 400 bytes and syncs them, over and over.
int probe_disk(words arguments);

/// FOLDER SECONDS: RocksDB's own synced writes from 64 threads, a key of 32 and
/// a value of 300 bytes each.
int probe_rocksdb(words arguments);

/// Answers registrations without doing anything, on a free loopback port, until
/// it is killed.
int serve_echo(words arguments);

/// TARGET OPERATION ADDRESS [NAME=VALUE…]: see load.cpp.
int run_load(words arguments);

} // namespace trivium::bench
