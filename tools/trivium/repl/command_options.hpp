#pragma once

#include "tools/trivium/repl/target.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace trivium::tools::repl {

/// The model, version, variant or alias that a command is about.
inline CLI::Option* add_target(CLI::App& app, std::string& text,
                               std::string_view form,
                               const std::string& help = "NS/… names another "
                                                         "namespace") {
  return app.add_option("target", text, help)
    ->type_name(std::string{form})
    ->required();
}

inline CLI::Option* add_job(CLI::App& app, std::string& id) {
  return app.add_option("job", id, "As `jobs` lists it")
    ->type_name("JOB")
    ->required();
}

inline CLI::Option* add_limit(CLI::App& app, uint32_t& limit) {
  return app.add_option("--limit", limit, "At most so many")->type_name("N");
}

inline CLI::Option* add_reason(CLI::App& app, std::string& reason) {
  return app.add_option("--reason", reason, "Why, for the history")
    ->type_name("TEXT");
}

} // namespace trivium::tools::repl
