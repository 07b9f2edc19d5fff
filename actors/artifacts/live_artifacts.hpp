#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <set>
#include <span>

namespace trivium::actors {

/// The artifacts that stored keys name: of every version, of variants that are
/// not Failed, of aliases. Everything else is garbage. Error: data_loss; then
/// nothing may be collected.
[[nodiscard]] expected<std::set<digest>>
live_artifacts(std::span<const key_value> models);

} // namespace trivium::actors
