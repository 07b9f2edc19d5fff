#include "actors/client/session.hpp"

#include "actors/transport/basp_link.hpp"
#include "messages/values/human.hpp"
#include "messages/wire/failure.hpp"
#include "messages/wire/node_file.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>

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

struct client::session::runtime {
  client_config config;
  caf::actor_system system{config};
  connector* logic = nullptr; ///< Of the actor; used in its tasks alone.
  caf::actor actor;
};

client::session::session(client_options options)
  : options_(std::move(options)), runtime_(std::make_unique<runtime>()) {
  actors::close_side_doors(runtime_->system);
}

client::session::~session() {
  callbacks_.stop(); // they use what goes now
  if (runtime_->actor)
    caf::anon_send_exit(runtime_->actor, caf::exit_reason::user_shutdown);
  runtime_->actor = nullptr;
  runtime_.reset();
}

expected<std::filesystem::path> client::session::find_socket() const {
  if (!options_.socket.empty())
    return options_.socket;
  const auto path = options_.store / node_file_name;
  errno = 0;
  std::ifstream file{path};
  if (!file) {
    const auto code = errno == EACCES ? ec::permission_denied : ec::not_found;
    return fail(code, path.native() + ": "
                        + (code == ec::not_found
                             ? "no node serves this store; start one with "
                               "`trivium serve`"
                             : std::strerror(errno)));
  }
  std::string text(4096, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  TRIVIUM_TRY(auto found, parse_node_file(text));
  return found.socket.is_absolute() ? found.socket
                                    : options_.store / found.socket;
}

expected<void> client::session::connect() {
  connector_options wanted;
  wanted.find_socket = [this] { return find_socket(); };
  wanted.hello.set_protocol(protocol_version);
  wanted.hello.set_version(TRIVIUM_VERSION);
  wanted.hello.set_name(options_.name);
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
  const auto limit = std::max(options_.connect_limit, 200ms);
  std::unique_lock hold{mutex_};
  while (!is_connected_) {
    if (changed_.wait_until(hold, begin + limit) == std::cv_status::timeout)
      break;
    // Nothing serves that store: there is nobody to wait for.
    if (!is_connected_ && options_.connect_limit == 0ms
        && last_failure_.text != "no node has answered yet")
      break;
  }
  return is_connected_ ? expected<void>{} : fail(last_failure_);
}

void client::session::post(std::function<void(connector&)> task) {
  // The task may run while the session goes: it finds its way by itself.
  caf::anon_send(runtime_->actor,
                 client_task{[task = std::move(task), at = runtime_.get()] {
                   task(*at->logic);
                 }});
}

expected<v1::Reply> client::session::call(v1::Request request,
                                          request_kind kind,
                                          const call_options& options) {
  const auto waiting = std::make_shared<awaited_reply>();
  const auto outgoing = std::make_shared<outgoing_call>();
  const auto id = next_id_++;
  request.set_id(id);
  if (request.namespace_().empty())
    request.set_namespace_(options_.name_space);
  if (request.ByteSizeLong() > largest_request)
    return fail(ec::invalid_argument,
                "a request of " + human_bytes(request.ByteSizeLong())
                  + ": a node takes " + human_bytes(largest_request));
  outgoing->request = std::move(request);
  outgoing->kind = kind;
  outgoing->deadline = steady::now() + options.limit;
  outgoing->answered = [waiting](expected<v1::Reply> got) {
    waiting->set(std::move(got));
  };
  post([outgoing](connector& logic) { logic.send(outgoing); });

  auto until = outgoing->deadline + 500ms; // the node's own answer comes first
  auto is_cancelled = false;
  std::unique_lock hold{waiting->mutex};
  while (!waiting->reply) {
    const auto now = steady::now();
    if (now >= until)
      break;
    waiting->changed.wait_until(hold, std::min(until, now + cancel_poll));
    if (!is_cancelled && options.cancel.is_cancelled()) {
      is_cancelled = true;
      until = std::min(until, steady::now() + cancel_grace);
      post([id](connector& logic) { logic.give_up(id); });
    }
  }
  if (!waiting->reply) {
    hold.unlock();
    post([id](connector& logic) { logic.give_up(id); });
    if (is_cancelled)
      return fail(ec::cancelled, "stopped");
    const std::lock_guard state{mutex_};
    if (!is_connected_)
      return fail(ec::unavailable, "no connection: " + last_failure_.text);
    if (kind == request_kind::change)
      return fail(ec::outcome_unknown,
                  "the node did not answer in time: the change may have been "
                  "made");
    return fail(ec::deadline_exceeded, "the node did not answer in time");
  }
  TRIVIUM_TRY(auto reply, std::move(*waiting->reply));
  if (reply.has_failure())
    return fail(from_wire(reply.failure()));
  return reply;
}

expected<subscription> client::session::watch(
  v1::Watch wanted, const std::string& name_space, revision next,
  std::function<void(const v1::Notice&)> heard, const call_options& options) {
  const auto id = next_id_++;
  const auto waiting = std::make_shared<awaited_reply>();
  kept_watch kept;
  kept.wanted = std::move(wanted);
  kept.name_space = name_space.empty() ? options_.name_space : name_space;
  kept.next = next;
  kept.begun = [waiting](const error& failure) {
    waiting->set(failure.code == ec::none ? expected<v1::Reply>{}
                                          : fail(failure));
  };
  kept.heard = [this, id, heard = std::move(heard)](const v1::Notice& notice) {
    // Acknowledged when it was taken: one who is slow gets no more meanwhile.
    callbacks_.push(id, [this, heard, notice] {
      heard(notice);
      post([sequence = notice.sequence()](connector& logic) {
        logic.acknowledge(sequence);
      });
    });
  };
  callbacks_.admit(id);
  post([id, kept](connector& logic) { logic.watch(id, kept); });
  const std::weak_ptr<session> self = weak_from_this();
  auto held =
    std::shared_ptr<void>(reinterpret_cast<void*>(id), [self, id](void*) {
      if (const auto alive = self.lock())
        alive->end_watch(id);
    });
  std::unique_lock hold{waiting->mutex};
  waiting->changed.wait_for(hold, options.limit,
                            [&] { return waiting->reply.has_value(); });
  if (!waiting->reply)
    return fail(ec::unavailable, "the node did not begin to watch in time");
  TRIVIUM_CHECK(*waiting->reply);
  return subscription{std::move(held)};
}

void client::session::end_watch(uint64_t id) {
  post([id](connector& logic) { logic.unwatch(id); });
  callbacks_.forget(id);
}

node_identity client::session::identity() const {
  const std::lock_guard hold{mutex_};
  return identity_;
}

void client::session::on_connection(
  std::function<void(connection_change)> heard) {
  const std::lock_guard hold{mutex_};
  heard_ = std::move(heard);
}

} // namespace trivium
