#pragma once

#include "messages/values/backup.hpp"

#include <string>

namespace trivium::tools {

/// What `trivium store backup`, `restore` and `check` say: for people, each
/// line ended.
[[nodiscard]] std::string text_of_backup(const backup_summary& made);
[[nodiscard]] std::string text_of_restore(const backup_summary& restored,
                                          const std::string& store);
[[nodiscard]] std::string text_of(const store_check& report);

/// What is wrong in a line; empty of a whole one.
[[nodiscard]] std::string summary_of(const store_check& report);

/// The same for programs: one line of JSON, not ended.
[[nodiscard]] std::string json_of(const backup_summary& summary);
[[nodiscard]] std::string json_of(const store_check& report);

} // namespace trivium::tools
