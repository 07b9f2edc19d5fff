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
std::atomic<long> stop_grace_ms{1800};

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
    received.notify_all();
    const auto whole = stop_grace_ms.load();
    const timespec grace{whole / 1000, whole % 1000 * 1'000'000};
    sigtimedwait(&set, nullptr, &grace);
    ::_exit(128 + signal);
  }}.detach();
}

void set_stop_grace(std::chrono::milliseconds grace) {
  stop_grace_ms = grace.count();
}

void wait_for_stop_signal() { received.wait(0); }

int stop_signal() { return received; }

} // namespace trivium::tools
