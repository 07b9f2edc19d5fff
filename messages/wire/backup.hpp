#pragma once

#include "messages/values/backup.hpp"
#include "messages/values/ec.hpp"

#include "trivium/v1/control.pb.h"

namespace trivium {

[[nodiscard]] v1::BackupMade to_wire(const backup_summary& made);
[[nodiscard]] v1::BackupProgress to_wire(const backup_progress& progress);

[[nodiscard]] expected<backup_summary> from_wire(const v1::BackupMade& wire);
[[nodiscard]] expected<backup_progress>
from_wire(const v1::BackupProgress& wire);

} // namespace trivium
