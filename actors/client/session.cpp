#include "actors/client/session.hpp"

#include "actors/client/actor_session.hpp"
#include "actors/client/grpc/grpc_session.hpp"
#include "actors/client/node_address.hpp"
#include "messages/wire/control.hpp"

#include <algorithm>
#include <thread>

namespace trivium {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// How often a wait looks at its cancel token.
constexpr auto cancel_poll = 10ms;
/// Namespaces whose changes one client hears of.
constexpr size_t most_invalidations = 16;

std::chrono::milliseconds left_until(deadline until) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(until
                                                               - steady::now());
}

/// False when it was cancelled.
bool wait(std::chrono::milliseconds time, const cancel_token& cancel) {
  const auto until = steady::now() + time;
  while (!cancel.is_cancelled()) {
    const auto left = until - steady::now();
    if (left <= 0ms)
      return true;
    std::this_thread::sleep_for(std::min<steady::duration>(left, cancel_poll));
  }
  return false;
}

} // namespace

client_session::client_session(client_options options)
  : options_(std::move(options)), cache_(options_.cached_versions) {}

expected<std::shared_ptr<client_session>>
client_session::open(const client_options& options) {
  std::shared_ptr<client_session> made;
  if (is_grpc_address(options.address)) {
    TRIVIUM_TRY(made, make_grpc_session(options));
  } else {
    made = std::make_shared<actor_session>(options);
  }
  TRIVIUM_CHECK(made->connect());
  return made;
}

expected<v1::Reply> client_session::call(v1::Request request, request_kind kind,
                                         const call_options& options) {
  const auto until = steady::now() + options.limit;
  if (request.namespace_().empty())
    request.set_namespace_(options_.name_space);
  call_retries retries{system_random()};
  for (;;) {
    request.set_id(next_id());
    auto reply = attempt(request, kind, until, options.cancel);
    if (reply)
      return std::move(*reply);
    const auto pause = retries.after(reply.error(), kind, left_until(until));
    if (!pause)
      return fail(std::move(reply.error().reason));
    if (!wait(*pause, options.cancel))
      return fail(ec::cancelled, "stopped");
  }
}

expected<registered_version> client_session::read(const version_query& query,
                                                  const call_options& options) {
  v1::Request request;
  *request.mutable_version() = to_wire(query);
  TRIVIUM_TRY(const auto reply, call(request, request_kind::read, options));
  if (!reply.has_version())
    return fail(ec::internal, "the node answered with something else");
  return from_wire(reply.version());
}

expected<registered_version> client_session::get(const version_query& query,
                                                 const call_options& options) {
  const auto is_now = query.at == 0 && !query.at_time;
  if (query.wanted != consistency::cached || !is_now)
    return read(query, options);
  auto fresh = query;
  fresh.wanted = consistency::linearizable;
  if (!hears_of(query.model.name_space, options))
    return read(fresh, options);
  if (auto known = cache_.find(query, steady::now()))
    return std::move(*known);
  const auto reading = cache_.begin(query, steady::now());
  auto answer = read(fresh, options);
  cache_.end(query, reading, answer ? &*answer : nullptr);
  return answer;
}

bool client_session::hears_of(const std::string& name_space,
                              const call_options& options) {
  const std::lock_guard hold{watching_};
  const auto found = invalidations_.find(name_space);
  if (found != invalidations_.end()) {
    if (!*found->second.is_over)
      return true;
    invalidations_.erase(found);
  }
  if (invalidations_.size() >= most_invalidations)
    return false;
  const auto is_over = std::make_shared<std::atomic<bool>>(false);
  wanted_watch wanted;
  wanted.what.mutable_events();
  wanted.name_space = name_space;
  wanted.is_quick = true;
  wanted.heard = [this](const v1::Notice& notice) {
    if (const auto event = from_wire(notice.event().event()))
      cache_.forget(event->model);
  };
  wanted.ended = [this, name_space, is_over](const error&) {
    *is_over = true;
    cache_.forget_all(name_space);
  };
  auto begun = watch(std::move(wanted), options);
  if (!begun)
    return false;
  invalidations_.emplace(name_space, invalidation{std::move(*begun), is_over});
  return true;
}

} // namespace trivium
