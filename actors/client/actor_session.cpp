#include "actors/client/actor_session.hpp"

#include "actors/client/node_address.hpp"
#include "actors/transport/basp_link.hpp"
#include "messages/values/human.hpp"
#include "messages/wire/failure.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

namespace trivium {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// How often a waiting call looks at its cancel token.
constexpr auto cancel_poll = 10ms;
/// What a cancelled call waits for the node's last word.
constexpr auto cancel_grace = 1s;
/// What every node takes as one frame (config/settings.cpp, door.frame), less
/// what CAF writes around it.
constexpr size_t largest_request = (size_t{2} << 20) - 4096;

struct client_config : caf::actor_system_config {
  client_config() {
    load<caf::io::middleman>();
    add_message_types<caf::id_block::trivium_wire>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 1);
    set("middleman.heartbeat-interval", caf::timespan{1s});
    set("middleman.connection-timeout", caf::timespan{10s});
  }
};

struct connector_state {
  static inline constexpr const char* name = "connector";
  std::unique_ptr<connector> logic;
};

/// Where a caller waits.
struct awaited_reply {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<expected<v1::Reply>> reply;

  void set(expected<v1::Reply> got) {
    {
      const std::lock_guard hold{mutex};
      if (reply)
        return;
      reply.emplace(std::move(got));
    }
    changed.notify_all();
  }
};

} // namespace

struct actor_session::runtime {
  client_config config;
  caf::actor_system system{config};
  connector* logic = nullptr; ///< Of the actor; used in its tasks alone.
  caf::actor actor;
};

actor_session::actor_session(client_options options)
  : client_session(std::move(options)), runtime_(std::make_unique<runtime>()) {
  actors::close_side_doors(runtime_->system);
}

actor_session::~actor_session() {
  callbacks_.stop(); // they use what goes now
  if (runtime_->actor)
    caf::anon_send_exit(runtime_->actor, caf::exit_reason::user_shutdown);
  runtime_->actor = nullptr;
  runtime_.reset();
}

expected<std::filesystem::path> actor_session::find_socket() const {
  if (!options().address.empty())
    return options().address;
  TRIVIUM_TRY(const auto found, read_node_file(options().store));
  return found.socket.is_absolute() ? found.socket
                                    : options().store / found.socket;
}

expected<void> actor_session::connect() {
  connector_options wanted;
  wanted.find_socket = [this] { return find_socket(); };
  wanted.hello.set_protocol(protocol_version);
  wanted.hello.set_version(TRIVIUM_VERSION);
  wanted.hello.set_name(options().name);
  wanted.connected = [this](const node_identity& node) {
    auto is_return = false;
    {
      const std::lock_guard hold{mutex_};
      is_return = !identity_.version.empty();
      identity_ = node;
      is_connected_ = true;
    }
    changed_.notify_all();
    if (is_return)
      callbacks_.push(0, [this] {
        std::unique_lock hold{mutex_};
        if (const auto heard = heard_; heard) {
          hold.unlock();
          heard(connection_change::restored);
        }
      });
  };
  wanted.not_connected = [this](const error& why) {
    {
      const std::lock_guard hold{mutex_};
      last_failure_ = why;
    }
    changed_.notify_all();
  };
  wanted.lost = [this] {
    {
      const std::lock_guard hold{mutex_};
      is_connected_ = false;
    }
    callbacks_.push(0, [this] {
      std::unique_lock hold{mutex_};
      if (const auto heard = heard_; heard) {
        hold.unlock();
        heard(connection_change::lost);
      }
    });
  };
  const auto begin = steady::now();
  // On the system's only pooled thread: a detached one would not be let go
  // before the last time-out that mentions it.
  runtime_->actor = runtime_->system.spawn(
    [this, wanted](caf::stateful_actor<connector_state>* self) {
      self->state.logic = std::make_unique<connector>(self, wanted);
      runtime_->logic = self->state.logic.get();
      return self->state.logic->behavior();
    });
  // At least one whole try.
  const auto limit = std::max(options().connect_limit, 200ms);
  std::unique_lock hold{mutex_};
  while (!is_connected_) {
    if (changed_.wait_until(hold, begin + limit) == std::cv_status::timeout)
      break;
    // Nothing serves that store: there is nobody to wait for.
    if (!is_connected_ && options().connect_limit == 0ms
        && last_failure_.text != "no node has answered yet")
      break;
  }
  return is_connected_ ? expected<void>{} : fail(last_failure_);
}

void actor_session::post(std::function<void(connector&)> task) {
  // The task may run while the session goes: it finds its way by itself.
  caf::anon_send(runtime_->actor,
                 client_task{[task = std::move(task), at = runtime_.get()] {
                   task(*at->logic);
                 }});
}

