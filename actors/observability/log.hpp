#pragma once

#include "config/settings.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace trivium::actors {

/// Sets up the process's log. Error: permission_denied when the file cannot be
/// opened.
[[nodiscard]] expected<void> start_log(const config::log_settings& settings);

/// Of the process's log, from any thread.
void change_log_level(config::log_level level);
[[nodiscard]] config::log_level present_log_level();

/// One member of a line. `secret` has no conversion to string_view, so it
/// cannot be logged.
using log_field = std::pair<std::string_view, std::string_view>;
using log_fields = std::initializer_list<log_field>;

/// Writes one line that carries the envelope's job and trace ids. Control
/// characters in the text and in every field are escaped.
void log_debug(const envelope& from, std::string_view text, log_fields = {});
void log_info(const envelope& from, std::string_view text, log_fields = {});
void log_warning(const envelope& from, std::string_view text, log_fields = {});
void log_error(const envelope& from, std::string_view text, log_fields = {});

} // namespace trivium::actors
