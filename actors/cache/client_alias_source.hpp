#pragma once

#include "actors/cache/alias_source.hpp"

#include <memory>

namespace trivium::actors {

/// What a node says through its door. It connects when it is first asked and,
/// where that failed, when it is asked again.
class client_alias_source final : public alias_source {
public:
  /// `store`: where the blobs are read; empty: where the node says.
  client_alias_source(client_options options, std::filesystem::path store)
    : options_(std::move(options)), store_(std::move(store)) {}

  /// Whether there is a connection, or one can be made. Errors: those of
  /// client::connect.
  [[nodiscard]] expected<void> connect();

  expected<resolved_artifact> resolve(const alias_ref& alias,
                                      const cancel_token& cancel) override;
  expected<void> ensure(const digest& artifact,
                        const cancel_token& cancel) override;
  expected<subscription> watch(revision from, const alias_ref& alias,
                               std::function<void()> ring) override;
  std::filesystem::path store() const override;

private:
  client_options options_;
  std::filesystem::path store_;
  std::unique_ptr<client> client_;
};

} // namespace trivium::actors
