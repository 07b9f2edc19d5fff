#pragma once

#include <filesystem>
#include <set>

namespace trivium::test {

/// Every path that this program gave to fsync so far, canonical: what a kill
/// cannot show, since the page cache survives it. Link synced_paths.cpp.
[[nodiscard]] std::set<std::filesystem::path> synced_paths();

/// From here on.
void forget_synced_paths();

} // namespace trivium::test
