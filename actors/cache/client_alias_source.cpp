#include "actors/cache/client_alias_source.hpp"

namespace trivium::actors {

namespace {

/// The node may have to read the whole model from its origin.
constexpr std::chrono::hours ensure_limit{12};

call_options within(std::chrono::milliseconds limit,
                    const cancel_token& cancel) {
  return {limit, cancel};
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
  return client_->watch_events(from, alias.model.model,
                               [ring](const event_record& event) {
                                 if (event.kind == event_kind::alias_moved)
                                   ring();
                               });
}

std::filesystem::path client_alias_source::store() const {
  if (store_.empty() && client_)
    return client_->node().store;
  return store_;
}

} // namespace trivium::actors
