#include "actors/registry/model.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/time_limits.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace trivium::actors {

namespace {

using pointer = model_actor::stateful_pointer<model_state>;

void set_revision(version_registered& answer, revision at) { answer.at = at; }
void set_revision(variant_begun& answer, revision at) { answer.at = at; }
void set_revision(promoted& answer, revision at) { answer.at = at; }
void set_revision(variant_record&, revision) {}

/// Commits a step, then tells the bus and answers. `await` keeps the next
/// command out until this one is durable.
template <class Answer>
caf::result<Answer> carry_out(pointer self, const envelope& from,
                              const metadata_writer_actor& writer,
                              const event_bus_actor& events,
                              expected<book_step<Answer>> outcome) {
  if (!outcome)
    return to_caf(outcome.error());
  if (outcome->change.then.empty())
    return std::move(outcome->answer);
  auto promise = self->template make_response_promise<Answer>();
  auto step = std::make_shared<book_step<Answer>>(std::move(*outcome));
  self->request(writer, command_limit, from, step->change)
    .await(
      [=](const commit_result& result) mutable {
        if (!result.succeeded) {
          promise.deliver(to_caf({ec::conflict, "another writer was first"}));
          self->quit(); // what this actor believes is out of date
          return;
        }
        if (auto taken = self->state.book->committed(step->change, result.at);
            !taken)
          self->state.broken = taken.error();
        for (auto& event : step->events) {
          event.revision = result.at;
          self->send(events, from, event);
        }
        set_revision(step->answer, result.at);
        promise.deliver(std::move(step->answer));
      },
      [=](caf::error& e) mutable {
        auto reason = from_caf(e);
        if (reason.code == ec::deadline_exceeded)
          reason = {ec::outcome_unknown,
                    "the commit was not confirmed in time"};
        promise.deliver(to_caf(reason));
        self->quit(); // the next use loads what is really stored
      });
  return promise;
}

} // namespace

model_actor::behavior_type model(pointer self, model_ref ref,
                                 metadata_reader_actor reader,
                                 metadata_writer_actor writer,
                                 event_bus_actor events) {
  enlist(self);
  self->state.book = std::make_unique<model_book>(ref);
  auto prefix = keys::model_prefix(ref);
  if (!prefix)
    self->state.broken = prefix.error();
  else
    self->request(reader, command_limit, envelope{}, read_prefix{*prefix, 0})
      .await(
        [self](const std::vector<key_value>& stored) {
          if (auto loaded = self->state.book->load(stored); !loaded)
            self->state.broken = loaded.error();
        },
        [self](caf::error& e) { self->state.broken = from_caf(e); });

  // A command on a book that could not be loaded gets that reason,
  // and is loaded again for the next one.
  const auto usable = [self]() -> expected<model_book*> {
    if (self->state.broken.code != ec::none) {
      self->quit();
      return fail(self->state.broken);
    }
    return self->state.book.get();
  };
  return {
    [=](const envelope& from, const register_version& command) {
      return carry_out(self, from, writer, events,
                       usable().and_then([&](const model_book* book) {
                         return book->register_version(command, from,
                                                       wall_clock());
                       }));
    },
    [=](const envelope& from, const begin_variant& command) {
      return carry_out(self, from, writer, events,
                       usable().and_then([&](const model_book* book) {
                         return book->begin_variant(command, from,
                                                    wall_clock());
                       }));
    },
    [=](const envelope& from, const change_variant& command) {
      return carry_out(self, from, writer, events,
                       usable().and_then([&](const model_book* book) {
                         return book->change_variant(command, from,
                                                     wall_clock());
                       }));
    },
    [=](const envelope& from, const promote& command) {
      return carry_out(self, from, writer, events,
                       usable().and_then([&](const model_book* book) {
                         return book->promote(command, from, wall_clock());
                       }));
    },
    [=](const envelope&, const resolve_alias& wanted) {
      return answer(usable().and_then([&](const model_book* book) {
        return book->alias(wanted.alias.alias);
      }));
    },
    [=](const envelope&, const get_version& wanted) {
      return answer(usable().and_then(
        [&](const model_book* book) { return book->version(wanted.version); }));
    },
    [=](const envelope&, const get_variant& wanted) {
      return answer(usable().and_then([&](const model_book* book) {
        return book->variant(wanted.version, wanted.recipe_digest);
      }));
    },
  };
}

} // namespace trivium::actors
