#include "tools/trivium/common_options.hpp"

#include "messages/values/names.hpp"

#include <cstdlib>

namespace trivium::tools {

expected<config::settings>
common_options::settings(config::log_level unsaid) const {
  config::settings result;
  result.log.level = unsaid;
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
    TRIVIUM_TRY(result.log.level, config::parse_log_level(log_level));
  }
  return result;
}

} // namespace trivium::tools
