#pragma once

#include "tools/measure/registry/slot.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace trivium::bench {

/// A watch on what a load writes; it shares the load's queue and thread.
class feed : public completion {
public:
  virtual void start(grpc::CompletionQueue& queue) = 0;

  void stop() { context_.TryCancel(); }
  /// True from the first answer until the stream ends.
  [[nodiscard]] bool is_reading() const { return is_reading_; }

  /// Called with the number of each id that is told.
  std::function<void(uint64_t)> seen;

protected:
  grpc::ClientContext context_;
  bool is_reading_ = false;
};

/// Of all ids of `work`.
[[nodiscard]] std::unique_ptr<feed> trivium_feed(const channel& to,
                                                 const workload& work);
[[nodiscard]] std::unique_ptr<feed> etcd_feed(const channel& to,
                                              const workload& work);

} // namespace trivium::bench
