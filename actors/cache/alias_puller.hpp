#pragma once

#include "actors/cache/alias_source.hpp"
#include "actors/cache/version_folder.hpp"
#include "messages/values/job.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace trivium::actors {

/// What those who run a puller hear, on the thread that runs it.
struct pull_listener {
  /// `current` shows a whole version: after each switch, and once where it did
  /// so from the start.
  std::function<void(const pulled&)> shown = [](const pulled&) {};
  /// One line: what is waited for, or went wrong and is tried again.
  std::function<void(const std::string&)> said = [](const std::string&) {};
  /// Bytes of the version that comes.
  std::function<void(uint64_t done, uint64_t total)> copied = [](uint64_t,
                                                                 uint64_t) {};
  /// Nothing is left to do until the alias moves.
  std::function<void()> settled = [] {};
};

/// Whether trying again may help: what is wrong is elsewhere, or passes.
[[nodiscard]] bool may_pass(ec code);

/// Brings an artifact from a node's store into a folder of versions. The bytes
/// are read where they lie; the node is only asked for what is missing there.
class alias_puller {
public:
  alias_puller(alias_source& source, version_folder folder,
               const pull_listener& listener, cancel_token cancel)
    : source_(source), folder_(std::move(folder)), listener_(listener),
      cancel_(std::move(cancel)) {}

  [[nodiscard]] const version_folder& folder() const { return folder_; }

  /// True when files were copied, false when the version was there whole. A
  /// blob that is missing or damaged is asked for once.
  [[nodiscard]] expected<bool> bring(const resolved_artifact& wanted);

  /// What to tell about `wanted` once it is shown.
  [[nodiscard]] pulled report(const resolved_artifact& wanted,
                              bool was_there) const;

private:
  [[nodiscard]] expected<void> fill(const resolved_artifact& wanted);

  alias_source& source_;
  version_folder folder_;
  const pull_listener& listener_;
  cancel_token cancel_;
};

/// One pull through a node: what the alias names now. Where that may pass it
/// is tried again for `wait`, as when the node or the alias is not there yet.
[[nodiscard]] expected<pulled>
pull_once(alias_source& source, const alias_ref& alias,
          const std::filesystem::path& folder, std::chrono::milliseconds wait,
          const pull_listener& listener, const cancel_token& cancel);

} // namespace trivium::actors
