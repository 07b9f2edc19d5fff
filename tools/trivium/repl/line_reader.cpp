#include "tools/trivium/repl/line_reader.hpp"

#include "tools/trivium/repl/bell.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace trivium::tools::repl {

expected<std::optional<std::string>> line_reader::next() {
  while (true) {
    if (const auto end = read_.find('\n'); end != std::string::npos) {
      auto line = read_.substr(0, end);
      read_.erase(0, end + 1);
      if (line.ends_with('\r'))
        line.pop_back();
      return line;
    }
    if (has_ended_ && read_.empty())
      return std::nullopt;
    if (has_ended_)
      return std::exchange(read_, {});
    if (read_.size() > limit)
      return fail(ec::resource_exhausted,
                  "a line is longer than " + std::to_string(limit) + " bytes");
    wait_readable({fd_, stop_}, without_limit);
    if (wait_readable({stop_}, std::chrono::milliseconds{0}))
      return fail(ec::cancelled, "interrupted");
    std::array<char, 4096> bytes{};
    const auto count = ::read(fd_, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR && errno != EAGAIN)
      return fail(ec::unavailable,
                  std::string{"standard input: "} + std::strerror(errno));
    if (count == 0)
      has_ended_ = true;
    if (count > 0)
      read_.append(bytes.data(), static_cast<size_t>(count));
  }
}

} // namespace trivium::tools::repl
