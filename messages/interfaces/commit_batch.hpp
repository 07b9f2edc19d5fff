#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <memory>
#include <vector>

namespace trivium {

/// Transactions that go to the writer in one message, and what became of each,
/// under the same index. Whoever holds the message may change it: before it is
/// sent the asker, then the writer, with its answer the asker again.
struct commit_batch {
  std::vector<transaction> changes; ///< Empty after the commit.
  std::vector<expected<commit_result>> results;
};

using commit_batch_ptr = std::shared_ptr<commit_batch>;

} // namespace trivium
