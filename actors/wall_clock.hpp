#pragma once

#include "messages/values/records.hpp"

#include <chrono>

namespace trivium::actors {

/// For records, which people read: it may jump.
inline unix_ms wall_clock() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
    .count();
}

} // namespace trivium::actors
