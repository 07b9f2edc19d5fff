#pragma once

#include "messages/values/keys.hpp"
#include "storage/metadata/backup/check.hpp"
#include "storage/metadata/backup/restore.hpp"
#include "tests/unit/metadata/store_fixture.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

namespace trivium::test {

/// A store, and places for backups of it and for what is restored of them.
struct backup_fixture : store_fixture {
  temporary_folder elsewhere;
  std::filesystem::path backup = elsewhere / "backup";
  std::filesystem::path restored = elsewhere / "restored";

  /// All kinds of records: values, erasings, events, leases and their keys, an
  /// alias with a history.
  void fill() {
    set("a", "1");
    set("a", "2");
    drop("a");
    set("a", "3");
    set("b", std::string(5000, 'b'));
    drop("b");
    set("models/default/m/aliases/production", "1.0.0");
    set("models/default/m/aliases/production", "1.1.0");
    commit(
      {{}, {put{"c", "1"}, put{"d", ""}, put{"events/", "ran", true}}, {}});
    commit({{},
            {grant_lease{60'000}, put{"e", "1", false, new_lease},
             put{"f", "1", false, new_lease}},
            {}});
  }

  storage::backup_manifest make() const {
    return must(store->backup(backup, {}));
  }

  [[nodiscard]] std::unique_ptr<storage::metadata_store> restore() const {
    must(storage::restore_metadata(backup, restored));
    return must(storage::metadata_store::open(restored));
  }

  /// The newest file of a backup that ends so.
  [[nodiscard]] std::filesystem::path file(const std::string& extension) const {
    std::filesystem::path newest;
    for (const auto& entry :
         std::filesystem::directory_iterator{backup / "rocksdb"})
      if (entry.path().extension() == extension && entry.path() > newest)
        newest = entry.path();
    BOOST_REQUIRE(!newest.empty());
    return newest;
  }
};

inline void flip(const std::filesystem::path& path, uintmax_t offset) {
  std::fstream bytes{path, std::ios::in | std::ios::out | std::ios::binary};
  bytes.seekg(static_cast<std::streamoff>(offset));
  const auto byte = static_cast<char>(bytes.get() ^ 0x10);
  bytes.seekp(static_cast<std::streamoff>(offset));
  bytes.put(byte);
}

inline std::string content(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Names in a folder, joined by blanks.
inline std::string names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  std::string joined;
  for (const auto& name : names)
    joined += (joined.empty() ? "" : " ") + name;
  return joined;
}

/// All that the reads of a store tell, for comparing.
inline std::string all_of(const storage::metadata_store& store) {
  std::ostringstream out;
  const auto tell = [&](const key_value& one) {
    out << one.key << "=" << one.value << " " << one.created << "/"
        << one.modified << "/" << one.version << "/" << one.lease << "\n";
  };
  out << "head " << store.head() << ", compacted " << store.compacted() << "\n";
  for (auto at = std::max<revision>(store.compacted(), 1); at <= store.head();
       ++at) {
    out << "at " << at << ", of time " << must(store.revision_at(INT64_MAX))
        << "\n";
    for (const auto& one : must(store.range("", at))) {
      tell(one);
      out << "history\n";
      for (const auto& change : must(store.history(one.key))) {
        out << (change.is_erase ? "erased " : "");
        tell(change.after);
      }
    }
  }
  out << "changes\n";
  for (const auto& change :
       must(store.changes(store.compacted() + 1, 10'000))) {
    out << (change.is_erase ? "erased " : "");
    tell(change.after);
  }
  for (const auto& one : must(store.range(std::string{keys::leases_prefix}))) {
    const auto lease = must(store.lease(one.modified));
    out << "lease " << one.modified << " of " << lease.ttl_ms << ":";
    for (const auto& key : lease.keys)
      out << " " << key;
  }
  return out.str();
}

} // namespace trivium::test
