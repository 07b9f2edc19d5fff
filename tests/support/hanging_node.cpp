// A node whose only device never finishes a tile: what a broken driver looks
// like. hanging_node STORE; SIGTERM stops it as it stops `trivium serve`.

#include "accelerators/device.hpp"
#include "actors/node/node_service.hpp"
#include "actors/observability/log.hpp"

#include <csignal>
#include <cstdio>
#include <pthread.h>
#include <unistd.h>

using namespace trivium;

namespace {

struct hanging_lane final : accelerators::lane {
  expected<accelerators::tile_outcome>
  run(const accelerators::tile_call&) override {
    for (;;)
      ::pause();
  }
};

struct hanging_device final : accelerators::device {
  accelerators::device_info info() const override {
    return {"simulated", "simulated:hanging", 1, 0, {}};
  }
  expected<std::unique_ptr<accelerators::lane>> open_lane() override {
    return std::make_unique<hanging_lane>();
  }
};

int serve(const char* store, const sigset_t& stop) {
  actors::service_options options;
  options.settings.store = store;
  options.settings.lane_hang = std::chrono::milliseconds{200};
  options.settings.grpc.listen = "off";
  options.version = "test";
  options.devices.push_back(std::make_shared<hanging_device>());
  static_cast<void>(actors::start_log({config::log_level::error, {}, {}}));
  auto node = actors::node_service::start(options);
  if (!node) {
    std::fprintf(stderr, "hanging_node: %s\n", node.error().text.c_str());
    return 1;
  }
  std::puts("serving");
  std::fflush(stdout);
  int signal = 0;
  ::sigwait(&stop, &signal);
  if (!(*node)->stop(options.settings.grace))
    ::_exit(128 + signal);
  return 0;
}

} // namespace

int main(int count, char** words) {
  if (count != 2)
    return 2;
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  return serve(words[1], stop);
}
