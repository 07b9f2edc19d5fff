#include "messages/wire/backup.hpp"

#include "messages/wire/wire_text.hpp"

namespace trivium {

v1::BackupMade to_wire(const backup_summary& made) {
  v1::BackupMade out;
  out.set_folder(utf8_text(made.folder));
  out.set_revision(made.head);
  out.set_made_at(made.made_at_ms);
  out.set_files(made.files);
  out.set_bytes(made.bytes);
  return out;
}

v1::BackupProgress to_wire(const backup_progress& progress) {
  v1::BackupProgress out;
  out.set_is_running(progress.is_running);
  out.set_done(progress.done);
  out.set_total(progress.total);
  return out;
}

expected<backup_summary> from_wire(const v1::BackupMade& wire) {
  return backup_summary{wire.folder(), wire.revision(), wire.made_at(),
                        wire.files(), wire.bytes()};
}

expected<backup_progress> from_wire(const v1::BackupProgress& wire) {
  return backup_progress{wire.is_running(), wire.done(), wire.total()};
}

} // namespace trivium
