#include "actors/cache/pull.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/names.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/output_target.hpp"
#include "storage/file_io/process_folder.hpp"
#include "storage/file_io/staged_file.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace trivium::actors {

namespace {

namespace fs = std::filesystem;
using pointer = pull_actor::stateful_pointer<pull_state>;

expected<void> make_folders(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return fail(storage::errno_error(failed.value(), "cannot create", folder));
  return {};
}

expected<void> rename_onto(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    return fail(storage::errno_error(errno, "cannot put in place", to));
  return storage::sync_folder(to.has_parent_path() ? to.parent_path() : ".");
}

/// Asks another actor and waits: this one is detached and has nothing else to
/// do meanwhile.
template <class Answer, class Handle, class... Ts>
expected<Answer> ask(pointer self, const Handle& whom, const Ts&... message) {
  expected<Answer> result = fail(ec::internal, "no answer");
  caf::scoped_actor waiting{self->system()};
  waiting->request(whom, step_limit, message...)
    .receive([&](Answer& answer) { result = std::move(answer); },
             [&](caf::error& e) { result = fail(from_caf(e)); });
  return result;
}

/// Every file of an artifact below `folder`.
expected<uint64_t> fetch_all(pointer self, const tier_actor& tier,
                             const envelope& from, const manifest& files,
                             const std::string& origin,
                             const fs::path& folder) {
  TRIVIUM_CHECK(storage::require_free_bytes(folder, files.total_bytes()));
  for (const auto& file : files.files) {
    if (from.cancel.is_cancelled())
      return fail(ec::cancelled, "stopped while fetching");
    TRIVIUM_CHECK(check_artifact_path(file.path));
    const auto target = folder / file.path;
    TRIVIUM_CHECK(make_folders(target.parent_path()));
    TRIVIUM_CHECK(
      ask<acknowledged>(self, tier, from, fetch_blob{file, origin, target}));
  }
  return files.total_bytes();
}

/// True when `folder` has every file of the artifact in its full size. What a
/// file holds was checked when it came; this sees one that was cut since.
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

/// Points FOLDER/current at `version` by one rename.
expected<void> switch_to(const fs::path& folder, const fs::path& version) {
  const auto link = folder / "current";
  const auto fresh =
    folder / (".current." + std::to_string(::getpid()) + ".partial");
  std::error_code ignored;
  fs::remove(fresh, ignored);
  const auto relative = fs::path{"versions"} / version.filename();
  if (::symlink(relative.c_str(), fresh.c_str()) != 0)
    return fail(storage::errno_error(errno, "cannot link", link));
  return rename_onto(fresh, link);
}

expected<pulled> pull_alias(pointer self, const registry_actor& registry,
                            const artifact_actor& artifacts,
                            const tier_actor& tier, const envelope& from,
                            const pull_model& request) {
  pulled result;
  TRIVIUM_TRY(
    const auto resolved,
    ask<resolved_alias>(self, registry, from, resolve_alias{request.alias}));
  result.alias = resolved.alias;
  TRIVIUM_TRY(const auto files,
              ask<manifest_ptr>(self, artifacts, from,
                                find_artifact{result.alias.artifact}));
  result.bytes = files->total_bytes();
  result.folder =
    request.folder / "versions" / to_string(result.alias.artifact);
  const auto link = request.folder / "current";
  std::error_code ignored;
  const auto is_whole = holds(result.folder, *files);
  result.was_there = is_whole && fs::equivalent(link, result.folder, ignored);
  if (result.was_there)
    return result;
  if (fs::exists(link, ignored) && !fs::is_symlink(link, ignored))
    return fail(ec::already_exists,
                printable(link.native())
                  + ": exists and is no symbolic link of pull's");
  TRIVIUM_CHECK(make_folders(result.folder.parent_path()));
  if (!is_whole) {
    TRIVIUM_TRY(const auto partial,
                storage::process_folder::beside(result.folder));
    TRIVIUM_CHECK(
      fetch_all(self, tier, from, *files, resolved.origin, partial.path()));
    TRIVIUM_CHECK(storage::sync_folder(partial.path()));
    TRIVIUM_CHECK(put_in_place(partial.path(), result.folder, *files));
  }
  TRIVIUM_CHECK(switch_to(request.folder, result.folder));
  return result;
}

expected<acknowledged> export_to(pointer self, const artifact_actor& artifacts,
                                 const tier_actor& tier, const envelope& from,
                                 const export_model& request) {
  TRIVIUM_TRY(
    const auto files,
    ask<manifest_ptr>(self, artifacts, from, find_artifact{request.artifact}));
  TRIVIUM_TRY(const auto target, storage::output_target(request.target));
  TRIVIUM_TRY(const auto partial, storage::process_folder::beside(target));
  TRIVIUM_CHECK(
    fetch_all(self, tier, from, *files, request.origin, partial.path()));
  TRIVIUM_CHECK(rename_onto(files->files.size() == 1
                              ? partial.path() / files->files.front().path
                              : partial.path(),
                            target));
  return acknowledged{};
}

} // namespace

pull_actor::behavior_type pull(pointer self, registry_actor registry,
                               artifact_actor artifacts, tier_actor tier) {
  enlist(self);
  return {
    [=](const envelope& from, const pull_model& request) {
      return answer(pull_alias(self, registry, artifacts, tier, from, request));
    },
    [=](const envelope& from, const export_model& request) {
      return answer(export_to(self, artifacts, tier, from, request));
    },
  };
}

} // namespace trivium::actors
