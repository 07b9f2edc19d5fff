#include "actors/cache/version_folder.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"
#include "storage/file_io/process_folder.hpp"
#include "storage/file_io/staged_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trivium::actors {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t max_history_bytes = 256 << 10;

bool holds(const fs::path& folder, const manifest& files) {
  return std::all_of(
    files.files.begin(), files.files.end(), [&](const manifest_entry& file) {
      std::error_code missing;
      return fs::file_size(folder / file.path, missing) == file.size
             && !missing;
    });
}

/// A fresh folder under its final name; a damaged one that has that name is
/// exchanged in the same instant and goes with the partial folder.
expected<void> put_in_place(const fs::path& fresh, const fs::path& target,
                            const manifest& files) {
  if (::rename(fresh.c_str(), target.c_str()) == 0)
    return storage::sync_folder(target.parent_path());
  // Another pull may have brought it meanwhile.
  if ((errno == ENOTEMPTY || errno == EEXIST)
      && (holds(target, files)
          || ::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, target.c_str(),
                         RENAME_EXCHANGE)
               == 0))
    return storage::sync_folder(target.parent_path());
  return fail(storage::errno_error(errno, "cannot put in place", target));
}

/// When the name came to be: a rename changes neither folder's nor link's
/// modification time.
timespec came_at(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ctim : timespec{};
}

bool is_earlier(const timespec& a, const timespec& b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

} // namespace

expected<void> fetch_files(const fs::path& folder, const manifest& files,
                           const file_copier& copy,
                           const cancel_token& cancel) {
  TRIVIUM_CHECK(storage::require_free_bytes(folder, files.total_bytes()));
  for (const auto& file : files.files) {
    if (cancel.is_cancelled())
      return fail(ec::cancelled, "stopped while fetching");
    TRIVIUM_CHECK(check_artifact_path(file.path));
    const auto target = folder / file.path;
    TRIVIUM_CHECK(storage::make_folders(target.parent_path()));
    TRIVIUM_CHECK(copy(file, target));
  }
  return storage::sync_folder(folder);
}

// --- what is there -----------------------------------------------------------

fs::path version_folder::versions() const { return folder_ / "versions"; }
fs::path version_folder::link() const { return folder_ / "current"; }
fs::path version_folder::history_file() const { return folder_ / ".history"; }

fs::path version_folder::version(const digest& artifact) const {
  return versions() / to_string(artifact);
}

bool version_folder::is_whole(const digest& artifact,
                              const manifest& files) const {
  return holds(version(artifact), files);
}

std::optional<digest> version_folder::current() const {
  std::error_code ignored;
  const auto shown = fs::read_symlink(link(), ignored);
  const auto artifact = digest::parse(shown.filename().native());
  if (!artifact || !fs::equivalent(link(), version(*artifact), ignored))
    return std::nullopt;
  return *artifact;
}

expected<void> version_folder::check_link() const {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(link(), ignored))
      && !fs::is_symlink(link(), ignored))
    return fail(ec::already_exists, storage::shown(link())
                                      + ": exists and is no symbolic link of "
                                        "pull's");
  return {};
}

// --- a version comes, and is shown -------------------------------------------

expected<void> version_folder::fill(const digest& artifact,
                                    const manifest& files,
                                    const file_copier& copy,
                                    const cancel_token& cancel) const {
  TRIVIUM_CHECK(check_link());
  TRIVIUM_CHECK(storage::make_folders(versions()));
  const auto target = version(artifact);
  TRIVIUM_TRY(const auto partial, storage::process_folder::beside(target));
  TRIVIUM_CHECK(fetch_files(partial.path(), files, copy, cancel));
  return put_in_place(partial.path(), target, files);
}

expected<folder_lock>
version_folder::lock(std::chrono::milliseconds patience) const {
  return folder_lock::take(folder_, patience);
}

