#pragma once

#include "actors/cache/folder_lock.hpp"
#include "actors/cache/use_history.hpp"
#include "messages/values/envelope.hpp"
#include "messages/values/manifest.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace trivium::actors {

/// Copies one file of an artifact to `target`, its SHA-256 checked, whole or
/// not at all.
using file_copier = std::function<expected<void>(
  const manifest_entry& file, const std::filesystem::path& target)>;

/// Every file of an artifact below `folder`, which exists. Errors:
/// resource_exhausted before the first byte is copied, cancelled, the copier's.
[[nodiscard]] expected<void> fetch_files(const std::filesystem::path& folder,
                                         const manifest& files,
                                         const file_copier& copy,
                                         const cancel_token& cancel);

/// Where a pull puts a model: DIR/versions/DIGEST/… are complete artifacts,
/// DIR/current is a symbolic link to one of them, moved by one rename. A crash
/// at any point leaves the old or the new version whole under `current`.
/// Holds no state of its own: what it says is on disk.
/// docs/formats/pull_folder.md.
class version_folder {
public:
  explicit version_folder(std::filesystem::path folder)
    : folder_(std::move(folder)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

  /// DIR/versions/DIGEST, there or not.
  [[nodiscard]] std::filesystem::path version(const digest& artifact) const;

  /// True when every file of the version is there in its full size. What a
  /// file holds was checked when it came; this sees one that was cut since.
  [[nodiscard]] bool is_whole(const digest& artifact,
                              const manifest& files) const;

  /// The version that `current` shows.
  [[nodiscard]] std::optional<digest> current() const;

  /// Copies the artifact to its place; durable and whole on return, nothing
  /// visible before. A damaged version of that name is exchanged in the same
  /// instant. Errors: those of fetch_files; already_exists when `current` is no
  /// symbolic link.
  [[nodiscard]] expected<void> fill(const digest& artifact,
                                    const manifest& files,
                                    const file_copier& copy,
                                    const cancel_token& cancel) const;

  /// The right to call what follows.
  [[nodiscard]] expected<folder_lock>
  lock(std::chrono::milliseconds patience) const;

  /// Removes what dead processes left unfinished, and takes into the history a
  /// switch that its process did not live to note. Never an obstacle: what
  /// cannot be done is left for the next one.
  void recover(const folder_lock& held) const;

  /// Shows a whole version, durable on return; notes its use. Errors:
  /// not_found (no such version), already_exists (`current` is no symbolic
  /// link), those of the file system; `current` is then as it was, unless it is
  /// the last sync that failed.
  [[nodiscard]] expected<void> switch_to(const folder_lock& held,
                                         const digest& artifact) const;

  /// Whether the hook of the current version's last use has ended.
  [[nodiscard]] bool is_announced() const;
  [[nodiscard]] expected<void> note_announced(const folder_lock& held) const;

  /// The other versions, the last used first; those never used (which an older
  /// program may have brought) after them, the youngest first.
  [[nodiscard]] std::vector<digest> previous() const;

  /// Removes all but the `keep` first of `previous()`. Never the current one,
  /// never an unused one that came after the last switch: somebody may be about
  /// to use it. Says which went.
  [[nodiscard]] expected<std::vector<digest>> prune(const folder_lock& held,
                                                    size_t keep) const;

private:
  [[nodiscard]] std::filesystem::path versions() const;
  [[nodiscard]] std::filesystem::path link() const;
  [[nodiscard]] std::filesystem::path history_file() const;
  [[nodiscard]] expected<void> check_link() const;
  [[nodiscard]] use_history history() const;
  [[nodiscard]] expected<void> write(const use_history& history) const;
  void sweep_unfinished() const;

  std::filesystem::path folder_;
};

} // namespace trivium::actors
