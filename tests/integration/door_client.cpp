// door_client SOCKET: a client that asks its node for the status again and
// again. Says "connected", then "lost" and "restored" as its link goes and
// comes, and "served" at the first answer after that; leaves with its input.

#include "actors/client/client.hpp"

#include <atomic>
#include <cstdio>
#include <poll.h>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

void say(const char* word) {
  std::puts(word);
  std::fflush(stdout);
}

bool is_told_to_leave(std::chrono::milliseconds wait) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, static_cast<int>(wait.count())) != 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  trivium::client_options options;
  options.address = argv[1];
  auto connected = trivium::client::connect(options);
  if (!connected) {
    std::fprintf(stderr, "%s\n", connected.error().text.c_str());
    return 1;
  }
  auto& client = **connected;
  std::atomic<bool> is_news{true};
  client.on_connection([&](trivium::connection_change change) {
    const auto is_back = change == trivium::connection_change::restored;
    say(is_back ? "restored" : "lost");
    is_news = is_back;
  });
  say("connected");
  while (!is_told_to_leave(5ms)) {
    const auto wanted = is_news.load();
    if (client.status({.limit = 2s, .cancel = {}}) && wanted
        && is_news.exchange(false))
      say("served");
  }
  return 0;
}
