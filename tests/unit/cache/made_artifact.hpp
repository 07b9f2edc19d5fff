#pragma once

#include "actors/cache/version_folder.hpp"
#include "messages/values/sha256.hpp"
#include "storage/artifacts/blob_folder.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <string>

namespace trivium::test {

/// A manifest with its digest and, file by file, what it holds.
struct made_artifact {
  manifest files;
  digest artifact;
  std::vector<std::string> bytes;
};

/// Three files, one of them in a sub-folder; another `seed`, other bytes.
inline made_artifact make_artifact(const std::string& seed) {
  made_artifact made;
  made.files.format = model_format::safetensors;
  for (const std::string path :
       {"config.json", "m.safetensors", "sub/t.json"}) {
    made.bytes.push_back(seed + " " + path + " " + patterned(3000));
    made.files.files.push_back({path, file_role::weights,
                                made.bytes.back().size(),
                                sha256(made.bytes.back())});
  }
  made.artifact = sha256(made.files.canonical());
  return made;
}

/// Whether `folder` holds just the files of the artifact, byte by byte.
inline bool holds_exactly(const std::filesystem::path& folder,
                          const made_artifact& made) {
  long files = 0;
  std::error_code missing;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator{folder, missing})
    files += entry.is_regular_file() ? 1 : 0;
  for (size_t i = 0; i < made.bytes.size(); ++i)
    if (content(folder / made.files.files[i].path) != made.bytes[i])
      return false;
  return files == static_cast<long>(made.bytes.size());
}

/// The blob folder of a store, written as if by its node.
struct made_blobs {
  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path path(const digest& blob) const {
    return storage::blob_folder{root / "blobs"}.path(blob);
  }

  void add(const made_artifact& made) const {
    for (size_t i = 0; i < made.bytes.size(); ++i) {
      const auto target = path(made.files.files[i].sha256);
      std::filesystem::create_directories(target.parent_path());
      fill(target, made.bytes[i]);
    }
  }

  [[nodiscard]] actors::file_copier copier() const {
    return
      [*this](const manifest_entry& file, const std::filesystem::path& target) {
        return storage::blob_folder{root / "blobs"}.export_to(
          target, file.sha256, file.size, {}, {});
      };
  }
};

/// Whether something unfinished lies below `folder`.
inline bool has_leftovers(const std::filesystem::path& folder) {
  std::error_code missing;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator{folder, missing})
    if (entry.path().native().ends_with(".partial"))
      return true;
  return false;
}

} // namespace trivium::test
