#include "tools/measure/registry/commands.hpp"
#include "tools/measure/registry/histogram.hpp"

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace trivium::bench {

namespace {

constexpr size_t threads = 64;
constexpr size_t value_bytes = 300;
constexpr std::chrono::milliseconds warm_up{500};

void check(const rocksdb::Status& status) {
  if (!status.ok())
    throw std::runtime_error{status.ToString()};
}

/// 32 bytes, each of them once.
std::string key_of(size_t thread, uint64_t number) {
  char text[33];
  std::snprintf(text, sizeof(text), "%08zx%024llx", thread,
                static_cast<unsigned long long>(number));
  return text;
}

} // namespace

int probe_rocksdb(words arguments) {
  if (arguments.size() != 2)
    return 2;
  const auto path = std::string{arguments[0]} + "/probe_rocksdb";
  const std::chrono::duration<double> length{std::atof(arguments[1])};
  rocksdb::Options options; // as they come
  options.create_if_missing = true;
  options.error_if_exists = true;
  rocksdb::DB* opened = nullptr;
  check(rocksdb::DB::Open(options, path, &opened));
  std::unique_ptr<rocksdb::DB> db{opened};

  std::atomic<bool> is_over{false};
  std::atomic<uint64_t> writes{0};
  const auto write = [&](size_t thread) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const std::string value(value_bytes, 'x');
    for (uint64_t i = 0; !is_over.load(std::memory_order_relaxed); ++i) {
      if (!db->Put(synced, key_of(thread, i), value).ok())
        std::abort();
      writes.fetch_add(1, std::memory_order_relaxed);
    }
  };
  std::vector<std::thread> writers;
  for (size_t i = 0; i < threads; ++i)
    writers.emplace_back(write, i);
  std::this_thread::sleep_for(warm_up);
  const auto begin = steady::now();
  const auto before = writes.load();
  std::this_thread::sleep_for(length);
  const auto done = writes.load() - before;
  const std::chrono::duration<double> took = steady::now() - begin;
  is_over = true;
  for (auto& writer : writers)
    writer.join();
  db.reset();
  check(rocksdb::DestroyDB(path, options));
  std::printf("{\"per_second\":%.1f}\n",
              static_cast<double>(done) / took.count());
  return 0;
}

} // namespace trivium::bench
