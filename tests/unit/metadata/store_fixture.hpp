#pragma once

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/metadata/store_words.hpp"

namespace trivium::test {

/// A fresh store of RocksDB.
struct store_fixture : store_words {
  temporary_folder folder;

  store_fixture() { reopen(); }
  ~store_fixture() { store.reset(); } // ahead of its folder

  void reopen() {
    store.reset();
    store = must(storage::metadata_store::open(folder.path()));
  }
};

} // namespace trivium::test
