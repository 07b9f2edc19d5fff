#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/names.hpp"
#include "messages/values/semver.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Where things stand in the metadata store. A name becomes a part of a key
/// only after `check_name`, so no part can hold a '/'. Versions are written
/// without build metadata: 1.0.0+a and 1.0.0+b are one version (§10 of semver).
///
/// Prefixes for `range` end in '/', so that "min" does not find "minilm".
/// Errors: invalid_argument.
namespace trivium::keys {

/// models/{ns}/{id}/
[[nodiscard]] expected<std::string> model_prefix(const model_ref& model);

/// models/{ns}/
[[nodiscard]] expected<std::string> namespace_prefix(std::string_view name);

/// models/{ns}/{id}/metadata
[[nodiscard]] expected<std::string> metadata(const model_ref& model);

/// models/{ns}/{id}/versions/
[[nodiscard]] expected<std::string> versions_prefix(const model_ref& model);

/// models/{ns}/{id}/versions/{semver}
[[nodiscard]] expected<std::string> version(const model_ref& model,
                                            const semver& version);

/// models/{ns}/{id}/versions/{semver}/variants/
[[nodiscard]] expected<std::string> variants_prefix(const model_ref& model,
                                                    const semver& version);

/// models/{ns}/{id}/versions/{semver}/variants/{recipe digest}
[[nodiscard]] expected<std::string>
variant(const model_ref& model, const semver& version, const digest& recipe);

/// models/{ns}/{id}/aliases/
[[nodiscard]] expected<std::string> aliases_prefix(const model_ref& model);

/// models/{ns}/{id}/aliases/{name}
[[nodiscard]] expected<std::string> alias(const model_ref& model,
                                          std::string_view name);

/// models/{ns}/{id}/golden/{name}
[[nodiscard]] expected<std::string> golden(const model_ref& model,
                                           std::string_view name);

/// jobs/
inline constexpr std::string_view jobs_prefix = "jobs/";

/// jobs/{id}
[[nodiscard]] expected<std::string> job(std::string_view id);

/// events/: a put of this key with `append_revision` makes an event's key.
inline constexpr std::string_view events_prefix = "events/";

/// events/{revision in 20 digits}, so that bytes order as numbers do.
[[nodiscard]] std::string event(uint64_t revision);

/// leases/: written by grants and revocations alone.
inline constexpr std::string_view leases_prefix = "leases/";

/// leases/{id in 20 digits}
[[nodiscard]] std::string lease(uint64_t id);

/// `revision` as `event` and `append_revision` write it: 20 decimal digits.
[[nodiscard]] std::string revision_text(uint64_t revision);

/// True for a model's own key, its registration's.
[[nodiscard]] bool is_registration(std::string_view key);

/// True for a version's own key: not a variant's or another model part's,
/// which `range(versions_prefix)` finds too.
[[nodiscard]] bool is_version(std::string_view key);

/// True for a variant's key.
[[nodiscard]] bool is_variant(std::string_view key);

/// True for an alias's key.
[[nodiscard]] bool is_alias(std::string_view key);

} // namespace trivium::keys
