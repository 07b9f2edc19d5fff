#include "actors/client/backoff.hpp"

#include <algorithm>
#include <memory>
#include <random>

namespace trivium {

namespace {

using namespace std::chrono_literals;

bool may_be_repeated(const call_failure& failure, request_kind kind) {
  switch (failure.reason.code) {
  case ec::unavailable:
    return kind != request_kind::change;
  case ec::resource_exhausted: // nothing was begun
    return failure.retry_after.has_value();
  default:
    return false;
  }
}

} // namespace

random_source system_random() {
  return [generator = std::make_shared<std::mt19937_64>(
            (uint64_t{std::random_device{}()} << 32)
            | std::random_device{}())] { return (*generator)(); };
}

backoff::backoff(milliseconds first, milliseconds longest, random_source random)
  : first_(first), longest_(longest), bound_(first),
    random_(std::move(random)) {}

backoff::milliseconds backoff::next() {
  const auto bound = std::min(bound_, longest_);
  bound_ = std::min(bound_ * 2, longest_);
  return milliseconds{static_cast<int64_t>(
    random_() % (static_cast<uint64_t>(bound.count()) + 1))};
}

call_retries::call_retries(random_source random)
  : wait_(50ms, 2s, std::move(random)) {}

std::optional<std::chrono::milliseconds>
call_retries::after(const call_failure& failure, request_kind kind,
                    std::chrono::milliseconds left) {
  if (tried_ == most || !may_be_repeated(failure, kind))
    return std::nullopt;
  ++tried_;
  const auto wait = std::max(wait_.next(), failure.retry_after.value_or(0ms));
  if (wait >= left)
    return std::nullopt;
  return wait;
}

} // namespace trivium
