#pragma once

#include "storage/file_io/readable_file.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trivium::storage {

/// Where a file's name comes from.
enum class named_by : uint8_t {
  listing, ///< The folder's own list of files.
  content  ///< Bytes of a file: an index, external data.
};

/// A folder that holds a model, and the rule by which its files are opened:
/// nothing outside the folder is read because a name or a link says so. One
/// exception: the snapshot folders of a Hugging Face cache
/// (`…/snapshots/<revision>/…`) are made of links into `…/blobs/`; such a link
/// is followed, to that one folder.
class model_folder {
public:
  /// Error: not_found.
  [[nodiscard]] static expected<model_folder>
  open(const std::filesystem::path& path);

  /// The folder `relative` (empty: itself) beneath `root`, named by somebody
  /// who may read what lies there and nothing else: no link at all is followed,
  /// and no file with hard links is read. Errors: not_found (also for a file),
  /// permission_denied (a link).
  [[nodiscard]] static expected<model_folder>
  beneath(const std::filesystem::path& root, const std::string& relative);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Names of the regular files and links directly in the folder, sorted,
  /// hidden ones left out. Error: resource_exhausted beyond 100,000.
  [[nodiscard]] expected<std::vector<std::string>> file_names() const;

  /// Opens `relative`, a path beneath the folder. A name from the listing may
  /// be a link to another file of the folder and may have hard links; a name
  /// from content may not. Errors: not_found, permission_denied for what is
  /// not allowed, invalid_argument for what is no regular file.
  [[nodiscard]] expected<std::shared_ptr<const readable_file>>
  open_member(const std::string& relative, named_by source) const;

private:
  explicit model_folder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_; ///< Canonical, but for one beneath a root.
  std::filesystem::path root_; ///< Empty: a person named the folder.
  std::string beneath_root_;   ///< "" or a path that ends in '/'.
};

} // namespace trivium::storage
