#include "tools/trivium/common_options.hpp"

#include "messages/values/names.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace trivium::tools {

namespace {

constexpr std::array<std::string_view, 6> levels{"trace",   "debug", "info",
                                                 "warning", "error", "off"};

} // namespace

expected<config::settings> common_options::settings() const {
  config::settings result;
  // The tool's own report says what happened; its log is for who asks for it.
  result.log.level = config::log_level::off;
  if (!config.empty()) {
    TRIVIUM_TRY(result, config::load_settings(config, result));
  }
  if (const auto* from_environment = std::getenv("TRIVIUM_STORE");
      from_environment != nullptr && *from_environment != '\0')
    result.store = from_environment;
  if (!store.empty())
    result.store = store;
  if (result.store.empty()) {
    TRIVIUM_TRY(result.store, config::default_store_folder());
  }
  if (!name_space.empty())
    result.name_space = name_space;
  TRIVIUM_CHECK(check_name("namespace", result.name_space));
  if (!log_level.empty()) {
    const auto* const found =
      std::find(levels.begin(), levels.end(), log_level);
    if (found == levels.end())
      return fail(ec::invalid_argument,
                  "log level \"" + printable(log_level)
                    + "\" is not one of trace, debug, info, warning, error, "
                      "off");
    result.log.level = static_cast<config::log_level>(found - levels.begin());
  }
  return result;
}

} // namespace trivium::tools
