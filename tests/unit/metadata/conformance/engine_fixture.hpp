#pragma once

#include "tests/unit/metadata/conformance/engine.hpp"
#include "tests/unit/metadata/store_words.hpp"

namespace trivium::test {

/// A fresh store of this program's engine, and the clocks that it goes by.
struct engine_fixture : store_words {
  static constexpr uint64_t ns_per_ms = 1'000'000;

  uint64_t uptime = 1000 * ns_per_ms;
  int64_t now_ms = 1'000'000;
  std::string boot = "first";
  std::unique_ptr<engine> kept = new_engine();

  engine_fixture() { reopen(); }
  ~engine_fixture() { store.reset(); } // ahead of the engine

  void reopen() {
    store.reset();
    storage::metadata_options options;
    options.uptime_ns = [this] { return uptime; };
    options.now_ms = [this] { return now_ms; };
    options.boot_id = boot;
    store = kept->open(options);
  }

  void pass(uint64_t time_ms) {
    uptime += time_ms * ns_per_ms;
    now_ms += static_cast<int64_t>(time_ms);
  }

  lease_id grant(uint64_t ttl_ms) {
    return commit({{}, {grant_lease{ttl_ms}}, {}}).lease;
  }

  commit_result put_on(lease_id lease, const std::string& key) {
    return commit({{}, {put{key, "x", false, lease}}, {}});
  }

  revision revoke(lease_id id) {
    return commit({{}, {revoke_lease{id}}, {}}).at;
  }

  uint64_t left(lease_id id) const {
    return must(store->lease(id)).remaining_ms;
  }

  void compact(revision before, size_t values = 1000) {
    while (!must(store->compact(before, values)))
      ;
  }
};

} // namespace trivium::test
