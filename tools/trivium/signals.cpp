#include "tools/trivium/signals.hpp"

#include <atomic>
#include <csignal>
#include <ctime>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace trivium::tools {

namespace {

std::atomic<int> received{0};

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

} // namespace

void block_stop_signals() {
  const auto set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void cancel_on_signal(const cancel_token& cancel) {
  std::thread{[cancel] {
    const auto set = stop_signals();
    int signal = 0;
    if (sigwait(&set, &signal) != 0)
      return;
    received = signal;
    cancel.cancel();
    const timespec grace{1, 800'000'000};
    sigtimedwait(&set, nullptr, &grace);
    ::_exit(128 + signal);
  }}.detach();
}

int stop_signal() { return received; }

} // namespace trivium::tools
