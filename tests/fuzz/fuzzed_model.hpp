#pragma once

#include "messages/values/recipe.hpp"
#include "storage/formats/model_source.hpp"

#include <string_view>

namespace trivium::fuzz {

/// A file of `bytes` in memory. Aborts when the system has no memory for it.
[[nodiscard]] std::shared_ptr<const storage::readable_file>
file_of(std::string_view bytes);

/// Opens `bytes` as a model of one file. Where that succeeds: quantizes what
/// allows `action`, with zeros for what a device would compute, and opens the
/// result. Aborts when a layout has holes or its file does not open again.
void open_and_rewrite(std::string_view bytes, model_format format,
                      const char* name, scheme action);

} // namespace trivium::fuzz
