#pragma once

#include "actors/cache/alias_puller.hpp"
#include "actors/cache/alias_source.hpp"
#include "actors/cache/bell.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace trivium::actors {

struct follow_options {
  alias_ref alias;
  std::filesystem::path folder; ///< Of versions; kept by this follower alone.
  size_t keep = 2;              ///< Old versions that stay for a rollback.
  std::string exec;             ///< Hook after a switch; empty: none.
  std::chrono::milliseconds exec_limit{60'000};
  /// How long node and alias may be away at the start; unset: without end.
  std::optional<std::chrono::milliseconds> wait{};
  std::chrono::milliseconds first_pause{1'000}; ///< Between attempts, doubling
  std::chrono::milliseconds longest_pause{30'000}; ///< up to this.
};

/// Keeps a folder at what an alias names: each version comes whole beside the
/// old one, is switched to by one rename, then the hook is run and old versions
/// go. What may pass is told once and tried again, and the old version stays.
/// docs/operations/follow.md.
class follower {
public:
  follower(alias_source& source, follow_options options, pull_listener listener,
           cancel_token cancel);
  follower(const follower&) = delete;
  follower& operator=(const follower&) = delete;

  /// Until the token is set, then answers cancelled. Before the first version
  /// is shown it may also end with an error that does not pass, unavailable
  /// (another process keeps the folder), or what was waited for in vain.
  [[nodiscard]] error run();

private:
  [[nodiscard]] expected<void> catch_up(const folder_lock& held);
  [[nodiscard]] expected<resolved_artifact> resolve();
  [[nodiscard]] expected<void> watch_from(revision from);
  [[nodiscard]] bool has_moved_since(const resolved_artifact& wanted);
  [[nodiscard]] expected<void> show(const folder_lock& held,
                                    const resolved_artifact& wanted,
                                    bool is_copied);
  [[nodiscard]] expected<void> announce(const folder_lock& held,
                                        const resolved_artifact& wanted);
  [[nodiscard]] bool is_final(const error& problem) const;
  [[nodiscard]] std::chrono::milliseconds pause_after(const error& problem);

  alias_source& source_;
  follow_options options_;
  pull_listener listener_;
  cancel_token cancel_;
  alias_puller puller_;
  back_off pause_;
  std::chrono::steady_clock::time_point begin_;
  std::string told_; ///< The problem that was told last.
  bool has_shown_ = false;
  bool hook_is_due_ = false;
  const char* reason_ = "start"; ///< Why: TRIVIUM_REASON.
  /// Shared with the watch, whose last ring may come late.
  std::shared_ptr<bell> bell_ = std::make_shared<bell>();
  subscription watch_;
};

} // namespace trivium::actors
