#include "actors/observability/log.hpp"

#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>

namespace trivium::actors {

namespace {

std::atomic<bool> writes_json{false};

/// What stands behind time and level: one JSON member list, or words.
std::string json_members(const envelope& from, std::string_view text,
                         log_fields fields) {
  json_writer json;
  json.object([&] {
    json.member("message", printable(text));
    if (!from.job.empty())
      json.member("job", printable(from.job));
    json.member("trace_id", trace_id_text(from.trace));
    json.member("tenant", printable(from.tenant));
    for (const auto& [name, value] : fields)
      json.member(name, printable(value));
  });
  return std::move(json).text();
}

std::string words(const envelope& from, std::string_view text,
                  log_fields fields) {
  auto line = printable(text);
  for (const auto& [name, value] : fields)
    line += " " + std::string{name} + "=" + printable(value);
  if (!from.job.empty())
    line += " job=" + printable(from.job);
  return line + " trace=" + trace_id_text(from.trace);
}

spdlog::level::level_enum spdlog_level(config::log_level level) {
  using config::log_level;
  switch (level) {
  case log_level::trace:
    return spdlog::level::trace;
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    return spdlog::level::err;
  case log_level::off:
    return spdlog::level::off;
  }
  return spdlog::level::info;
}

void write(spdlog::level::level_enum level, const envelope& from,
           std::string_view text, log_fields fields) {
  auto* const logger = spdlog::default_logger_raw();
  if (logger == nullptr || !logger->should_log(level))
    return;
  if (writes_json) {
    const auto members = json_members(from, text, fields);
    // The pattern opens the object with time and level.
    logger->log(level, "{}", std::string_view{members}.substr(1));
  } else {
    logger->log(level, "{}", words(from, text, fields));
  }
}

} // namespace

expected<void> start_log(const config::log_settings& settings) {
  try {
    spdlog::sink_ptr sink;
    if (settings.file.empty())
      sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    else
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(
        settings.file.string());
    auto logger = std::make_shared<spdlog::logger>("trivium", std::move(sink));
    logger->set_level(spdlog_level(settings.level));
    logger->flush_on(spdlog::level::info);
    writes_json = settings.format == config::log_format::json;
    logger->set_pattern(
      writes_json
        ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","thread":%t,%v)"
        : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
    spdlog::set_default_logger(std::move(logger));
  } catch (const spdlog::spdlog_ex& e) {
    return fail(ec::permission_denied, "log: " + printable(e.what()));
  }
  return {};
}

void change_log_level(config::log_level level) {
  spdlog::default_logger()->set_level(spdlog_level(level));
}

config::log_level present_log_level() {
  const auto present = spdlog::default_logger()->level();
  for (const auto level : {config::log_level::trace, config::log_level::debug,
                           config::log_level::info, config::log_level::warning,
                           config::log_level::error})
    if (spdlog_level(level) == present)
      return level;
  return config::log_level::off;
}

void log_debug(const envelope& from, std::string_view text, log_fields fields) {
  write(spdlog::level::debug, from, text, fields);
}

void log_info(const envelope& from, std::string_view text, log_fields fields) {
  write(spdlog::level::info, from, text, fields);
}

void log_warning(const envelope& from, std::string_view text,
                 log_fields fields) {
  write(spdlog::level::warn, from, text, fields);
}

void log_error(const envelope& from, std::string_view text, log_fields fields) {
  write(spdlog::level::err, from, text, fields);
}

} // namespace trivium::actors
