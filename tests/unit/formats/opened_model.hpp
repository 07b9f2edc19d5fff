#pragma once

#include "storage/formats/model_source.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace trivium::test {

/// The model at `path`; throws std::runtime_error with the error's text.
[[nodiscard]] std::unique_ptr<storage::model_source>
opened(const std::filesystem::path& path);

/// The text of the error that discovering or opening `path` gives; "opened"
/// when there is none.
[[nodiscard]] std::string refusal_of(const std::filesystem::path& path);

/// The code of that error; `none` when there is none.
[[nodiscard]] ec code_of(const std::filesystem::path& path);

/// The tensor called `name`; throws when there is none.
[[nodiscard]] const storage::tensor_info&
tensor_of(const storage::model_source& model, std::string_view name);

/// Its bytes in the file.
[[nodiscard]] std::string bytes_of(const storage::model_source& model,
                                   std::string_view name);

/// Quantizes every tensor that allows `action`, writes the files below
/// `folder`. Throws on an error.
void rewrite(const storage::model_source& model, scheme action,
             const std::filesystem::path& folder);

} // namespace trivium::test
