#pragma once

#include "messages/values/sha256.hpp"
#include "storage/artifacts/artifact_store.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trivium::test {

/// A store in its own folder, beside a folder of sources.
struct artifact_fixture {
  temporary_folder folder;
  std::filesystem::path root = folder / "store";
  std::unique_ptr<storage::artifact_store> store = opened();

  artifact_fixture() { std::filesystem::create_directory(folder / "source"); }

  std::unique_ptr<storage::artifact_store> opened() const {
    return must(storage::artifact_store::open(root));
  }

  /// A source file on its way into the store.
  storage::ingest_file file(const std::string& name,
                            const std::string& bytes) const {
    const auto path = folder / "source" / name;
    std::filesystem::create_directories(path.parent_path());
    fill(path, bytes);
    return {name, file_role::weights, must(storage::readable_file::open(path))};
  }

  expected<storage::ingest_result>
  ingest(std::vector<storage::ingest_file> files) const {
    return store->ingest(model_format::onnx, std::move(files), {}, {});
  }

  storage::ingest_result ingested(const std::string& name,
                                  const std::string& bytes) const {
    return must(ingest({file(name, bytes)}));
  }

  std::filesystem::path blob(const digest& sha256) const {
    const auto name = to_string(sha256);
    return root / "blobs" / name.substr(0, 2) / name;
  }

  /// The regular files below blobs/ or staging/.
  long files_in(const std::string& part) const {
    long count = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator{root / part})
      count += entry.is_regular_file() ? 1 : 0;
    return count;
  }

  /// Changes a byte of a blob, as a failing disk would.
  void flip(const digest& sha256, std::streamoff offset) const {
    const auto path = blob(sha256);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    std::fstream bytes{path, std::ios::in | std::ios::out | std::ios::binary};
    bytes.seekg(offset);
    const auto byte = static_cast<char>(bytes.get() ^ 1);
    bytes.seekp(offset);
    bytes.put(byte);
  }
};

} // namespace trivium::test
