#include "actors/cache/pull.hpp"

#include "actors/cache/version_folder.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"
#include "storage/file_io/output_target.hpp"
#include "storage/file_io/process_folder.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cerrno>
#include <cstdio>

namespace trivium::actors {

namespace {

namespace fs = std::filesystem;
using pointer = pull_actor::stateful_pointer<pull_state>;

/// For whoever switches the same folder at this moment.
constexpr std::chrono::seconds lock_patience{5};

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

/// Copies through the tiers.
file_copier tier_copier(pointer self, const tier_actor& tier,
                        const envelope& from, const std::string& origin) {
  return
    [=](const manifest_entry& file, const fs::path& target) -> expected<void> {
      TRIVIUM_CHECK(
        ask<acknowledged>(self, tier, from, fetch_blob{file, origin, target}));
      return {};
    };
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
  const auto& artifact = result.alias.artifact;
  const version_folder folder{request.folder};
  result.bytes = files->total_bytes();
  result.folder = folder.version(artifact);
  const auto is_whole = folder.is_whole(artifact, *files);
  result.was_there = is_whole && folder.current() == artifact;
  if (result.was_there)
    return result;
  if (!is_whole)
    TRIVIUM_CHECK(folder.fill(artifact, *files,
                              tier_copier(self, tier, from, resolved.origin),
                              from.cancel));
  TRIVIUM_TRY(const auto held, folder.lock(lock_patience));
  TRIVIUM_CHECK(folder.switch_to(held, artifact));
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
  TRIVIUM_CHECK(fetch_files(partial.path(), *files,
                            tier_copier(self, tier, from, request.origin),
                            from.cancel));
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
