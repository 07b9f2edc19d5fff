#pragma once

namespace trivium::test {

/// From here on this process kills itself (SIGKILL) instead of its `call`-th
/// change of the file system's names (rename, symlink, unlink, mkdir) or sync;
/// 0: never. Link killed_at_call.cpp.
void kill_at_call(int call);

/// How many such calls were made since.
[[nodiscard]] int counted_calls();

} // namespace trivium::test
