#include "actors/cache/follow.hpp"

#include "actors/cache/hook.hpp"

#include <utility>

namespace trivium::actors {

namespace {

using std::chrono::milliseconds;

/// For a pull that switches the folder at this moment.
constexpr milliseconds lock_patience{1000};
/// Should a move ever go unheard.
constexpr milliseconds longest_silence{std::chrono::minutes{1}};

} // namespace

follower::follower(alias_source& source, follow_options options,
                   pull_listener listener, cancel_token cancel)
  : source_(source), options_(std::move(options)),
    listener_(std::move(listener)), cancel_(std::move(cancel)),
    puller_(source_, version_folder{options_.folder}, listener_, cancel_),
    pause_(options_.first_pause, options_.longest_pause) {}

error follower::run() {
  begin_ = std::chrono::steady_clock::now();
  const auto held = puller_.folder().lock(lock_patience);
  if (!held)
    return held.error();
  puller_.folder().recover(*held);
  hook_is_due_ = !puller_.folder().is_announced();
  while (!cancel_.is_cancelled()) {
    const auto done = catch_up(*held);
    if (cancel_.is_cancelled())
      break;
    if (!done && is_final(done.error()))
      return done.error();
    if (done && !bell_->has_rung()) {
      told_.clear();
      pause_.reset();
      listener_.settled();
    }
    bell_->wait(done ? longest_silence : pause_after(done.error()), cancel_);
  }
  return {ec::cancelled, "stopped"};
}

// --- from the alias to the link ----------------------------------------------

expected<void> follower::catch_up(const folder_lock& held) {
  TRIVIUM_TRY(const auto wanted, resolve());
  TRIVIUM_TRY(const auto is_copied, puller_.bring(wanted));
  if (has_moved_since(wanted))
    return {}; // and the bell, which has rung, brings us back at once
  TRIVIUM_CHECK(show(held, wanted, is_copied));
  if (hook_is_due_ && !options_.exec.empty())
    TRIVIUM_CHECK(announce(held, wanted));
  TRIVIUM_CHECK(puller_.folder().prune(held, options_.keep));
  return {};
}

/// The watch begins where the answer ends, so that no move is missed.
expected<resolved_artifact> follower::resolve() {
  auto found = source_.resolve(options_.alias, cancel_);
  if (found && !watch_) {
    const auto watched = watch_from(found->at + 1);
    if (watched)
      return found;
    if (watched.error().code != ec::compacted)
      return fail(watched.error());
    // It has not moved for longer than events are kept: from now on, and asked
    // once more for what came meanwhile.
    TRIVIUM_CHECK(watch_from(0));
    return source_.resolve(options_.alias, cancel_);
  }
  if (!found && found.error().code == ec::not_found && !watch_) {
    // There is no revision to begin at: one that came meanwhile is asked for.
    if (auto watched = watch_from(0); !watched)
      return watched.error().code == ec::not_found ? std::move(found)
                                                   : fail(watched.error());
    return source_.resolve(options_.alias, cancel_);
  }
  return found;
}

expected<void> follower::watch_from(revision from) {
  TRIVIUM_TRY(watch_, source_.watch(from, options_.alias,
                                    [heard = bell_] { heard->ring(); }));
  return {};
}

/// A version that the alias has left while it was copied is not shown, not even
/// for a moment. Without an answer the last one counts.
bool follower::has_moved_since(const resolved_artifact& wanted) {
  if (!bell_->has_rung())
    return false;
  const auto latest = source_.resolve(options_.alias, cancel_);
  return latest && latest->alias.artifact != wanted.alias.artifact;
}

expected<void> follower::show(const folder_lock& held,
                              const resolved_artifact& wanted, bool is_copied) {
  const auto& artifact = wanted.alias.artifact;
  const auto is_new = is_copied || puller_.folder().current() != artifact;
  if (is_new) {
    hook_is_due_ = true;
    reason_ = "switch";
    TRIVIUM_CHECK(puller_.folder().switch_to(held, artifact));
  }
  if (is_new || !has_shown_)
    listener_.shown(puller_.report(wanted, !is_new));
  has_shown_ = true;
  return {};
}

expected<void> follower::announce(const folder_lock& held,
                                  const resolved_artifact& wanted) {
  const auto& folder = puller_.folder();
  std::error_code unknown;
  const auto place =
    std::filesystem::canonical(folder.version(wanted.alias.artifact), unknown);
  const auto ended =
    run_hook({options_.exec,
              {{"TRIVIUM_MODEL", to_string(wanted.alias.model)},
               {"TRIVIUM_ALIAS", wanted.alias.alias},
               {"TRIVIUM_VERSION", to_string(wanted.alias.version)},
               {"TRIVIUM_ARTIFACT", to_string(wanted.alias.artifact)},
               {"TRIVIUM_FOLDER", place.native()},
               {"TRIVIUM_REASON", reason_}},
              options_.exec_limit},
             cancel_);
  if (!ended
      && (ended.error().code == ec::cancelled
          || ended.error().code == ec::unavailable))
    return ended;
  if (!ended)
    listener_.said(ended.error().text);
  hook_is_due_ = false;
  return folder.note_announced(held);
}

// --- what goes wrong ---------------------------------------------------------

/// Who has shown a version goes on with it, whatever happens.
bool follower::is_final(const error& problem) const {
  if (has_shown_)
    return false;
  return !may_pass(problem.code)
         || (options_.wait
             && std::chrono::steady_clock::now() - begin_ >= *options_.wait);
}

milliseconds follower::pause_after(const error& problem) {
  if (std::exchange(told_, problem.text) != problem.text)
    listener_.said(
      problem.text
      + (problem.code == ec::not_found ? "; waiting" : "; trying again"));
  auto pause = pause_.next();
  if (!has_shown_ && options_.wait)
    pause = std::min(pause, *options_.wait
                              - std::chrono::duration_cast<milliseconds>(
                                std::chrono::steady_clock::now() - begin_));
  return pause;
}

} // namespace trivium::actors
