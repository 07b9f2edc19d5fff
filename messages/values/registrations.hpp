#pragma once

#include "messages/values/commands.hpp"
#include "messages/values/records.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the registry is asked and answers through any door: the values behind
/// messages/protocol's registry.proto.
namespace trivium {

/// How a read relates to what stands.
enum class consistency : uint8_t {
  linearizable = 0, ///< Nothing that was acknowledged before is missing.
  at_revision,      ///< As it was then.
  cached            ///< At most 60 s old.
};

[[nodiscard]] std::string_view to_string(consistency level);

/// One version: by its number, by an alias, or the highest.
struct version_query {
  model_ref model;
  std::string version{};
  std::string alias{};
  revision at = 0;                  ///< Then; 0: now.
  std::optional<unix_ms> at_time{}; ///< Instead of a revision.
  consistency wanted = consistency::linearizable;
};

/// A version as it is registered.
struct registered_version {
  version_record version;
  revision version_modified = 0;
  // Of the model's registration; 0 where there is none any more.
  revision created = 0;
  revision modified = 0;
  lease_id lease = 0;
  int64_t ttl_seconds = 0;
  std::chrono::milliseconds lease_remaining{0}; ///< Of lists alone.

  std::optional<alias_record> alias; ///< That was asked for.
  revision alias_modified = 0;
  revision at = 0; ///< When this was so.
  consistency given = consistency::linearizable;
};

/// A page of what is registered, by name.
struct registration_query {
  std::string name_space;
  std::string filter{}; ///< As registry.proto explains it.
  uint32_t page_size = 0;
  std::string page_token{};
  revision at = 0;
};

struct registration_list {
  std::vector<registered_version> models; ///< Each with its newest version.
  std::string next_page_token;            ///< Empty: this is the last page.
  revision at = 0;
};

/// Where an alias that no gate guards shall point.
struct alias_setting {
  alias_ref alias;
  std::string version{};
  std::string recipe{}; ///< Name or digest; empty: the version's own artifact.
  uint32_t weight = 100;
  std::string reason{};
  std::optional<revision> expected_at{}; ///< Of the alias; 0: absent.
};

struct lease_status {
  lease_id id = 0;
  int64_t ttl_seconds = 0;
  std::chrono::milliseconds remaining{0};
  bool is_over = false;
  revision at = 0; ///< Head of the store.
};

/// What a watch of events tells.
struct event_query {
  revision from = 0;               ///< 0: from now on.
  std::string name_space{};        ///< Empty: the client's.
  std::string model{};             ///< This alone; empty: all
  std::string prefix{};            ///< whose names begin so.
  std::vector<event_kind> kinds{}; ///< Empty: all.
};

} // namespace trivium
