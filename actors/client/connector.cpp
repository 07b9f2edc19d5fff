#include "actors/client/connector.hpp"

#include "actors/transport/basp_link.hpp"
#include "actors/transport/local_socket.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/wire/failure.hpp"
#include "messages/wire/node.hpp"

#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace trivium {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// Between two tries, beside what chance adds.
constexpr auto shortest_delay = 5ms;
constexpr auto first_delay = 50ms;
constexpr std::chrono::milliseconds longest_delay = 2s;
constexpr auto greeting_limit = 3s;

error connect_error(const std::filesystem::path& socket, int number) {
  const auto code = number == EACCES || number == EPERM ? ec::permission_denied
                                                        : ec::unavailable;
  return {code, socket.native() + ": no node answers there ("
                  + std::strerror(number) + ")"};
}

/// What a node may say that has not come up yet, or has too much to do.
bool may_pass(ec code) {
  return code == ec::unavailable || code == ec::resource_exhausted
         || code == ec::deadline_exceeded || code == ec::internal;
}

/// Takes note of how far the watch is; false for what was heard before, and
/// where the node only says how far it has looked.
bool is_news(kept_watch& watch, const v1::EventNotice& notice) {
  if (notice.revision() < watch.next)
    return false;
  if (notice.revision() > watch.next) {
    watch.next = notice.revision();
    watch.heard_of_next = watch.to_skip = 0;
  }
  const auto comes_again = watch.to_skip > 0;
  if (comes_again)
    --watch.to_skip;
  else
    ++watch.heard_of_next;
  if (!notice.has_more()) {
    watch.next = notice.revision() + 1;
    watch.heard_of_next = watch.to_skip = 0;
  }
  return notice.has_event() && !comes_again;
}

/// A descriptor whose other end is this user's process.
expected<int> connect_to_door(const std::filesystem::path& socket) {
  const int fd = actors::connect_local(socket);
  if (fd < 0)
    return fail(connect_error(socket, errno));
  if (actors::is_same_user(fd))
    return fd;
  ::close(fd);
  return fail(ec::permission_denied,
              socket.native() + ": the process behind it is another user's");
}

} // namespace

connector::connector(caf::event_based_actor* self, connector_options options)
  : self_(self), options_(std::move(options)),
    delay_(first_delay, longest_delay, system_random()) {}

caf::behavior connector::behavior() {
  // A node that sends what nobody knows is no reason to print it.
  self_->set_default_handler(caf::drop);
  self_->set_down_handler([this](const caf::down_msg& gone) {
    if (gateway_ && gateway_.address() == gone.source)
      link_broke();
  });
  connect();
  return {
    [](const client_task& task) {
      if (task.run)
        task.run();
    },
    [this](const v1::Notice& notice) { take_notice(notice); },
  };
}

// --- connecting --------------------------------------------------------------

void connector::connect() {
  const auto fd = options_.find_socket().and_then(connect_to_door);
  if (!fd)
    return try_again(fd.error());
  link_ = ::fcntl(*fd, F_DUPFD_CLOEXEC, 0);
  actors::attach(
    self_, *fd, caf::timespan{greeting_limit},
    [this](gateway_actor gateway) { greet(std::move(gateway)); },
    [this](const error& why) { try_again(why); });
}

/// Ends a link that CAF still has: one whose node did not answer in time would
/// go on living, and a node takes a client in once.
void connector::hang_up() {
  if (link_ < 0)
    return;
  ::shutdown(link_, SHUT_RDWR);
  ::close(std::exchange(link_, -1));
}

void connector::try_again(const error& why) {
  hang_up();
  options_.not_connected(why);
  self_->delayed_send(self_, delay_.next() + shortest_delay,
                      client_task{[this] { connect(); }});
}

void connector::greet(gateway_actor gateway) {
  gateway_ = std::move(gateway);
  self_->monitor(gateway_);
  v1::Request request;
  request.set_id(next_own_id_++);
  *request.mutable_hello() = options_.hello;
  const auto session = ++session_;
  self_->request(gateway_, caf::timespan{greeting_limit}, request)
    .then(
      [this, session](const v1::Reply& reply) {
        if (session != session_)
          return;
        if (reply.has_welcome())
          return ready(reply.welcome());
        gateway_ = nullptr;
        try_again(reply.has_failure()
                    ? from_wire(reply.failure())
                    : error{ec::internal, "the node did not greet back"});
      },
      [this, session](caf::error& e) {
        if (session != session_)
          return;
        gateway_ = nullptr;
        try_again(from_caf(e));
      });
}

void connector::ready(const v1::Welcome& welcome) {
  const auto identity = from_wire(welcome);
  if (!identity) {
    gateway_ = nullptr;
    return try_again(identity.error());
  }
  is_ready_ = true;
  delay_.reset();
  options_.connected(*identity);
  for (auto& [id, watch] : watches_)
    begin_watch(id);
  for (const auto& call : std::exchange(waiting_, {}))
    transmit(call);
}

