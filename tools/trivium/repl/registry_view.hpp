#pragma once

#include "messages/values/control.hpp"
#include "tools/trivium/repl/screen.hpp"
#include "tools/trivium/repl/target.hpp"

#include <string>
#include <vector>

/// What a person reads about models, their versions, variants and aliases.
/// Values in, text out.
namespace trivium::tools::repl {

[[nodiscard]] std::string models_text(const model_list& list, const screen& on);

[[nodiscard]] std::string versions_text(const model_details& model,
                                        const screen& on);

/// Variants of one version, or of all for an empty `version`.
[[nodiscard]] std::string variants_text(const model_details& model,
                                        const std::string& version,
                                        const screen& on);

[[nodiscard]] std::string aliases_text(const model_details& model,
                                       const screen& on);

/// A whole model: aliases, versions, variants.
[[nodiscard]] std::string
model_text(const target& which, const model_details& model, const screen& on);

/// One version with its variants. Error: not_found, naming the nearest.
[[nodiscard]] expected<std::string>
version_text(const target& which, const model_details& model, const screen& on);

/// One variant with what its check showed. Error: not_found.
[[nodiscard]] expected<std::string>
variant_text(const target& which, const model_details& model, const screen& on);

/// An alias with the files it stands for.
[[nodiscard]] std::string alias_text(const resolved_artifact& resolved,
                                     const screen& on);

/// The one that `which` names by version, or by version and recipe (name or
/// digest, the first digits suffice); null where there is none.
[[nodiscard]] const version_record* find_version(const model_details& model,
                                                 const std::string& version);
[[nodiscard]] const variant_record* find_variant(const model_details& model,
                                                 const std::string& version,
                                                 const std::string& recipe);
[[nodiscard]] const alias_record* find_alias(const model_details& model,
                                             const std::string& alias);

/// "1.1.0 int8", or "1.1.0" where the alias stands for the version itself.
[[nodiscard]] std::string pointed_at(const alias_record& alias,
                                     const model_details& model);

/// Error: not_found, with the nearest version or recipe.
[[nodiscard]] expected<const version_record*>
need_version(const target& which, const model_details& model);
[[nodiscard]] expected<const variant_record*>
need_variant(const target& which, const model_details& model);

} // namespace trivium::tools::repl
