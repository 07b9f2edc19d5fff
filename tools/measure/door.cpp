// Round trips through the door against CAF's own BASP on a TCP port.
//
//   bench_door serve SOCKET     listens both ways, prints the port, waits
//   bench_door measure SOCKET PORT ROUNDS
//                               a JSON line a round, way and number outstanding
//
// Both ways end in the same gateway and session and answer the same request.

#include "actors/gateway/door.hpp"
#include "actors/node/actor_config.hpp"
#include "actors/observability/log.hpp"
#include "actors/transport/basp_link.hpp"
#include "actors/transport/local_socket.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

using namespace trivium;
using namespace trivium::actors;

namespace {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct server_config : actor_config {
  server_config() {
    load<caf::io::middleman>();
    add_message_types<caf::id_block::trivium_door>();
  }
};

struct client_config : caf::actor_system_config {
  client_config() {
    load<caf::io::middleman>();
    add_message_types<caf::id_block::trivium_wire>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 2);
  }
};

int serve(const char* socket) {
  static_cast<void>(start_log({config::log_level::off, {}, {}}));
  server_config config;
  caf::actor_system system{config};
  close_side_doors(system);
  auto services = std::make_shared<session_services>();
  services->facts = std::make_shared<node_facts>();
  const auto slot = std::make_shared<std::weak_ptr<link_relay>>();
  const auto front =
    system.spawn(door, std::shared_ptr<const session_services>{services}, slot);
  link_events events;
  events.opened = [=](link_id link, int inner, link_peer peer) {
    caf::anon_send(
      front,
      link_opened{link, std::make_shared<passed_descriptor>(inner), peer});
  };
  events.closed = [=](link_id link, const std::string& why) {
    caf::anon_send(front, link_closed{link, why});
  };
  auto opened = link_relay::open(socket, {}, events);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().text.c_str());
    return 1;
  }
  std::shared_ptr<link_relay> relay{std::move(*opened)};
  *slot = relay;
  if (const auto started = relay->start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().text.c_str());
    return 1;
  }
  const auto plain = system.spawn(
    gateway,
    system.spawn(session, std::shared_ptr<const session_services>{services},
                 session_peer{"bench", 0}));
  const auto port = system.middleman().publish(plain, 0, "127.0.0.1");
  if (!port)
    return 1;
  std::printf("%u\n", unsigned{*port});
  std::fflush(stdout);
  char end = 0;
  static_cast<void>(::read(STDIN_FILENO, &end, 1)); // until the other end goes
  ::_exit(0);
}

struct round_figures {
  std::vector<double> latencies; ///< Seconds.
  double seconds = 0;
};

struct load_state {
  static inline constexpr const char* name = "load";
  uint64_t next_id = 1;
  size_t in_flight = 0;
};

using load_pointer = caf::stateful_actor<load_state>*;

/// One asker for all rounds: a session ends with its client.
caf::behavior load(load_pointer) {
  return {[](const client_task& task) { task.run(); }};
}

/// Keeps `window` requests outstanding for `time`, then tells `sink`.
void ask_on(load_pointer self, const gateway_actor& gateway, size_t window,
            std::chrono::milliseconds time,
            const std::shared_ptr<round_figures>& into,
            const caf::actor& sink) {
  const auto begin = steady::now();
  const auto until = begin + time;
  auto ask = std::make_shared<std::function<void()>>();
  *ask = [=] {
    v1::Request request;
    request.set_id(self->state.next_id++);
    request.mutable_received();
    const auto sent = steady::now();
    ++self->state.in_flight;
    self->request(gateway, caf::timespan{10s}, request)
      .then(
        [=](const v1::Reply&) {
          const auto now = steady::now();
          into->latencies.push_back(
            std::chrono::duration<double>(now - sent).count());
          --self->state.in_flight;
          if (now < until)
            return (*ask)();
          if (self->state.in_flight == 0) {
            into->seconds = std::chrono::duration<double>(now - begin).count();
            self->send(sink, caf::ok_atom_v);
          }
        },
        [=](caf::error& e) {
          std::fprintf(stderr, "%s\n", caf::deep_to_string(e).c_str());
          ::_exit(1);
        });
  };
  for (size_t i = 0; i < window; ++i)
    (*ask)();
}

struct way {
  const char* name;
  caf::actor_system& system;
  gateway_actor gateway;
  caf::actor asker;
};

void run_round(const way& through, size_t window, int round) {
  const auto figures = std::make_shared<round_figures>();
  caf::scoped_actor self{through.system};
  const auto sink = caf::actor_cast<caf::actor>(
    caf::actor_cast<caf::strong_actor_ptr>(self.ptr()));
  auto* const asker = caf::actor_cast<load_pointer>(through.asker);
  caf::anon_send(through.asker, client_task{[=] {
                   ask_on(asker, through.gateway, window, 1500ms, figures,
                          sink);
                 }});
  self->receive([](caf::ok_atom) {});
  auto& all = figures->latencies;
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) {
    return all[static_cast<size_t>(share * static_cast<double>(all.size() - 1))]
           * 1e6;
  };
  std::printf("{\"way\":\"%s\",\"outstanding\":%zu,\"round\":%d,"
              "\"per_second\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
              through.name, window, round,
              static_cast<double>(all.size()) / figures->seconds, at(0.5),
              at(0.99));
  std::fflush(stdout);
}

gateway_actor through_door(caf::actor_system& system, const char* socket) {
  gateway_actor found;
  caf::scoped_actor waiting{system};
  const auto sink = caf::actor_cast<caf::actor>(
    caf::actor_cast<caf::strong_actor_ptr>(waiting.ptr()));
  system.spawn([&](caf::event_based_actor* self) {
    attach(
      self, connect_local(socket), caf::timespan{5s},
      [&, self](gateway_actor gateway) {
        found = std::move(gateway);
        self->send(sink, caf::ok_atom_v);
      },
      [&, self](const error& e) {
        std::fprintf(stderr, "%s\n", e.text.c_str());
        self->send(sink, caf::ok_atom_v);
      });
  });
  waiting->receive([](caf::ok_atom) {});
  return found;
}

int measure(const char* socket, uint16_t port, int rounds) {
  // A system each: one has one connection to a node.
  client_config config;
  caf::actor_system by_door{config};
  client_config other;
  caf::actor_system by_tcp{other};
  const auto door_gateway = through_door(by_door, socket);
  const auto plain =
    by_tcp.middleman().remote_actor<gateway_actor>("127.0.0.1", port);
  if (!door_gateway || !plain)
    return 1;
  const way tcp{"tcp", by_tcp, *plain, by_tcp.spawn(load)};
  const way door{"door", by_door, door_gateway, by_door.spawn(load)};
  for (int round = 0; round < rounds; ++round)
    for (const size_t window : {size_t{1}, size_t{64}}) {
      run_round(tcp, window, round);
      run_round(door, window, round);
    }
  ::_exit(0);
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "serve") == 0)
    return serve(argv[2]);
  if (argc == 5 && std::strcmp(argv[1], "measure") == 0)
    return measure(argv[2], static_cast<uint16_t>(std::stoi(argv[3])),
                   std::stoi(argv[4]));
  std::fprintf(stderr, "see the head of tools/measure/door.cpp\n");
  return 2;
}
