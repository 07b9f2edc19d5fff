#pragma once

#include "messages/values/ec.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace trivium {

/// Evenly spread over all its values.
using random_source = std::function<uint64_t()>;

/// A generator of this thread's own, seeded by the system.
[[nodiscard]] random_source system_random();

/// Waits that double, each anywhere between nothing and its bound ("full
/// jitter"): those who failed together do not come back together.
class backoff {
public:
  using milliseconds = std::chrono::milliseconds;

  backoff(milliseconds first, milliseconds longest, random_source random);

  [[nodiscard]] milliseconds next();
  void reset() { bound_ = first_; }

private:
  milliseconds first_;
  milliseconds longest_;
  milliseconds bound_;
  random_source random_;
};

/// What may be done with a request that was not answered.
enum class request_kind : uint8_t {
  read = 0,   ///< Ask again.
  repeatable, ///< A change that carries its idempotency key: ask again.
  change      ///< It may have been carried out: outcome_unknown.
};

/// A failure as its call met it.
struct call_failure {
  error reason;
  std::optional<std::chrono::milliseconds> retry_after{}; ///< The node's wish.
};

/// Decides for one call whether and when it is tried again: what is
/// unavailable where that does no harm, and what is exhausted where the node
/// says when to come back.
class call_retries {
public:
  static constexpr unsigned most = 3;

  explicit call_retries(random_source random);

  /// How long to wait; nothing: the failure is the call's answer. `left`: until
  /// the call's end, which no wait reaches.
  [[nodiscard]] std::optional<std::chrono::milliseconds>
  after(const call_failure& failure, request_kind kind,
        std::chrono::milliseconds left);

private:
  unsigned tried_ = 0;
  backoff wait_;
};

} // namespace trivium
