#include "tools/trivium/signals.hpp"

#include <atomic>
#include <csignal>
#include <ctime>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace trivium::tools {

namespace {

std::atomic<int> received{0};
std::atomic<long> stop_grace_ms{1800};

/// False where nohup(1) or a service manager made it be ignored.
bool hears_hangup = true;

std::mutex handlers_mutex;
signal_handlers handlers; // behind handlers_mutex

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (hears_hangup)
    sigaddset(&set, SIGHUP);
  return set;
}

/// True where a handler took the signal and the process goes on.
bool was_handled(int signal) {
  const std::lock_guard lock{handlers_mutex};
  if (!handlers.interrupted)
    return false;
  if (signal == SIGINT) {
    handlers.interrupted();
    return true;
  }
  handlers.leaving();
  ::_exit(128 + signal);
}

} // namespace

void block_stop_signals() {
  struct sigaction hangup {};
  ::sigaction(SIGHUP, nullptr, &hangup);
  hears_hangup = hangup.sa_handler != SIG_IGN;
  const auto set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void cancel_on_signal(const cancel_token& cancel) {
  std::thread{[cancel] {
    const auto set = stop_signals();
    int signal = 0;
    do {
      if (sigwait(&set, &signal) != 0)
        return;
    } while (was_handled(signal));
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

void on_signals(signal_handlers wanted) {
  const std::lock_guard lock{handlers_mutex};
  handlers = std::move(wanted);
}

int stop_signal() { return received; }

} // namespace trivium::tools
