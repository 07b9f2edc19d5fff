#include "actors/cache/client_alias_source.hpp"

namespace trivium::actors {

namespace {

/// The node may have to read the whole model from its origin.
constexpr std::chrono::hours ensure_limit{12};

call_options within(std::chrono::milliseconds limit,
                    const cancel_token& cancel) {
  return {limit, cancel};
}

/// Where events were not kept for long enough the alias may have moved unheard:
/// it rings, and watches from then on.
expected<subscription> watch_moves(client& node, event_query wanted,
                                   const std::function<void()>& ring) {
  const auto held = std::make_shared<subscription>();
  auto later = wanted;
  later.from = 0;
  TRIVIUM_TRY(
    *held, node.watch_events(
             wanted, [ring](const event_record&) { ring(); },
             [&node, later, ring, place = std::weak_ptr{held}](const error&) {
               if (const auto kept = place.lock())
                 if (auto again = watch_moves(node, later, ring))
                   *kept = std::move(*again);
               ring();
             }));
  return subscription{held};
}

} // namespace

expected<void> client_alias_source::connect() {
  if (!client_) {
    TRIVIUM_TRY(client_, client::connect(options_));
  }
  return {};
}

expected<resolved_artifact>
client_alias_source::resolve(const alias_ref& alias,
                             const cancel_token& cancel) {
  TRIVIUM_CHECK(connect());
  return client_->resolve(alias, within(call_options{}.limit, cancel));
}

expected<void> client_alias_source::ensure(const digest& artifact,
                                           const cancel_token& cancel) {
  TRIVIUM_CHECK(connect());
  return client_->ensure(artifact, within(ensure_limit, cancel));
}

expected<subscription> client_alias_source::watch(revision from,
                                                  const alias_ref& alias,
                                                  std::function<void()> ring) {
  TRIVIUM_CHECK(connect());
  client_->on_connection([ring](connection_change change) {
    if (change == connection_change::restored)
      ring();
  });
  event_query wanted;
  wanted.from = from;
  wanted.model = alias.model.model;
  wanted.kinds = {event_kind::alias_moved};
  return watch_moves(*client_, wanted, ring);
}

std::filesystem::path client_alias_source::store() const {
  if (store_.empty() && client_)
    return client_->node().store;
  return store_;
}

} // namespace trivium::actors