tl::expected<v1::Reply, call_failure>
actor_session::attempt(const v1::Request& request, request_kind kind,
                       deadline wanted, const cancel_token& cancel) {
  const auto failed = [](ec code, std::string text) {
    return tl::unexpected<call_failure>{call_failure{{code, std::move(text)}}};
  };
  if (request.ByteSizeLong() > largest_request)
    return failed(ec::invalid_argument,
                  "a request of " + human_bytes(request.ByteSizeLong())
                    + ": a node takes " + human_bytes(largest_request));
  const auto waiting = std::make_shared<awaited_reply>();
  const auto outgoing = std::make_shared<outgoing_call>();
  const auto id = request.id();
  outgoing->request = request;
  outgoing->kind = kind;
  outgoing->until = wanted;
  outgoing->answered = [waiting](expected<v1::Reply> got) {
    waiting->set(std::move(got));
  };
  post([outgoing](connector& logic) { logic.send(outgoing); });

  auto until = wanted + 500ms; // the node's own answer comes first
  auto is_cancelled = false;
  std::unique_lock hold{waiting->mutex};
  while (!waiting->reply) {
    const auto now = steady::now();
    if (now >= until)
      break;
    waiting->changed.wait_until(hold, std::min(until, now + cancel_poll));
    if (!is_cancelled && cancel.is_cancelled()) {
      is_cancelled = true;
      until = std::min(until, steady::now() + cancel_grace);
      post([id](connector& logic) { logic.give_up(id); });
    }
  }
  if (!waiting->reply) {
    hold.unlock();
    post([id](connector& logic) { logic.give_up(id); });
    if (is_cancelled)
      return failed(ec::cancelled, "stopped");
    const std::lock_guard state{mutex_};
    if (!is_connected_)
      return failed(ec::unavailable, "no connection: " + last_failure_.text);
    if (kind != request_kind::read)
      return failed(ec::outcome_unknown,
                    "the node did not answer in time: the change may have been "
                    "made");
    return failed(ec::deadline_exceeded, "the node did not answer in time");
  }
  if (!*waiting->reply)
    return tl::unexpected<call_failure>{call_failure{waiting->reply->error()}};
  if (const auto& reply = **waiting->reply; reply.has_failure()) {
    call_failure said{from_wire(reply.failure())};
    if (reply.failure().retry_after_ms() != 0)
      said.retry_after =
        std::chrono::milliseconds{reply.failure().retry_after_ms()};
    return tl::unexpected<call_failure>{std::move(said)};
  }
  return std::move(**waiting->reply);
}

expected<subscription> actor_session::watch(wanted_watch wanted,
                                            const call_options& options) {
  const auto id = next_id();
  const auto waiting = std::make_shared<awaited_reply>();
  kept_watch kept;
  kept.wanted = std::move(wanted.what);
  kept.name_space =
    wanted.name_space.empty() ? this->options().name_space : wanted.name_space;
  kept.next = kept.wanted.events().from_revision();
  kept.begun = [waiting](const error& failure) {
    waiting->set(failure.code == ec::none ? expected<v1::Reply>{}
                                          : fail(failure));
  };
  // Acknowledged when it was taken: one who is slow gets no more meanwhile.
  const auto take =
    [this, heard = std::move(wanted.heard)](const v1::Notice& notice) {
      heard(notice);
      post([sequence = notice.sequence()](connector& logic) {
        logic.acknowledge(sequence);
      });
    };
  const auto tell_end = [ended = std::move(wanted.ended)](const error& why) {
    if (ended)
      ended(why);
  };
  if (wanted.is_quick) {
    kept.heard = take;
    kept.ended = tell_end;
  } else {
    kept.heard = [this, id, take](const v1::Notice& notice) {
      callbacks_.push(id, [take, notice] { take(notice); });
    };
    kept.ended = [this, id, tell_end](const error& why) {
      callbacks_.push(id, [tell_end, why] { tell_end(why); });
    };
  }
  callbacks_.admit(id);
  post([id, kept](connector& logic) { logic.watch(id, kept); });
  const std::weak_ptr<client_session> self = weak_from_this();
  auto held =
    std::shared_ptr<void>(reinterpret_cast<void*>(id), [self, id](void*) {
      if (const auto alive = self.lock())
        static_cast<actor_session&>(*alive).end_watch(id);
    });
  std::unique_lock hold{waiting->mutex};
  waiting->changed.wait_for(hold, options.limit,
                            [&] { return waiting->reply.has_value(); });
  if (!waiting->reply)
    return fail(ec::unavailable, "the node did not begin to watch in time");
  TRIVIUM_CHECK(*waiting->reply);
  return subscription{std::move(held)};
}

void actor_session::end_watch(uint64_t id) {
  post([id](connector& logic) { logic.unwatch(id); });
  callbacks_.forget(id);
}

node_identity actor_session::identity() const {
  const std::lock_guard hold{mutex_};
  return identity_;
}

void actor_session::on_connection(
  std::function<void(connection_change)> heard) {
  const std::lock_guard hold{mutex_};
  heard_ = std::move(heard);
}

} // namespace trivium
