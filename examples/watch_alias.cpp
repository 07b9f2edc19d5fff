// Says where an alias points and, from then on, each time it moves:
//   watch_alias STORE MODEL ALIAS [MOVES]
// Ends after MOVES moves (0: at once), or never.
#include <trivium/client.hpp>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace {

bool tell(trivium::client& client, const trivium::alias_ref& alias) {
  const auto found = client.resolve(alias);
  if (!found) {
    std::fprintf(stderr, "%s\n", found.error().text.c_str());
    return false;
  }
  std::printf("%s@%s %s at revision %llu: artifact %s\n",
              trivium::to_string(alias.model).c_str(), alias.alias.c_str(),
              trivium::to_string(found->alias.version).c_str(),
              static_cast<unsigned long long>(found->at),
              trivium::to_string(found->alias.artifact).c_str());
  std::fflush(stdout);
  return true;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: watch_alias STORE MODEL ALIAS [MOVES]\n");
    return 2;
  }
  trivium::client_options options;
  options.store = argv[1];
  options.name = "watch_alias";
  const trivium::alias_ref alias{{"default", argv[2]}, argv[3]};
  const auto moves = argc > 4 ? std::atol(argv[4]) : -1;

  auto client = trivium::client::connect(options);
  if (!client) {
    std::fprintf(stderr, "%s\n", client.error().text.c_str());
    return 1;
  }
  std::mutex mutex;
  std::condition_variable moved;
  long seen = 0;
  // The callback runs on a thread of the client's, which may call the client.
  trivium::event_query moves_of_it;
  moves_of_it.model = alias.model.model;
  moves_of_it.kinds = {trivium::event_kind::alias_moved};
  const auto watch =
    (*client)->watch_events(moves_of_it, [&](const trivium::event_record&) {
      tell(**client, alias);
      const std::lock_guard hold{mutex};
      ++seen;
      moved.notify_all();
    });
  if (!watch) {
    std::fprintf(stderr, "%s\n", watch.error().text.c_str());
    return 1;
  }
  if (!tell(**client, alias))
    return 1;
  std::unique_lock hold{mutex};
  moved.wait(hold, [&] { return moves >= 0 && seen >= moves; });
  return 0;
}
