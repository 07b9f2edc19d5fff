#pragma once

namespace trivium::test {

/// Of the bug that is at work, in plant.py's table; 0: none.
inline int planted_bug = 0;

/// Asked by the mutated copies that plant.py writes.
[[nodiscard]] inline bool is_planted(int number) {
  return planted_bug == number;
}

} // namespace trivium::test
