#include "actors/domain/glob.hpp"

#include <cstddef>

namespace trivium::domain {

bool glob_matches(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  auto star = std::string_view::npos; // the last '*' seen …
  size_t resume = 0;                  // … and where its match ended last
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size()
               && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      // Only the last '*' needs another try: what an earlier one could gain,
      // this one can too.
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

} // namespace trivium::domain
