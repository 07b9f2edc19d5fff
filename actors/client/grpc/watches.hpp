#pragma once

#include "actors/client/grpc/registry_calls.hpp"

#include <grpcpp/completion_queue.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace trivium {

/// What became of a watch. `heard` gets the events of one response; whoever
/// took them calls `next`, then or later, from any thread. The others are
/// called on the thread of the watches.
struct watch_listener {
  std::function<void(const error&)> begun; ///< ec::none, or refused.
  std::function<void(std::vector<v1::Notice> notices,
                     std::function<void()> next)>
    heard;
  std::function<void(const error&)> ended;
};

/// All watches of a client, on one queue and one thread, which starts with the
/// first of them. Each goes on after a lost connection, behind what it heard.
class grpc_watches {
public:
  explicit grpc_watches(registry_stub& stub) : stub_(stub) {}
  /// Ends what still watches.
  ~grpc_watches();
  grpc_watches(const grpc_watches&) = delete;
  grpc_watches& operator=(const grpc_watches&) = delete;

  void begin(uint64_t id, v1::WatchModelsRequest wanted,
             watch_listener listener);
  /// What its listener is called for while this runs may still be under way.
  void end(uint64_t id);

private:
  class one;

  void run();

  registry_stub& stub_;
  std::mutex mutex_;
  std::map<uint64_t, std::shared_ptr<one>> all_;
  grpc::CompletionQueue queue_;
  bool is_stopping_ = false;
  std::thread thread_;
};

} // namespace trivium
