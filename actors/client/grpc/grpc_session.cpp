#include "actors/client/grpc/grpc_session.hpp"

#include "actors/client/grpc/registry_calls.hpp"
#include "actors/client/grpc/unary_call.hpp"
#include "actors/client/grpc/watches.hpp"
#include "actors/client/node_address.hpp"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <condition_variable>
#include <optional>
#include <thread>

namespace trivium {

namespace {

using namespace std::chrono_literals;

/// A page of a thousand models with all their labels fits.
constexpr int largest_answer = 16 << 20;
/// At STORE/node.json, while there is none.
constexpr auto look_again = 20ms;

std::shared_ptr<grpc::Channel> channel_to(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(largest_answer);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetUserAgentPrefix("trivium");
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(),
                                   arguments);
}

/// Where a caller waits for its watch to begin.
struct awaited_begin {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<error> told;

  void set(const error& what) {
    {
      const std::lock_guard hold{mutex};
      told = what;
    }
    changed.notify_all();
  }
};

class grpc_session final : public client_session {
public:
  grpc_session(const client_options& options, std::string target)
    : client_session(options), target_(std::move(target)),
      channel_(channel_to(target_)),
      stub_(v1::ModelRegistry::NewStub(channel_)),
      watches_(std::make_unique<grpc_watches>(*stub_)) {}

  ~grpc_session() override {
    callbacks_.stop(); // they use what goes now
    watches_.reset();
  }

  expected<subscription> watch(wanted_watch wanted,
                               const call_options& options) override;

  node_identity identity() const override {
    node_identity node;
    node.store = "grpc://" + target_;
    node.name_space = options().name_space;
    return node;
  }

  void on_connection(std::function<void(connection_change)>) override {}

protected:
  expected<void> connect() override {
    // At least one whole try.
    const auto limit = std::max(options().connect_limit, 200ms);
    if (channel_->WaitForConnected(std::chrono::system_clock::now() + limit))
      return {};
    return fail(ec::unavailable,
                "grpc://" + target_ + ": no node answers there");
  }

  tl::expected<v1::Reply, call_failure>
  attempt(const v1::Request& request, request_kind kind, deadline until,
          const cancel_token& cancel) override {
    return call_registry(*channel_, *stub_, request, kind, until, cancel);
  }

private:
  void end_watch(uint64_t id) {
    watches_->end(id);
    callbacks_.forget(id);
  }

  std::string target_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<registry_stub> stub_;
  callback_queue callbacks_;
  std::unique_ptr<grpc_watches> watches_;
};

expected<v1::WatchModelsRequest> watch_request(const wanted_watch& wanted,
                                               const std::string& name_space) {
  if (!wanted.what.has_events())
    return fail(ec::unsupported, "the gRPC door has no jobs; this takes the "
                                 "node's own door");
  const auto& events = wanted.what.events();
  v1::WatchModelsRequest request;
  request.set_namespace_(name_space);
  // The name of one model begins with itself; the client leaves others out.
  request.set_model_id_prefix(events.model().empty() ? events.prefix()
                                                     : events.model());
  request.set_from_revision(events.from_revision());
  *request.mutable_kinds() = events.kinds();
  request.set_progress(true); // so that it resumes from what was compacted last
  return request;
}

expected<subscription> grpc_session::watch(wanted_watch wanted,
                                           const call_options& options) {
  TRIVIUM_TRY(auto request, watch_request(wanted, wanted.name_space.empty()
                                                    ? this->options().name_space
                                                    : wanted.name_space));
  const auto id = next_id();
  const auto waiting = std::make_shared<awaited_begin>();
  watch_listener listener;
  listener.begun = [waiting](const error& what) { waiting->set(what); };
  const auto take =
    [heard = std::move(wanted.heard)](const std::vector<v1::Notice>& notices,
                                      const std::function<void()>& next) {
      for (const auto& notice : notices)
        heard(notice);
      next();
    };
  const auto tell_end = [ended = std::move(wanted.ended)](const error& why) {
    if (ended)
      ended(why);
  };
  if (wanted.is_quick) {
    listener.heard = take;
    listener.ended = tell_end;
  } else {
    listener.heard = [this, id, take](auto notices, auto next) {
      callbacks_.push(id, [take, notices = std::move(notices),
                           next = std::move(next)] { take(notices, next); });
    };
    listener.ended = [this, id, tell_end](const error& why) {
      callbacks_.push(id, [tell_end, why] { tell_end(why); });
    };
  }
  callbacks_.admit(id);
  watches_->begin(id, std::move(request), std::move(listener));
  const std::weak_ptr<client_session> self = weak_from_this();
  auto held =
    std::shared_ptr<void>(reinterpret_cast<void*>(id), [self, id](void*) {
      if (const auto alive = self.lock())
        static_cast<grpc_session&>(*alive).end_watch(id);
    });
  std::unique_lock hold{waiting->mutex};
  waiting->changed.wait_for(hold, options.limit,
                            [&] { return waiting->told.has_value(); });
  if (!waiting->told)
    return fail(ec::unavailable, "the node did not begin to watch in time");
  if (waiting->told->code != ec::none)
    return fail(*waiting->told);
  return subscription{std::move(held)};
}

} // namespace

expected<std::shared_ptr<client_session>>
make_grpc_session(const client_options& options) {
  // Whoever starts beside its node waits until that says where it is.
  const auto until = std::chrono::steady_clock::now() + options.connect_limit;
  auto target = grpc_target(options);
  while (!target && target.error().code == ec::not_found
         && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(look_again);
    target = grpc_target(options);
  }
  TRIVIUM_CHECK(target);
  return std::shared_ptr<client_session>{
    std::make_shared<grpc_session>(options, std::move(*target))};
}

} // namespace trivium
