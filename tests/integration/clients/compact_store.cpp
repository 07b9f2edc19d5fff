// compact_store STORE: makes some revisions in a store that nobody serves, and
// forgets every event before the last of them.

#include "storage/metadata/metadata_store.hpp"
#include "tests/integration/clients/client_program.hpp"

#include <array>

using namespace trivium;
using namespace trivium::test;

int main(int count, char** arguments) {
  if (count != 2)
    return 2;
  const auto store = must(storage::metadata_store::open(
                            std::filesystem::path{arguments[1]} / "metadata"),
                          "open");
  for (int i = 0; i < 10; ++i) {
    transaction change;
    change.then.emplace_back(put{"tests/compacted", std::to_string(i)});
    must(store->commit(std::array{change}), "commit");
  }
  while (!must(store->compact(store->head(), 1000), "compact")) {
  }
  json_writer json;
  json.object([&] { json.member("head", store->head()); });
  say(json);
  return 0;
}