void connector::link_broke() {
  gateway_ = nullptr;
  ++session_;
  if (std::exchange(is_ready_, false))
    options_.lost();
  for (auto& [id, call] : std::exchange(in_flight_, {})) {
    if (call->kind == request_kind::change)
      call->answered(fail(ec::outcome_unknown,
                          "the connection broke before the node answered: the "
                          "change may have been made"));
    else
      call->answered(
        fail(ec::unavailable, "the connection broke before the node answered"));
  }
  try_again({ec::unavailable, "the connection broke"});
}

// --- requests ----------------------------------------------------------------

void connector::send(std::shared_ptr<outgoing_call> call) {
  if (is_ready_)
    transmit(call);
  else
    waiting_.push_back(std::move(call));
}

void connector::transmit(const std::shared_ptr<outgoing_call>& call) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
    call->until - steady::now());
  if (left <= 0ms)
    return; // its caller has given up, or is about to
  const auto id = call->request.id();
  call->request.set_limit_ms(static_cast<uint64_t>(left.count()));
  in_flight_.insert_or_assign(id, call);
  self_->request(gateway_, caf::timespan{left + 200ms}, call->request)
    .then(
      [this, id, session = session_](v1::Reply& reply) {
        if (session != session_)
          return;
        if (const auto done = in_flight_.extract(id); !done.empty())
          done.mapped()->answered(std::move(reply));
      },
      [this, id, session = session_](caf::error& e) {
        // A broken link is told by its end.
        if (session != session_ || e == caf::sec::request_receiver_down)
          return;
        if (const auto done = in_flight_.extract(id); !done.empty())
          done.mapped()->answered(fail(from_caf(e)));
      });
}

void connector::give_up(uint64_t request) {
  std::erase_if(
    waiting_, [&](const auto& call) { return call->request.id() == request; });
  if (in_flight_.erase(request) == 0 || !is_ready_)
    return;
  v1::Request stop;
  stop.mutable_cancel_request()->set_id(request);
  tell(std::move(stop));
}

void connector::tell(v1::Request request) {
  if (!is_ready_)
    return;
  request.set_id(next_own_id_++);
  self_->request(gateway_, caf::timespan{greeting_limit}, request)
    .then([](const v1::Reply&) {}, [](caf::error&) {});
}

// --- watches -----------------------------------------------------------------

void connector::watch(uint64_t id, kept_watch wanted) {
  watches_.insert_or_assign(id, std::move(wanted));
  if (is_ready_)
    begin_watch(id);
}

void connector::begin_watch(uint64_t id) {
  auto& watch = watches_.at(id);
  v1::Request request;
  request.set_id(next_own_id_++);
  *request.mutable_watch() = watch.wanted;
  request.mutable_watch()->set_id(id);
  request.set_namespace_(watch.name_space);
  watch.to_skip = watch.heard_of_next;
  if (watch.wanted.has_events())
    request.mutable_watch()->mutable_events()->set_from_revision(watch.next);
  self_->request(gateway_, caf::timespan{greeting_limit}, request)
    .then(
      [this, id, session = session_](const v1::Reply& reply) {
        const auto found = watches_.find(id);
        if (session != session_ || found == watches_.end())
          return;
        if (reply.has_failure())
          return refused(id, from_wire(reply.failure()));
        auto& watch = found->second;
        watch.has_begun = true;
        const auto following = reply.watching().revision() + 1;
        // A node whose store was restored goes on below what was heard.
        if (watch.next == 0 || watch.next > following) {
          watch.next = following;
          watch.heard_of_next = watch.to_skip = 0;
        }
        watch.begun({ec::none, {}});
      },
      // A link that does not answer is of no use; another one begins again.
      [this, session = session_](caf::error&) {
        if (session == session_)
          hang_up();
      });
}

void connector::refused(uint64_t id, const error& why) {
  const auto& watch = watches_.at(id);
  if (!watch.has_begun) {
    watch.begun(why);
    watches_.erase(id);
  } else if (may_pass(why.code)) {
    begin_later(id);
  } else {
    end_watch(id, why);
  }
}

void connector::end_watch(uint64_t id, const error& why) {
  if (const auto gone = watches_.extract(id); !gone.empty())
    gone.mapped().ended(why);
}

/// A node that has just come back may not be able to, yet.
void connector::begin_later(uint64_t id) {
  self_->delayed_send(
    self_, longest_delay, client_task{[this, id, session = session_] {
      if (session == session_ && is_ready_ && watches_.contains(id))
        begin_watch(id);
    }});
}

void connector::unwatch(uint64_t id) {
  watches_.erase(id);
  v1::Request request;
  request.mutable_unwatch()->set_id(id);
  tell(std::move(request));
}

void connector::acknowledge(uint64_t sequence) {
  v1::Request request;
  request.mutable_received()->set_sequence(sequence);
  tell(std::move(request));
}

void connector::take_notice(const v1::Notice& notice) {
  const auto found = watches_.find(notice.watch());
  if (found == watches_.end())
    return acknowledge(notice.sequence());
  auto& watch = found->second;
  if (notice.has_ended()) {
    acknowledge(notice.sequence());
    return end_watch(notice.watch(), from_wire(notice.ended()));
  }
  if (notice.has_event() && !is_news(watch, notice.event()))
    return acknowledge(notice.sequence());
  watch.heard(notice);
}

} // namespace trivium
