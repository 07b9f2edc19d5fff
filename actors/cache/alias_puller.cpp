#include "actors/cache/alias_puller.hpp"

#include "actors/cache/bell.hpp"
#include "storage/artifacts/blob_folder.hpp"

namespace trivium::actors {

namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{2000};
/// For whoever switches the same folder at this moment.
constexpr std::chrono::seconds lock_patience{5};

expected<pulled> pull_now(alias_source& source, const alias_ref& alias,
                          alias_puller& puller, const cancel_token& cancel) {
  TRIVIUM_TRY(const auto wanted, source.resolve(alias, cancel));
  const auto& artifact = wanted.alias.artifact;
  const auto& folder = puller.folder();
  const auto was_current = folder.current() == artifact;
  if (was_current && folder.is_whole(artifact, wanted.files))
    return puller.report(wanted, true);
  // Who keeps the folder refuses before the first byte, not after the last.
  TRIVIUM_CHECK(folder.lock(lock_patience));
  TRIVIUM_CHECK(puller.bring(wanted));
  TRIVIUM_TRY(const auto held, folder.lock(lock_patience));
  TRIVIUM_CHECK(folder.switch_to(held, artifact));
  return puller.report(wanted, false);
}

} // namespace

bool may_pass(ec code) {
  switch (code) {
  case ec::not_found:
  case ec::conflict:
  case ec::resource_exhausted:
  case ec::data_loss:
  case ec::unavailable:
  case ec::deadline_exceeded:
  case ec::outcome_unknown:
  case ec::compacted:
  case ec::internal:
    return true;
  default:
    return false;
  }
}

expected<bool> alias_puller::bring(const resolved_artifact& wanted) {
  const auto& artifact = wanted.alias.artifact;
  if (folder_.is_whole(artifact, wanted.files))
    return false;
  auto filled = fill(wanted);
  if (!filled
      && (filled.error().code == ec::not_found
          || filled.error().code == ec::data_loss)) {
    listener_.said(filled.error().text + "; asking the node for it");
    TRIVIUM_CHECK(source_.ensure(artifact, cancel_));
    filled = fill(wanted);
  }
  TRIVIUM_CHECK(std::move(filled));
  return true;
}

expected<void> alias_puller::fill(const resolved_artifact& wanted) {
  const storage::blob_folder blobs{source_.store() / "blobs"};
  const auto total = wanted.files.total_bytes();
  uint64_t done = 0;
  const auto copy = [&](const manifest_entry& file,
                        const std::filesystem::path& target) {
    return blobs.export_to(target, file.sha256, file.size, cancel_,
                           [&](uint64_t bytes) {
                             done += bytes;
                             listener_.copied(done, total);
                           });
  };
  return folder_.fill(wanted.alias.artifact, wanted.files, copy, cancel_);
}

pulled alias_puller::report(const resolved_artifact& wanted,
                            bool was_there) const {
  return {wanted.alias, folder_.version(wanted.alias.artifact),
          wanted.files.total_bytes(), was_there};
}

expected<pulled> pull_once(alias_source& source, const alias_ref& alias,
                           const std::filesystem::path& folder,
                           milliseconds wait, const pull_listener& listener,
                           const cancel_token& cancel) {
  alias_puller puller{source, version_folder{folder}, listener, cancel};
  back_off pause{first_pause, longest_pause};
  bell never;
  std::string told;
  const auto until = steady::now() + wait;
  while (true) {
    auto result = pull_now(source, alias, puller, cancel);
    const auto left =
      std::chrono::duration_cast<milliseconds>(until - steady::now());
    if (result || !may_pass(result.error().code) || left <= milliseconds{0}
        || cancel.is_cancelled())
      return result;
    if (std::exchange(told, result.error().text) != result.error().text)
      listener.said(told + "; waiting");
    never.wait(std::min(pause.next(), left), cancel);
  }
}

} // namespace trivium::actors
