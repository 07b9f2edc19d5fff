#include "actors/gateway/grpc/desk.hpp"
#include "actors/gateway/grpc/door_calls.hpp"
#include "actors/gateway/grpc/request_origin.hpp"
#include "actors/gateway/requests/alias_requests.hpp"
#include "actors/gateway/requests/version_reads.hpp"

namespace trivium::actors {

namespace {

template <class Call>
void refuse(const Call& call, const refusal& why) {
  call.fail(why.reason, why.context);
}

/// Sends a command that was checked to the registry; `write` fills in the
/// response.
template <class Answer, class Call, class Command, class Write>
void carry_out(const shared_context& door, const Call& call,
               const std::string& name_space, Command command, Write write) {
  const auto from = origin_of(call.context(), call.cancel(), name_space);
  ask_through<Answer>(door->options.asker, door->registry(), from,
                      std::move(command), [=](expected<Answer> answer) {
                        if (!answer)
                          return call.fail(answer.error());
                        write(*answer, call.response());
                        call.finish();
                      });
}

void write_promoted(const promoted& moved, v1::Alias& answer) {
  write_alias(moved.alias, moved.at, answer);
  answer.set_was_there(moved.was_there);
}

} // namespace

void delete_model_version(const shared_context& door, const delete_call& call) {
  const auto command = checked_deletion(call.request(), door->rules());
  if (!command)
    return refuse(call, command.error());
  carry_out<model_deleted>(
    door, call, command->model.name_space, *command,
    [](const model_deleted& gone, v1::DeleteResponse& answer) {
      answer.set_revision(gone.at);
      answer.set_deleted(gone.deleted);
    });
}

void set_alias(const shared_context& door, const set_alias_call& call) {
  const auto command =
    checked_set_alias(call.request(), door->rules(), door->store());
  if (!command)
    return refuse(call, command.error());
  carry_out<promoted>(door, call, command->model.name_space, *command,
                      write_promoted);
}

void promote_version(const shared_context& door, const promote_call& call) {
  const auto command =
    checked_promotion(call.request(), door->rules(), door->store());
  if (!command)
    return refuse(call, command.error());
  carry_out<promoted>(door, call, command->model.name_space, *command,
                      write_promoted);
}

void remove_alias(const shared_context& door, const delete_alias_call& call) {
  const auto command = checked_delete_alias(call.request(), door->rules());
  if (!command)
    return refuse(call, command.error());
  carry_out<alias_deleted>(
    door, call, command->alias.model.name_space, *command,
    [](const alias_deleted& gone, v1::DeleteAliasResponse& answer) {
      answer.set_revision(gone.at);
    });
}

/// What it was lies on the disk.
void roll_back_alias(const shared_context& door, const rollback_call& call) {
  caf::anon_send(door->services->desk, desk_task{[=](caf::event_based_actor*) {
                   const auto command = checked_rollback(
                     call.request(), door->rules(), door->store());
                   if (!command)
                     return refuse(call, command.error());
                   carry_out<promoted>(door, call, command->model.name_space,
                                       *command, write_promoted);
                 }});
}

} // namespace trivium::actors
