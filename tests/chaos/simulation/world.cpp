#include "tests/chaos/simulation/world.hpp"

#include "actors/events/event_bus.hpp"
#include "actors/registry/lease_keeper.hpp"
#include "actors/registry/metadata_writer.hpp"
#include "actors/registry/registrar.hpp"
#include "actors/registry/registry.hpp"
#include "actors/supervision/supervised.hpp"

namespace trivium::test {

using namespace std::chrono_literals;

namespace {

storage::metadata_options options_of(const uint64_t& uptime_ns) {
  storage::metadata_options options;
  options.uptime_ns = [&uptime_ns] { return uptime_ns; };
  options.now_ms = [&uptime_ns] {
    return static_cast<int64_t>(uptime_ns / 1'000'000);
  };
  options.boot_id = "simulated";
  return options;
}

} // namespace

world::world(random_source& random) : random_(random) {
  // A model's actor that outlived its registry may wait for ever.
  system.await_actors_before_shutdown(false);
  for (size_t i = 0; i < clients; ++i)
    spawn_client(i);
  start();
}

world::~world() {
  end();
  for (const auto& one : clients_)
    self->send_exit(one, caf::exit_reason::kill);
  run_all();
}

void world::end() {
  store_->close();
  for (const auto& one : fronts_)
    self->send_exit(one, caf::exit_reason::kill);
  run_all(); // one of them may still start a child
  for (const auto& one : children_)
    self->send_exit(one, caf::exit_reason::kill);
  self->send_exit(caf::actor_cast<caf::actor>(listener_),
                  caf::exit_reason::kill);
  run_all();
}

caf::actor world::supervise(role which, starter start) {
  const auto place = static_cast<size_t>(which);
  actors::child_spec spec;
  spec.name = "simulated";
  spec.start = [this, place,
                start = std::move(start)](caf::event_based_actor* parent) {
    return children_[place] = start(parent);
  };
  fronts_[place] = system.spawn(actors::supervised, std::move(spec));
  return fronts_[place];
}

void world::start() {
  using parent = caf::event_based_actor*;
  store_ =
    std::make_shared<faulty_store>(state_, options_of(uptime_ns_), random_);
  const auto store = store_;
  const auto erased = [](const auto& actor) {
    return caf::actor_cast<caf::actor>(actor);
  };
  supervise(role::bus,
            [=](parent p) { return erased(p->spawn(actors::event_bus)); });
  const auto bus = front<event_bus_actor>(role::bus);
  supervise(role::writer, [=](parent p) {
    return erased(p->spawn(actors::metadata_writer, store, bus));
  });
  const auto writer = front<metadata_writer_actor>(role::writer);
  supervise(role::registry, [=](parent p) {
    return erased(
      p->spawn(actors::registry, store, writer, actors::activity_limits{}));
  });
  supervise(role::registrar, [=](parent p) {
    return erased(p->spawn(actors::registrar, store, writer));
  });
  supervise(role::leases, [=](parent p) {
    return erased(p->spawn(actors::lease_keeper, store, writer));
  });
  listener_ = system.spawn([this](event_listener_actor::pointer)
                             -> event_listener_actor::behavior_type {
    return {[this](revision head) { heard = head; }};
  });
  self->send(bus, envelope{}, listener_);
  run_all(); // a supervisor that is killed before it ran leaves a child
}

bool world::step() {
  auto& jobs = schedule().jobs;
  if (jobs.empty())
    return false;
  std::swap(jobs.front(), jobs[below(random_, jobs.size())]);
  schedule().run_once();
  return true;
}

void world::run_all() {
  while (step()) {
  }
}

void world::pass(std::chrono::milliseconds time) {
  uptime_ns_ += static_cast<uint64_t>(time.count()) * 1'000'000;
  schedule().advance_time(time);
}

void world::settle(std::chrono::milliseconds time) {
  for (run_all(); time > 0ms; time -= 250ms) {
    pass(250ms);
    run_all();
  }
}

void world::keep_alive(lease_id lease) {
  if (store_->keep_alive(lease))
    keepings.push_back({lease, store_->now_ms()});
}

void world::kill(role whom) {
  is_calm = false;
  // The writer answers whatever it took, so it is asked to go.
  self->send_exit(children_.at(static_cast<size_t>(whom)),
                  whom == role::writer ? caf::exit_reason::user_shutdown
                                       : caf::exit_reason::kill);
}

void world::restart() {
  is_calm = false;
  end();
  start();
}

} // namespace trivium::test
