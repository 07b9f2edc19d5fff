#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/records.hpp"
#include "messages/values/transaction.hpp"

#include <span>
#include <vector>

namespace trivium::actors {

/// What a node that opens a store must write before it works: jobs that a dead
/// process left running become interrupted, variants that it was making become
/// Failed and may be retried. The store's lock proves that nobody runs them.
/// Error: data_loss.
[[nodiscard]] expected<std::vector<transaction>>
interrupted_work(std::span<const key_value> jobs,
                 std::span<const key_value> models, unix_ms now);

} // namespace trivium::actors
