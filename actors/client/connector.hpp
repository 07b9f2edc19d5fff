#pragma once

#include "actors/client/backoff.hpp"
#include "actors/client/client.hpp"
#include "messages/interfaces/wire.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace trivium {

/// One call on its way.
struct outgoing_call {
  v1::Request request;
  request_kind kind = request_kind::read;
  std::chrono::steady_clock::time_point until;
  std::function<void(expected<v1::Reply>)> answered; ///< Once.
};

/// One watch as it is kept through reconnections.
struct kept_watch {
  v1::Watch wanted;
  std::string name_space;
  revision next = 0;        ///< Of events: the first that was not heard whole.
  size_t heard_of_next = 0; ///< Events of that revision,
  size_t to_skip = 0;       ///< and of them those that come again.
  std::function<void(const v1::Notice&)> heard;
  /// The node began to watch, or refused to the first time.
  std::function<void(const error&)> begun;
  bool has_begun = false;
  /// It began once and nothing comes any more.
  std::function<void(const error&)> ended;
};

/// Where and as whom to connect; what to tell of it. All called in the
/// connector's thread.
struct connector_options {
  /// The door as it is to be found now: a node may return at another.
  std::function<expected<std::filesystem::path>()> find_socket;
  v1::Hello hello;
  std::function<void(const node_identity&)> connected;
  std::function<void(const error&)> not_connected; ///< A try failed.
  std::function<void()> lost;
};

/// The client's end of a session: connects, greets, sends, and does it again
/// when the link breaks. Its methods run inside its actor.
class connector {
public:
  connector(caf::event_based_actor* self, connector_options options);
  ~connector() { hang_up(); }
  connector(const connector&) = delete;
  connector& operator=(const connector&) = delete;

  caf::behavior behavior();

  void send(std::shared_ptr<outgoing_call> call);
  /// The caller waits no longer; the node is told to stop.
  void give_up(uint64_t request);
  void watch(uint64_t id, kept_watch wanted);
  void unwatch(uint64_t id);
  void acknowledge(uint64_t sequence);

private:
  void connect();
  void try_again(const error& why);
  void hang_up();
  void greet(gateway_actor gateway);
  void ready(const v1::Welcome& welcome);
  void link_broke();
  void transmit(const std::shared_ptr<outgoing_call>& call);
  void begin_watch(uint64_t id);
  void begin_later(uint64_t id);
  void end_watch(uint64_t id, const error& why);
  void refused(uint64_t id, const error& why);
  void take_notice(const v1::Notice& notice);
  /// Sends what nobody waits for.
  void tell(v1::Request request);

  caf::event_based_actor* self_;
  connector_options options_;
  int link_ = -1; ///< Another descriptor of the socket that CAF has.
  gateway_actor gateway_;
  bool is_ready_ = false; ///< Greeted.
  backoff delay_;
  uint64_t session_ = 0; ///< Counts connections: answers of old ones are void.
  uint64_t next_own_id_ = uint64_t{1} << 63; ///< Beside the callers' ids.
  std::map<uint64_t, std::shared_ptr<outgoing_call>> in_flight_;
  std::list<std::shared_ptr<outgoing_call>> waiting_;
  std::map<uint64_t, kept_watch> watches_;
};

} // namespace trivium
