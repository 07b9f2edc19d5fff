#pragma once

#include "messages/values/commands.hpp"
#include "messages/values/control.hpp"

#include "trivium/v1/control.pb.h"

namespace trivium {

[[nodiscard]] v1::ModelSummary to_wire(const model_summary& summary);
[[nodiscard]] v1::ModelList to_wire(const model_list& list);
[[nodiscard]] v1::ModelDetails to_wire(const model_details& details);
[[nodiscard]] v1::HistoryEntry to_wire(const history_entry& entry);
[[nodiscard]] v1::HistoryList to_wire(const history_list& list);
[[nodiscard]] v1::LineageEntry to_wire(const lineage_entry& entry);
[[nodiscard]] v1::ArtifactFile to_wire(const manifest_entry& file);
[[nodiscard]] v1::ResolvedAlias to_wire(const resolved_artifact& resolved);
[[nodiscard]] v1::Promoted to_wire(const promoted& outcome);
[[nodiscard]] v1::VersionRegistered to_wire(const version_registered& outcome);

/// Errors of all: data_loss, unsupported.
[[nodiscard]] expected<model_summary> from_wire(const v1::ModelSummary& wire);
[[nodiscard]] expected<model_list> from_wire(const v1::ModelList& wire);
/// As many revisions as aliases.
[[nodiscard]] expected<model_details> from_wire(const v1::ModelDetails& wire);
[[nodiscard]] expected<history_entry> from_wire(const v1::HistoryEntry& wire);
[[nodiscard]] expected<history_list> from_wire(const v1::HistoryList& wire);
[[nodiscard]] expected<lineage_entry> from_wire(const v1::LineageEntry& wire);
/// Its path stays inside the artifact.
[[nodiscard]] expected<manifest_entry> from_wire(const v1::ArtifactFile& wire);
/// Whether the files are those of the alias' digest is the caller's to check.
[[nodiscard]] expected<resolved_artifact>
from_wire(const v1::ResolvedAlias& wire);
[[nodiscard]] expected<promoted> from_wire(const v1::Promoted& wire);
[[nodiscard]] expected<version_registered>
from_wire(const v1::VersionRegistered& wire);

} // namespace trivium