expected<void> version_folder::switch_to(const folder_lock& held,
                                         const digest& artifact) const {
  TRIVIUM_CHECK(check_link());
  recover(held);
  std::error_code ignored;
  if (!fs::is_directory(version(artifact), ignored))
    return fail(ec::not_found, storage::shown(version(artifact))
                                 + ": there is no such version");
  // Whoever put the version in place may have died before its name was durable.
  TRIVIUM_CHECK(storage::sync_folder(versions()));
  const auto fresh =
    folder_ / (".current." + std::to_string(::getpid()) + ".partial");
  const auto relative = fs::path{"versions"} / to_string(artifact);
  ::unlink(fresh.c_str());
  if (::symlink(relative.c_str(), fresh.c_str()) != 0)
    return fail(storage::errno_error(errno, "cannot link", link()));
  if (::rename(fresh.c_str(), link().c_str()) != 0) {
    const auto reason = errno;
    ::unlink(fresh.c_str());
    return fail(storage::errno_error(reason, "cannot put in place", link()));
  }
  // A use that cannot be noted is no reason to call the switch failed: it was
  // made, and `recover` notes it.
  auto synced = storage::sync_folder(folder_);
  auto known = history();
  known.use(artifact);
  static_cast<void>(write(known));
  return synced;
}

bool version_folder::is_announced() const {
  const auto known = history();
  return known.is_announced && current() == known.uses.back();
}

expected<void> version_folder::note_announced(const folder_lock&) const {
  auto known = history();
  if (const auto shown = current();
      shown && (known.uses.empty() || known.uses.back() != *shown))
    known.use(*shown);
  known.is_announced = true;
  return write(known);
}

// --- what a crash left -------------------------------------------------------

void version_folder::recover(const folder_lock& held) const {
  static_cast<void>(storage::collect_abandoned_partial(versions(), false));
  // Links and files cannot be locked, but who makes them holds the folder.
  if (held.is_exclusive())
    sweep_unfinished();
  auto known = history();
  const auto shown = current();
  if (!shown || (!known.uses.empty() && known.uses.back() == *shown))
    return;
  known.use(*shown);
  static_cast<void>(write(known));
}

void version_folder::sweep_unfinished() const {
  std::error_code ignored;
  for (fs::directory_iterator entry{folder_, ignored}, end; entry != end;
       entry.increment(ignored)) {
    const auto name = entry->path().filename().native();
    if ((name.starts_with(".current.") || name.starts_with("..history."))
        && name.ends_with(".partial"))
      ::unlink(entry->path().c_str());
  }
}

use_history version_folder::history() const {
  return read_use_history(
    storage::read_file(history_file(), max_history_bytes).value_or(""));
}

expected<void> version_folder::write(const use_history& history) const {
  auto kept = history;
  std::erase_if(kept.uses, [&](const digest& used) {
    std::error_code ignored;
    return !fs::is_directory(version(used), ignored);
  });
  const auto text = to_text(kept);
  return storage::write_file(history_file(), std::as_bytes(std::span{text}));
}

// --- old versions ------------------------------------------------------------

std::vector<digest> version_folder::previous() const {
  std::vector<digest> found;
  std::error_code ignored;
  for (fs::directory_iterator entry{versions(), ignored}, end; entry != end;
       entry.increment(ignored)) {
    const auto artifact = digest::parse(entry->path().filename().native());
    if (artifact && entry->is_directory(ignored))
      found.push_back(*artifact);
  }
  if (const auto shown = current())
    std::erase(found, *shown);
  const auto known = history().uses;
  const auto use = [&](const digest& version) {
    return std::find(known.begin(), known.end(), version) - known.begin();
  };
  const auto is_used = [&](const digest& version) {
    return static_cast<size_t>(use(version)) < known.size();
  };
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
    if (is_used(a) != is_used(b))
      return is_used(a);
    if (is_used(a))
      return use(b) < use(a);
    return is_earlier(came_at(version(b)), came_at(version(a)));
  });
  return found;
}

expected<std::vector<digest>> version_folder::prune(const folder_lock&,
                                                    size_t keep) const {
  std::vector<digest> gone;
  if (!current())
    return gone; // nothing says what is in use
  const auto old = previous();
  const auto used = history().uses;
  for (size_t i = keep; i < old.size(); ++i) {
    if (std::find(used.begin(), used.end(), old[i]) == used.end()
        && !is_earlier(came_at(version(old[i])), came_at(link())))
      continue;
    // Out of sight by one rename: nobody may find it half removed.
    TRIVIUM_TRY(const auto partial,
                storage::process_folder::beside(version(old[i])));
    const auto hidden = partial.path() / "removed";
    if (::rename(version(old[i]).c_str(), hidden.c_str()) != 0)
      return fail(
        storage::errno_error(errno, "cannot remove", version(old[i])));
    gone.push_back(old[i]);
  }
  return gone;
}

} // namespace trivium::actors
