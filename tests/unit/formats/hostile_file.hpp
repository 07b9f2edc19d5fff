#pragma once

#include <ostream>
#include <string>

namespace trivium::test {

/// One file that must be refused, and words that the error must hold.
struct hostile_file {
  std::string what; ///< The construct, for the report.
  std::string bytes;
  std::string wanted_text;
};

inline std::ostream& operator<<(std::ostream& out, const hostile_file& file) {
  return out << file.what;
}

} // namespace trivium::test
