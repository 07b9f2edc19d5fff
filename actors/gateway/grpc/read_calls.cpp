#include "actors/gateway/grpc/desk.hpp"
#include "actors/gateway/grpc/door_calls.hpp"
#include "actors/gateway/requests/past_reads.hpp"
#include "actors/gateway/requests/registration_list.hpp"
#include "actors/gateway/requests/version_reads.hpp"

#include <caf/send.hpp>

namespace trivium::actors {

namespace {

template <class Call, class Read>
void answer_with(const shared_context& door, const Call& call, Read read) {
  const auto done =
    read(door->store(), call.request(), door->rules(), call.response());
  if (done)
    call.finish();
  else
    call.fail(done.error().reason, done.error().context);
}

/// On the thread that may wait for the disk.
template <class Call, class Read>
void read_behind(const shared_context& door, const Call& call, Read read) {
  caf::anon_send(door->services->reading_desk,
                 desk_task{[=](caf::event_based_actor*) {
                   if (!call.cancel().is_cancelled())
                     answer_with(door, call, read);
                 }});
}

} // namespace

void get_version(const shared_context& door, const get_call& call) {
  if (reads_past(call.request()))
    read_behind(door, call, read_version);
  else
    answer_with(door, call, read_version);
}

void list_models(const shared_context& door, const list_call& call) {
  read_behind(door, call, list_registrations);
}

void tell_history(const shared_context& door, const history_call& call) {
  read_behind(door, call, read_past);
}

void tell_lineage(const shared_context& door, const lineage_call& call) {
  read_behind(door, call, read_lineage);
}

} // namespace trivium::actors
