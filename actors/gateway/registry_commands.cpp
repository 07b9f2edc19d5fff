#include "actors/artifacts/live_artifacts.hpp"
#include "actors/gateway/registry_views.hpp"
#include "actors/gateway/requests/alias_requests.hpp"
#include "actors/gateway/session_call.hpp"
#include "actors/gateway/way_back.hpp"
#include "messages/values/keys.hpp"
#include "messages/wire/node.hpp"
#include "messages/wire/registry_answers.hpp"
#include "messages/wire/registry_requests.hpp"
#include "messages/wire/repeated.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace trivium::actors {

namespace {

constexpr uint32_t default_models = 1000;
constexpr uint32_t default_history = 100;
constexpr uint32_t most_history = 10'000;

using stored_keys = std::vector<key_value>;

/// A model of the session's namespace.
expected<model_ref> model_of(const session_call& call,
                             const std::string& name) {
  TRIVIUM_CHECK(check_name("model name", name));
  return model_ref{call.from().tenant, name};
}

/// All keys of one model, then `next`.
template <class Next>
void with_model_keys(const session_call& call, const model_ref& model,
                     Next next) {
  call.with(keys::model_prefix(model), [&](const std::string& prefix) {
    call.ask<stored_keys>(call.services().actors.reader, read_prefix{prefix},
                          next);
  });
}

template <class Next>
void with_all_models(const session_call& call, Next next) {
  call.ask<stored_keys>(call.services().actors.reader, read_prefix{"models/"},
                        next);
}

// --- looking -----------------------------------------------------------------

void models(const session_call& call, const v1::ListModels& wanted) {
  const auto limit = wanted.limit() == 0
                       ? default_models
                       : std::min(wanted.limit(), default_models);
  call.with(
    keys::namespace_prefix(call.from().tenant), [&](const std::string& space) {
      call.ask<stored_keys>(
        call.services().actors.reader, read_prefix{space},
        [call, limit, prefix = wanted.prefix()](const stored_keys& stored) {
          call.with(list_models(stored, call.from().tenant, prefix, limit),
                    [&](const model_list& list) {
                      v1::Reply reply;
                      *reply.mutable_models() = to_wire(list);
                      call.answer(std::move(reply));
                    });
        });
    });
}

void model(const session_call& call, const v1::GetModel& wanted) {
  call.with(model_of(call, wanted.model()), [&](const model_ref& ref) {
    with_model_keys(call, ref, [=](const stored_keys& stored) {
      call.with(details_of(stored, ref), [&](const model_details& details) {
        v1::Reply reply;
        *reply.mutable_model() = to_wire(details);
        call.answer(std::move(reply));
      });
    });
  });
}

void tell_history(const session_call& call, const model_ref& model,
                  const read_history& reading, size_t limit) {
  with_model_keys(call, model, [=](const stored_keys& stored) {
    call.ask<std::vector<change>>(
      call.services().actors.reader, reading,
      [=](const std::vector<change>& changes) {
        if (changes.empty())
          return call.fail(
            {ec::not_found, "nothing is recorded under " + reading.key});
        call.with(history_of(changes, stored, limit),
                  [&](const history_list& list) {
                    v1::Reply reply;
                    *reply.mutable_history() = to_wire(list);
                    call.answer(std::move(reply));
                  });
      });
  });
}

void history(const session_call& call, const v1::GetHistory& wanted) {
  const auto limit = wanted.limit() == 0
                       ? default_history
                       : std::min(wanted.limit(), most_history);
  call.with(model_of(call, wanted.model()), [&](const model_ref& model) {
    const auto is_all = wanted.alias().empty();
    call.with(is_all ? keys::model_prefix(model)
                     : keys::alias(model, wanted.alias()),
              [&](const std::string& key) {
                tell_history(call, model, {key, is_all}, limit);
              });
  });
}

void lineage(const session_call& call, const v1::GetLineage& wanted) {
  call.with(
    from_wire(wanted, call.from().tenant), [&](const lineage_query& query) {
      with_all_models(call, [=](const stored_keys& stored) {
        call.with(lineage_of(stored, query),
                  [&](const std::vector<lineage_entry>& found) {
                    v1::Reply reply;
                    for (const auto& entry : found)
                      *reply.mutable_lineage()->add_entries() = to_wire(entry);
                    call.answer(std::move(reply));
                  });
      });
    });
}

void resolve(const session_call& call, const v1::ResolveAlias& wanted) {
  call.with(model_of(call, wanted.model()), [&](const model_ref& ref) {
    call.ask<resolved_alias>(
      call.services().actors.services.registry,
      resolve_alias{{ref, wanted.alias()}}, [=](const resolved_alias& found) {
        call.ask<manifest_ptr>(
          call.services().actors.finder, find_artifact{found.alias.artifact},
          [=](const manifest_ptr& files) {
            v1::Reply reply;
            *reply.mutable_resolved() =
              to_wire(resolved_artifact{found.alias, found.at, *files});
            call.answer(std::move(reply));
          });
      });
  });
}

// --- making blobs be there ---------------------------------------------------

void ensure(const session_call& call, const std::string& bytes) {
  if (bytes.size() != digest::size_bytes)
    return call.fail({ec::invalid_argument, "an artifact has 32 bytes"});
  std::array<uint8_t, digest::size_bytes> raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  const digest artifact{raw};
  call.ask<manifest_ptr>(
    call.services().actors.finder, find_artifact{artifact},
    [=](const manifest_ptr& files) {
      with_all_models(call, [=](const stored_keys& stored) {
        call.ask_for_work<acknowledged>(
          call.services().actors.origin,
          repair_artifact{files, origin_of(stored, artifact).value_or("")},
          [=](acknowledged) { call.done(); });
      });
    });
}

// --- moving aliases ----------------------------------------------------------

void send_promotion(const session_call& call, const promote& command) {
  call.change<promoted>(call.services().actors.services.registry, command,
                        [=](const promoted& moved) {
                          v1::Reply reply;
                          *reply.mutable_promoted() = to_wire(moved);
                          call.answer(std::move(reply));
                        });
}

void promote_to(const session_call& call, const v1::Promote& wanted) {
  call.with(from_wire(wanted, call.from().tenant), [&](const promotion& what) {
    const auto version = semver::parse(what.version);
    if (!version)
      return call.fail(version.error());
    promote command;
    command.model = what.alias.model;
    command.alias = what.alias.alias;
    command.version = *version;
    command.allow_unverified = what.allow_unverified;
    command.reason = what.reason;
    if (what.recipe.empty())
      return send_promotion(call, command);
    with_model_keys(call, command.model, [=](const stored_keys& stored) {
      auto chosen = command;
      call.with(details_of(stored, command.model)
                  .and_then([&](const model_details& details) {
                    return find_variant(details, command.version, what.recipe);
                  }),
                [&](const variant_record& variant) {
                  chosen.recipe_digest = variant.recipe_digest;
                  send_promotion(call, chosen);
                });
    });
  });
}

/// As through the other door: with its weight, and the schemas beside it.
void roll_back(const session_call& call, const v1::Rollback& wanted) {
  call.with(from_wire(wanted, call.from().tenant), [&](const rollback& what) {
    v1::RollbackRequest request;
    request.set_namespace_(what.alias.model.name_space);
    request.set_model_id(what.alias.model.model);
    request.set_alias(what.alias.alias);
    request.set_to_revision(what.to);
    request.set_reason(what.reason);
    caf::anon_send(call.services().desk,
                   desk_task{[request, services = call.shared_services(),
                              back = way_back{call}](caf::event_based_actor*) {
                     back.then(
                       [command = checked_rollback(request, services->rules,
                                                   *services->metadata)](
                         const session_call& call) {
                         if (command)
                           send_promotion(call, *command);
                         else
                           call.fail(command.error().reason);
                       });
                   }});
  });
}

void collect(const session_call& call, const v1::CollectGarbage& wanted) {
  // Beyond ten years the number is a slip, and would not fit CAF's clock.
  const auto keep_for = std::chrono::seconds{
    std::min<uint64_t>(wanted.keep_for_seconds(), 315'360'000)};
  with_all_models(
    call, [=, dry_run = wanted.dry_run()](const stored_keys& stored) {
      call.with(live_artifacts(stored), [&](const std::set<digest>& live) {
        call.ask_for_work<collected_garbage>(
          call.services().actors.services.artifacts,
          collect_garbage{live, keep_for, dry_run},
          [=](const collected_garbage& garbage) {
            v1::Reply reply;
            *reply.mutable_collected() = to_wire(garbage);
            call.answer(std::move(reply));
          });
      });
    });
}

} // namespace

void carry_out_registry_command(const session_call& call,
                                const v1::Request& request) {
  using v1::Request;
  switch (request.command_case()) {
  case Request::kModels:
    return models(call, request.models());
  case Request::kModel:
    return model(call, request.model());
  case Request::kHistory:
    return history(call, request.history());
  case Request::kLineage:
    return lineage(call, request.lineage());
  case Request::kResolve:
    return resolve(call, request.resolve());
  case Request::kEnsure:
    return ensure(call, request.ensure().artifact());
  case Request::kPromote:
    return promote_to(call, request.promote());
  case Request::kRollback:
    return roll_back(call, request.rollback());
  case Request::kCollectGarbage:
    return collect(call, request.collect_garbage());
  default:
    return call.fail({ec::unsupported, "this node does not know that"});
  }
}

} // namespace trivium::actors
