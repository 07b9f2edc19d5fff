#include "actors/registry/model.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/keys.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <utility>

namespace trivium::actors {

namespace {

using pointer = model_actor::stateful_pointer<model_state>;

/// How often a command is tried on a fresh book after a lost compare.
constexpr int most_tries = 4;

struct model_services {
  std::shared_ptr<const storage::metadata_store> store;
  metadata_writer_actor writer;
};

/// The registrar and transactions change the model too: what the store keeps in
/// memory is looked at before each command.
void refresh(pointer self, const model_services& services) {
  auto& state = self->state;
  const auto head = services.store->head();
  if (std::exchange(state.seen, head) == head && head != 0)
    return;
  const auto loaded =
    keys::model_prefix(state.book->model())
      .and_then([&](const std::string& prefix) {
        return services.store->range(prefix);
      })
      .and_then([&](const std::vector<key_value>& stored) -> expected<void> {
        if (state.broken.code == ec::none && state.book->is_current(stored))
          return {};
        return state.book->load(stored);
      });
  state.broken = loaded ? error{ec::none, {}} : loaded.error();
}

void finish(version_registered& answer, const commit_result& result) {
  answer.at = result.at;
}
void finish(variant_begun& answer, const commit_result& result) {
  answer.at = result.at;
}
void finish(promoted& answer, const commit_result& result) {
  answer.at = result.at;
}
void finish(model_deleted& answer, const commit_result& result) {
  answer.at = result.at;
}
void finish(alias_deleted& answer, const commit_result& result) {
  answer.at = result.at;
}
void finish(variant_record&, const commit_result&) {}

/// One command: what it asks the book, and who waits.
template <class Answer>
struct work {
  envelope from;
  std::function<expected<book_step<Answer>>(const model_book&, unix_ms)> ask;
  std::function<void(expected<Answer>)> deliver;
};

/// Commits a step, then answers. `await` keeps the next command out until this
/// one is durable; it needs no time-out, since the writer always answers.
template <class Answer>
void carry_out(pointer self, const model_services& services,
               std::shared_ptr<work<Answer>> todo, int tries = 1) {
  auto& state = self->state;
  refresh(self, services);
  if (state.broken.code != ec::none) {
    self->quit(); // and is loaded again for the next command
    return todo->deliver(fail(state.broken));
  }
  auto outcome = todo->ask(*state.book, wall_clock());
  if (!outcome)
    return todo->deliver(fail(outcome.error()));
  if (outcome->change.then.empty())
    return todo->deliver(std::move(outcome->answer));
  auto step = std::make_shared<book_step<Answer>>(std::move(*outcome));
  self->request(services.writer, caf::infinite, todo->from, step->change)
    .await(
      [=](const commit_result& result) {
        auto& state = self->state;
        if (!result.succeeded) {
          if (result.lacks_lease)
            state.book->registration_is_over();
          if (tries < most_tries)
            return carry_out(self, services, todo, tries + 1);
          return todo->deliver(
            fail(ec::conflict,
                 result.lacks_lease
                   ? "what stands is about to leave discovery, as its lease is "
                     "over; try again"
                   : "another writer was first; try again"));
        }
        if (auto taken = state.book->committed(step->change, result); !taken)
          state.broken = taken.error();
        if (result.at == state.seen + 1) // nobody else wrote meanwhile
          state.seen = result.at;
        for (const auto& event : step->events)
          log_event(todo->from, event, result.at);
        finish(step->answer, result);
        todo->deliver(std::move(step->answer));
      },
      [=](const caf::error& e) {
        todo->deliver(fail(from_caf(e)));
        self->state.seen = 0; // the next command looks at what is stored
      });
}

template <class Answer, class Command>
using book_method = expected<book_step<Answer>> (model_book::*)(const Command&,
                                                                const envelope&,
                                                                unix_ms) const;

/// A command that came as a request.
template <class Answer, class Command>
caf::result<Answer>
carry_out_request(pointer self, const model_services& services,
                  const envelope& from, const Command& command,
                  book_method<Answer, Command> method) {
  auto promise = self->template make_response_promise<Answer>();
  auto todo = std::make_shared<work<Answer>>();
  todo->from = from;
  todo->ask = [from, command, method](const model_book& book, unix_ms now) {
    return (book.*method)(command, from, now);
  };
  todo->deliver = [promise](expected<Answer> result) mutable {
    if (result)
      promise.deliver(std::move(*result));
    else
      promise.deliver(to_caf(result.error()));
  };
  carry_out(self, services, std::move(todo));
  return promise;
}

} // namespace

model_actor::behavior_type
model(pointer self, model_ref ref,
      std::shared_ptr<const storage::metadata_store> store,
      metadata_writer_actor writer) {
  enlist(self);
  self->state.book = std::make_unique<model_book>(std::move(ref));
  const model_services services{std::move(store), std::move(writer)};

  const auto readable = [self, services]() -> expected<const model_book*> {
    refresh(self, services);
    if (self->state.broken.code != ec::none) {
      self->quit();
      return fail(self->state.broken);
    }
    return self->state.book.get();
  };
  return {
    [=](const envelope& from, const register_version& command) {
      return carry_out_request(self, services, from, command,
                               &model_book::register_version);
    },
    [=](const envelope& from, const begin_variant& command) {
      return carry_out_request(self, services, from, command,
                               &model_book::begin_variant);
    },
    [=](const envelope& from, const change_variant& command) {
      return carry_out_request(self, services, from, command,
                               &model_book::change_variant);
    },
    [=](const envelope& from, const promote& command) {
      return carry_out_request(self, services, from, command,
                               &model_book::promote);
    },
    [=](const envelope& from, const delete_model& command) {
      return carry_out_request(self, services, from, command,
                               &model_book::delete_model);
    },
    [=](const envelope& from, const delete_alias& command) {
      return carry_out_request(self, services, from, command,
                               &model_book::delete_alias);
    },
    [=](const envelope&, const resolve_alias& wanted) {
      return answer(readable().and_then([&](const model_book* book) {
        return book->alias(wanted.alias.alias);
      }));
    },
    [=](const envelope&, const get_version& wanted) {
      return answer(readable().and_then(
        [&](const model_book* book) { return book->version(wanted.version); }));
    },
    [=](const envelope&, const get_variant& wanted) {
      return answer(readable().and_then([&](const model_book* book) {
        return book->variant(wanted.version, wanted.recipe_digest);
      }));
    },
  };
}

} // namespace trivium::actors
