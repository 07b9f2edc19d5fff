#include "tests/chaos/simulation/workload.hpp"

namespace trivium::test {

using namespace std::chrono_literals;

namespace {

class caller {
public:
  caller(world& node, random_source& random)
    : node_(node), random_(random), models_(1 + below(random, 3)),
      shares_(chance(random, 50)) {}

  void call(asked what) {
    auto made = std::make_shared<operation>();
    made->number = node_.calls.size() + 1;
    for (size_t i = 0; i < 8; ++i)
      made->from.trace.trace_id.at(15 - i) =
        static_cast<uint8_t>(made->number >> (8 * i));
    made->from.trace.trace_id[0] = 1;
    made->what = std::move(what);
    made->is_last = is_last_;
    if (chance(random_, 3)) {
      made->is_cancelled = true;
      made->from.cancel.cancel();
    }
    if (chance(random_, 3)) {
      made->is_overdue = true;
      made->from.deadline = {};
    }
    node_.begin(made);
  }

  void call_anything() {
    switch (below(random_, 16)) {
    case 0:
    case 1:
    case 2:
      return call(resolve_alias{some_alias()});
    case 3:
      return call(get_version{some_model(), some_version()});
    case 4:
    case 5:
    case 6:
      return call(some_promotion());
    case 7:
    case 8: {
      delete_model command{some_model(), some_version(), ""};
      if (chance(random_, 30))
        command.version.reset();
      return call(command);
    }
    case 9: {
      delete_alias command{some_alias(), "", {}};
      if (chance(random_, 30))
        command.expected_at = some_revision();
      return call(command);
    }
    case 10:
      if (const auto lease = some_lease(); lease != 0)
        return call(end_lease{lease});
      [[fallthrough]];
    default:
      return call(some_registration());
    }
  }

  /// One that stands; 0: none does.
  lease_id some_lease() {
    const auto& leases = node_.state().leases;
    if (leases.empty())
      return 0;
    return std::next(leases.begin(),
                     static_cast<long>(below(random_, leases.size())))
      ->first;
  }

  /// Every model still takes a registration and tells its alias.
  void call_each_model() {
    is_last_ = true;
    for (size_t i = 0; i < models_; ++i) {
      const model_ref model{"default", "model-" + std::to_string(i)};
      call(register_model{model, semver{9, 0, 0, {}, {}}, "s3://models/last"});
      call(resolve_alias{{model, "production"}});
    }
  }

private:
  model_ref some_model() {
    return {"default", "model-" + std::to_string(below(random_, models_))};
  }

  semver some_version() {
    static const std::array<semver, 4> known{
      semver{0, 9, 0, {}, {}}, semver{1, 0, 0, {}, {}},
      semver{1, 10, 0, {}, {}}, semver{1, 9, 0, {}, {}}};
    return known.at(below(random_, known.size()));
  }

  alias_ref some_alias() {
    return {some_model(), chance(random_, 70) ? "production" : "canary"};
  }

  revision some_revision() { return below(random_, node_.store().head() + 1); }

  register_model some_registration() {
    register_model command;
    command.model = some_model();
    command.version = some_version();
    command.storage_uri = "s3://models/" + to_string(command.version)
                          + (chance(random_, 20) ? "/moved" : "");
    command.ttl_seconds = static_cast<int64_t>(below(random_, 4));
    if (chance(random_, 40))
      command.idempotency_key = chance(random_, 50) ? "one" : "other";
    if (shares_ && chance(random_, 25))
      command.lease = some_lease();
    return command;
  }

  promote some_promotion() {
    promote command;
    const auto alias = some_alias();
    command.model = alias.model;
    command.alias = alias.alias;
    command.version = some_version();
    command.allow_unverified = !chance(random_, 10);
    if (chance(random_, 20))
      command.weight = 50;
    if (chance(random_, 20))
      command.expected_at = some_revision();
    return command;
  }

  world& node_;
  random_source& random_;
  size_t models_;
  bool is_last_ = false;
  bool shares_; ///< Registrations share leases.
};

/// What may befall a node that is not left in peace.
void trouble(world& node, random_source& random) {
  if (node.store().is_broken || chance(random, 20))
    node.restart();
  else
    node.kill(std::array{role::bus, role::writer, role::registrar, role::leases,
                         role::registry}
                .at(below(random, 5)));
}

} // namespace

void work(world& node, random_source& random) {
  caller client{node, random};
  const auto is_calm = chance(random, 50);
  const auto eagerness = 1 + below(random, 12); // messages handled a call
  const auto failing = is_calm ? 0 : below(random, 8);
  if (!is_calm)
    node.is_calm = false;
  node.store().failing_percent = failing;
  for (size_t left = 30 + below(random, 40); left > 0; --left) {
    client.call_anything();
    for (auto steps = below(random, 2 * eagerness); steps > 0; --steps)
      node.step();
    if (chance(random, 10))
      node.pass(std::chrono::milliseconds{10 + below(random, 1500)});
    if (chance(random, 20))
      if (const auto lease = client.some_lease(); lease != 0)
        node.keep_alive(lease);
    if (!is_calm && chance(random, 4)) {
      trouble(node, random);
      node.store().failing_percent = failing;
    }
  }
  node.store().failing_percent = 0;
  if (node.store().is_broken)
    node.restart();
  node.settle(31s);
  client.call_each_model();
  node.settle(6s);
}

} // namespace trivium::test
