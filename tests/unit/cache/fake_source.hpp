#pragma once

#include "actors/cache/alias_source.hpp"
#include "tests/unit/cache/made_artifact.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

namespace trivium::test {

/// A node with one alias, and a store whose blobs it can bring back.
class fake_source : public actors::alias_source {
public:
  explicit fake_source(std::filesystem::path store) : blobs{std::move(store)} {}

  expected<resolved_artifact> resolve(const alias_ref& alias,
                                      const cancel_token&) override {
    const std::lock_guard lock{guard_};
    ++resolved_;
    changed_.notify_all();
    if (failure_)
      return fail(*failure_);
    if (!target_)
      return fail(ec::not_found, "there is no alias " + alias.alias);
    alias_record record;
    record.model = alias.model;
    record.alias = alias.alias;
    record.version.major = revision_;
    record.artifact = target_->artifact;
    return resolved_artifact{record, revision_, target_->files};
  }

  expected<void> ensure(const digest& artifact, const cancel_token&) override {
    ++ensured;
    on_ensure();
    if (const auto found = origin.find(artifact); found != origin.end()) {
      blobs.add(found->second);
      return {};
    }
    return fail(ec::data_loss, "the origin is gone");
  }

  expected<subscription> watch(revision from, const alias_ref&,
                               std::function<void()> ring) override {
    const std::lock_guard lock{guard_};
    if (failure_)
      return fail(*failure_);
    watched_from.push_back(from);
    if (from > 0 && from <= compacted)
      return fail(ec::compacted, "no longer kept");
    ring_ = std::move(ring);
    return subscription{std::make_shared<int>()};
  }

  std::filesystem::path store() const override { return blobs.root; }

  /// Moves the alias, and says so to who watches.
  void point_at(const made_artifact& made) {
    move_to(made);
    ring();
  }

  /// Moves it in silence.
  void move_to(const made_artifact& made) {
    const std::lock_guard lock{guard_};
    target_ = made;
    ++revision_;
  }

  void ring() {
    const std::lock_guard lock{guard_};
    if (ring_)
      ring_();
  }

  /// Answers everything with it, until `recover`.
  void fail_with(error failure) {
    const std::lock_guard lock{guard_};
    failure_ = std::move(failure);
  }

  void recover() {
    const std::lock_guard lock{guard_};
    failure_.reset();
  }

  /// Waits until it was asked once more.
  void await_question() {
    std::unique_lock lock{guard_};
    const auto before = resolved_;
    changed_.wait(lock, [&] { return resolved_ > before; });
  }

  made_blobs blobs;
  std::map<digest, made_artifact> origin; ///< What `ensure` brings back.
  int ensured = 0;
  std::function<void()> on_ensure = [] {};
  std::vector<revision> watched_from;
  revision compacted = 0; ///< Up to it no watch may begin.

private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::optional<made_artifact> target_;
  std::optional<error> failure_;
  std::function<void()> ring_;
  revision revision_ = 10;
  int resolved_ = 0;
};

} // namespace trivium::test
