#include "actors/gateway/grpc/registry_door.hpp"

#include "actors/gateway/grpc/door_calls.hpp"
#include "actors/gateway/grpc/grpc_server.hpp"
#include "actors/gateway/grpc/health_door.hpp"
#include "actors/gateway/grpc/keep_alive_stream.hpp"
#include "actors/gateway/grpc/register_stream.hpp"

#include <caf/send.hpp>

namespace trivium::actors {

namespace {

using namespace std::chrono_literals;

/// Calls under way over all connections; more are refused.
constexpr uint32_t most_calls = 8192;
/// Registrations of all streams; more are refused.
constexpr uint32_t most_registrations = 32'768;
/// Health checks and watches.
constexpr uint32_t most_looks = 1024;

template <class Call>
auto with(shared_context context,
          void (*handle)(const shared_context&, const Call&)) {
  return [context = std::move(context), handle](const Call& call) {
    handle(context, call);
  };
}

class open_registry_door final : public registry_door {
public:
  open_registry_door(registry_door_options options,
                     std::shared_ptr<const session_services> services)
    : context_(std::make_shared<const door_context>(
      door_context{std::move(options), std::move(services)})) {}

  ~open_registry_door() override { static_cast<void>(stop(0ms)); }

  expected<void> open() {
    TRIVIUM_TRY(server_, grpc_server::open(context_->options.settings,
                                           {&service_, &health_.service()}));
    server_->listen([this](door_queue& queue) {
      health_.listen(queue);
      register_.listen(queue);
      get_.listen(queue);
      list_.listen(queue);
      delete_.listen(queue);
      set_alias_.listen(queue);
      delete_alias_.listen(queue);
      promote_.listen(queue);
      rollback_.listen(queue);
      history_.listen(queue);
      txn_.listen(queue);
      grant_.listen(queue);
      revoke_.listen(queue);
      lineage_.listen(queue);
      watch_stream::listen(
        service_, &registry_service::RequestWatch, limits_, queue.completions(),
        [hub = context_->options.hub](const watch_stream_ptr& stream) {
          // A hub that is being restarted drops what it is sent.
          caf::anon_send(
            hub, watch_stream_ptr{stream.get(), [stream](auto*) {
                                    stream->finish(
                                      to_grpc({ec::unavailable,
                                               "the watch broke down; again"}));
                                  }});
        });
      listen_for_registrations(context_, service_, limits_, registrations_,
                               queue);
      listen_for_keep_alives(context_, service_, limits_, queue.completions());
    });
    return {};
  }

  int port() const override { return server_->port(); }

  bool stop(std::chrono::milliseconds grace) override {
    if (!server_)
      return true;
    health_.stop();
    const auto is_clean = server_->stop(
      grace, [this] { return limits_.now() == 0 && looks_.now() == 0; });
    if (is_clean)
      server_.reset();
    else
      static_cast<void>(server_.release());
    return is_clean;
  }

private:
  shared_context context_;
  call_limits limits_{most_calls, context_->options.settings.memory_bytes};
  /// Of streams: they shall not crowd out calls, nor these what asks for
  /// health.
  call_limits registrations_{most_registrations,
                             context_->options.settings.memory_bytes};
  call_limits looks_{most_looks, context_->options.settings.memory_bytes};
  registry_service service_;
  health_door health_{looks_, {v1::ModelRegistry::service_full_name()}};
  register_method register_{service_, &registry_service::RequestRegister,
                            limits_, with(context_, take_registration)};
  get_method get_{service_, &registry_service::RequestGet, limits_,
                  with(context_, get_version)};
  list_method list_{service_, &registry_service::RequestList, limits_,
                    with(context_, list_models)};
  delete_method delete_{service_, &registry_service::RequestDelete, limits_,
                        with(context_, delete_model_version)};
  set_alias_method set_alias_{service_, &registry_service::RequestSetAlias,
                              limits_, with(context_, set_alias)};
  delete_alias_method delete_alias_{service_,
                                    &registry_service::RequestDeleteAlias,
                                    limits_, with(context_, remove_alias)};
  promote_method promote_{service_, &registry_service::RequestPromote, limits_,
                          with(context_, promote_version)};
  rollback_method rollback_{service_, &registry_service::RequestRollback,
                            limits_, with(context_, roll_back_alias)};
  history_method history_{service_, &registry_service::RequestHistory, limits_,
                          with(context_, tell_history)};
  txn_method txn_{service_, &registry_service::RequestTxn, limits_,
                  with(context_, carry_out_transaction)};
  grant_method grant_{service_, &registry_service::RequestGrantLease, limits_,
                      with(context_, grant_new_lease)};
  revoke_method revoke_{service_, &registry_service::RequestRevokeLease,
                        limits_, with(context_, revoke_granted_lease)};
  lineage_method lineage_{service_, &registry_service::RequestLineage, limits_,
                          with(context_, tell_lineage)};
  std::unique_ptr<grpc_server> server_; ///< Drained before the methods go.
};

} // namespace

expected<std::unique_ptr<registry_door>>
registry_door::open(registry_door_options options,
                    std::shared_ptr<const session_services> services) {
  auto made = std::make_unique<open_registry_door>(std::move(options),
                                                   std::move(services));
  TRIVIUM_CHECK(made->open());
  return std::unique_ptr<registry_door>{std::move(made)};
}

} // namespace trivium::actors
