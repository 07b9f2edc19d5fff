#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace trivium {

/// Runs the callbacks of a client's users, one at a time, on a thread of its
/// own, so that they may block and call the client.
class callback_queue {
public:
  callback_queue();
  ~callback_queue();
  callback_queue(const callback_queue&) = delete;
  callback_queue& operator=(const callback_queue&) = delete;

  /// From here on callbacks of that subscription are taken.
  void admit(uint64_t owner);

  /// `owner`: admitted and not forgotten, else nothing happens; or 0.
  void push(uint64_t owner, std::function<void()> callback);

  /// Runs no more of them; what is pushed from here on is dropped. Not to be
  /// called by a callback.
  void stop();

  /// Drops what waits for `owner`; returns when none of its callbacks runs any
  /// more, at once when called by that callback itself.
  void forget(uint64_t owner);

private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<uint64_t, std::function<void()>>> waiting_;
  std::set<uint64_t> owners_;
  uint64_t running_ = 0; ///< Owner of the callback that runs.
  bool is_stopping_ = false;
  std::thread thread_;
};

} // namespace trivium
