// rewrite_model MODEL SCHEME FOLDER: the scalar quantizer on every tensor that
// allows SCHEME ("q8_0", "int8_row_ct", "int8_channel"), for the peer tests.

#include "messages/values/recipe.hpp"
#include "tests/support/materialise.hpp"

#include <iostream>

namespace {

using namespace trivium;

expected<void> rewrite(const char* model, scheme action, const char* folder) {
  TRIVIUM_TRY(auto files, storage::discover_model(model));
  TRIVIUM_TRY(const auto source, storage::open_model(std::move(files)));
  const auto plan = test::plan_all(*source, action);
  TRIVIUM_TRY(const auto layout, source->lay_out(plan));
  return test::materialise(*source, plan, layout, folder);
}

} // namespace

int main(int argc, char** argv) {
  const auto action = argc == 4 ? scheme_from(argv[2]) : std::nullopt;
  if (!action) {
    std::cerr << "rewrite_model MODEL SCHEME FOLDER\n";
    return 2;
  }
  if (const auto done = rewrite(argv[1], *action, argv[3]); !done) {
    std::cerr << done.error().text << '\n';
    return 1;
  }
  return 0;
}
