#include "tests/chaos/simulation/world.hpp"

#include "messages/interfaces/registration_call.hpp"

namespace trivium::test {

namespace {

void take(operation& call, const faulty_store& store, expected<told> answer) {
  if (++call.answers > 1)
    return;
  call.ended = store.head();
  call.ended_ms = store.now_ms();
  call.answer = std::move(answer);
}

/// A caller of the registrar.
class simulated_call final : public registration_call {
public:
  simulated_call(std::shared_ptr<operation> call,
                 std::shared_ptr<const faulty_store> store)
    : call_(std::move(call)), store_(std::move(store)) {}
  simulated_call(const simulated_call&) = delete;
  simulated_call& operator=(const simulated_call&) = delete;

  ~simulated_call() override {
    if (call_->answers == 0)
      answer(fail(ec::unavailable, "it was dropped"));
  }

  const envelope& from() const override { return call_->from; }
  const register_model& command() const override {
    return std::get<register_model>(call_->what);
  }
  void answer(expected<model_registered> result) override {
    if (result)
      take(*call_, *store_, told{std::move(*result)});
    else
      take(*call_, *store_, fail(result.error()));
  }

private:
  std::shared_ptr<operation> call_;
  std::shared_ptr<const faulty_store> store_;
};

template <class Answer, class Handle, class Command>
void request(caf::event_based_actor* client, const Handle& whom,
             const std::shared_ptr<operation>& call,
             const std::shared_ptr<const faulty_store>& store,
             const Command& command) {
  client->request(whom, std::chrono::seconds{30}, call->from, command)
    .then([=](Answer& answer) { take(*call, *store, told{std::move(answer)}); },
          [=](const caf::error& e) { take(*call, *store, fail(from_caf(e))); });
}

} // namespace

void world::spawn_client(size_t index) {
  clients_.push_back(system.spawn(
    [this, index](caf::event_based_actor* client) -> caf::behavior {
      return {[this, index, client](op::tick) {
        const auto call = waiting_[index].front();
        waiting_[index].pop_front();
        send(client, call);
      }};
    }));
}

void world::begin(const std::shared_ptr<operation>& call) {
  const auto index = below(random_, clients);
  calls.push_back(call);
  waiting_[index].push_back(call);
  self->send(clients_[index], op::tick_v);
}

void world::send(caf::event_based_actor* client,
                 const std::shared_ptr<operation>& call) {
  call->is_begun = true;
  call->begun = store_->head();
  const std::shared_ptr<const faulty_store> store = store_;
  const auto registry = front<registry_actor>(role::registry);
  if (std::holds_alternative<register_model>(call->what))
    client->send(
      front<registrar_actor>(role::registrar),
      registration_ptr{std::make_shared<simulated_call>(call, store)});
  if (const auto* command = std::get_if<promote>(&call->what))
    request<promoted>(client, registry, call, store, *command);
  if (const auto* command = std::get_if<delete_model>(&call->what))
    request<model_deleted>(client, registry, call, store, *command);
  if (const auto* command = std::get_if<delete_alias>(&call->what))
    request<alias_deleted>(client, registry, call, store, *command);
  if (const auto* command = std::get_if<end_lease>(&call->what))
    request<lease_ended>(client, front<lease_actor>(role::leases), call, store,
                         *command);
  if (const auto* command = std::get_if<resolve_alias>(&call->what))
    request<resolved_alias>(client, registry, call, store, *command);
  if (const auto* command = std::get_if<get_version>(&call->what))
    request<version_record>(client, registry, call, store, *command);
}

} // namespace trivium::test
