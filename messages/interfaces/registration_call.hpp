#pragma once

#include "messages/values/commands.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <memory>
#include <vector>

namespace trivium {

/// A registration on its way through the actors: who asks, for what, and who
/// waits. Passed from mailbox to mailbox without copies; there may be tens of
/// thousands of them a second, and CAF keeps the time-out of every request
/// until it is over, so these have none: the writer answers whatever it took,
/// and one that is dropped answers `unavailable` itself.
class registration_call {
public:
  virtual ~registration_call() = default;

  [[nodiscard]] virtual const envelope& from() const = 0;
  [[nodiscard]] virtual const register_model& command() const = 0;

  /// The first answer counts. From any thread.
  virtual void answer(expected<model_registered> result) = 0;
};

using registration_ptr = std::shared_ptr<registration_call>;

/// What came together, in one message.
using registration_calls = std::vector<registration_ptr>;

} // namespace trivium
