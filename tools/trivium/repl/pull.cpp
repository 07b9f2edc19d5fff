#include "tools/trivium/repl/pull.hpp"

#include "actors/cache/alias_puller.hpp"
#include "actors/cache/client_alias_source.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>

namespace trivium::tools::repl {

expected<pulled> pull(session& s, const alias_ref& alias,
                      const std::filesystem::path& folder) {
  auto door = s.link.connection();
  // Behind a door that was named, the store is the node's.
  const auto store =
    door.address.empty() ? door.store : std::filesystem::path{};
  actors::client_alias_source source{std::move(door), store};
  progress_display progress{s.as_json};
  actors::pull_listener listener;
  listener.said = [&](const std::string& line) {
    progress.clear();
    std::fprintf(stderr, "%s\n", printable(line).c_str());
  };
  listener.copied = [&](uint64_t done, uint64_t total) {
    progress.show_bytes("copy", done, total);
  };
  return actors::pull_once(source, alias, folder, std::chrono::milliseconds{0},
                           listener, s.cancel);
}

} // namespace trivium::tools::repl
