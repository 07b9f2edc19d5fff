#pragma once

#include "messages/interfaces/registration_call.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace trivium::actors {

/// A registration whose caller waits at a door; `deliver` gets the one answer,
/// on any thread: `unavailable` where the actors dropped it.
template <class Deliver>
class waiting_registration final : public registration_call {
public:
  waiting_registration(std::shared_ptr<storage::metadata_store> leases,
                       envelope from, register_model command, Deliver deliver)
    : leases_(std::move(leases)), from_(std::move(from)),
      command_(std::move(command)), deliver_(std::move(deliver)) {}

  waiting_registration(const waiting_registration&) = delete;
  waiting_registration& operator=(const waiting_registration&) = delete;

  ~waiting_registration() override {
    answer(fail(ec::unavailable, "the node dropped this call; try again"));
  }

  const envelope& from() const override { return from_; }
  const register_model& command() const override { return command_; }

  void answer(expected<model_registered> result) override {
    if (is_answered_.exchange(true))
      return;
    // To register again is a sign of life, unless it comes too late.
    if (result && result->lease != 0 && leases_
        && !leases_->keep_alive(result->lease) && result->was_known)
      result = fail(ec::conflict, "what stands is about to leave discovery, as "
                                  "its lease is over; try again");
    deliver_(std::move(result));
  }

private:
  std::shared_ptr<storage::metadata_store> leases_;
  envelope from_;
  register_model command_;
  Deliver deliver_;
  std::atomic<bool> is_answered_ = false;
};

template <class Deliver>
registration_ptr wait_for(std::shared_ptr<storage::metadata_store> leases,
                          envelope from, register_model command,
                          Deliver deliver) {
  return std::make_shared<waiting_registration<Deliver>>(
    std::move(leases), std::move(from), std::move(command), std::move(deliver));
}

} // namespace trivium::actors
