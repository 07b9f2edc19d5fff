#include "actors/registry/lease_keeper.hpp"

#include "actors/new_envelope.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "actors/registry/lease_end.hpp"
#include "actors/time_limits.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/commit_batch.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace trivium::actors {

namespace {

using pointer = lease_actor::stateful_pointer<lease_keeper_state>;

struct lease_services {
  std::shared_ptr<const storage::metadata_store> store;
  metadata_writer_actor writer;
};

/// Transactions that one message takes to the writer.
constexpr size_t most_at_once = 256;

/// How often a lease is looked at anew that somebody joined meanwhile.
constexpr int most_tries = 8;

/// A lease that is being ended.
struct ending {
  envelope from;
  lease_id lease = 0;
  std::string why;
  std::function<void(expected<lease_ended>)> done;
  std::vector<lease_end_step> steps{};
  size_t next = 0; ///< Of these; those before it were committed, or lost.
  uint64_t released = 0;
  int tries = 0;
};

void end(pointer self, const lease_services& services,
         const std::shared_ptr<ending>& one);

/// What became of the steps from `next` on. The last of all tells whether the
/// lease is over: it wants that nothing is attached but what it erases.
void take_in(pointer self, const lease_services& services,
             const std::shared_ptr<ending>& one, const commit_batch& batch);

void send_some(pointer self, const lease_services& services,
               const std::shared_ptr<ending>& one) {
  if (is_overdue(one->from))
    return one->done(fail(ec::deadline_exceeded, "overdue before its commit"));
  const auto some = std::make_shared<commit_batch>();
  const auto end = std::min(one->steps.size(), one->next + most_at_once);
  for (auto i = one->next; i < end; ++i)
    some->changes.push_back(std::move(one->steps[i].change));
  self->request(services.writer, caf::infinite, some)
    .then([=](const commit_batch_ptr&) { take_in(self, services, one, *some); },
          [=](const caf::error& e) { one->done(fail(from_caf(e))); });
}

void take_in(pointer self, const lease_services& services,
             const std::shared_ptr<ending>& one, const commit_batch& batch) {
  for (const auto& result : batch.results) {
    if (!result)
      return one->done(fail(result.error()));
    if (result->succeeded)
      one->released += one->steps[one->next].released;
    ++one->next;
  }
  if (one->next < one->steps.size())
    return send_some(self, services, one);
  const auto& last = *batch.results.back();
  if (last.succeeded)
    return one->done(lease_ended{last.at, one->released});
  if (++one->tries == most_tries)
    return one->done(fail(ec::conflict, "others keep joining the lease"));
  end(self, services, one);
}

void end(pointer self, const lease_services& services,
         const std::shared_ptr<ending>& one) {
  auto steps =
    lease_end(*services.store, one->lease, one->from, one->why, wall_clock());
  if (!steps && steps.error().code == ec::not_found && one->tries > 0)
    return one->done( // another was first to end it
      lease_ended{services.store->head(), one->released});
  if (!steps)
    return one->done(fail(steps.error()));
  one->steps = std::move(*steps);
  one->next = 0;
  send_some(self, services, one);
}

void look(pointer self, const lease_services& services) {
  auto& state = self->state;
  if (state.under_way > 0)
    return;
  const auto over = services.store->expired(state.most);
  state.under_way = over.size();
  for (const auto lease : over)
    end(self, services,
        std::make_shared<ending>(
          ending{new_envelope("", "node"), lease, "its lease is over",
                 [=](const expected<lease_ended>& ended) {
                   if (!ended && ended.error().code != ec::not_found
                       && ended.error().code != ec::conflict)
                     log_warning(envelope{}, "a lease could not be ended",
                                 {{"lease", std::to_string(lease)},
                                  {"reason", ended.error().text}});
                   // Where all ended, there may be more at once.
                   if (--self->state.under_way == 0 && ended)
                     look(self, services);
                 }}));
}

} // namespace

lease_actor::behavior_type
lease_keeper(pointer self, std::shared_ptr<const storage::metadata_store> store,
             metadata_writer_actor writer) {
  enlist(self);
  const lease_services services{std::move(store), std::move(writer)};
  self->delayed_send(self, lease_keeper_state::every, op::tick_v);
  return {
    [=](const envelope& from,
        const end_lease& command) -> caf::result<lease_ended> {
      auto promise = self->make_response_promise<lease_ended>();
      end(self, services,
          std::make_shared<ending>(ending{
            from, command.lease, "its lease was revoked by " + from.subject,
            [promise](expected<lease_ended> ended) mutable {
              if (ended)
                promise.deliver(*ended);
              else
                promise.deliver(to_caf(ended.error()));
            }}));
      return promise;
    },
    [=](op::tick) {
      look(self, services);
      self->delayed_send(self, lease_keeper_state::every, op::tick_v);
    },
  };
}

} // namespace trivium::actors
