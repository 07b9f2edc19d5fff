#include "tools/trivium/repl/top.hpp"

#include "messages/values/names.hpp"
#include "tools/trivium/repl/json.hpp"
#include "tools/trivium/repl/node_view.hpp"
#include "tools/trivium/repl/terminal_state.hpp"

#include <unistd.h>

namespace trivium::tools::repl {

namespace {

constexpr std::chrono::milliseconds pause{500};

/// Cores in use between two answers of one node.
class load_meter {
public:
  double load(const node_status& node, unix_ms now) {
    const auto seconds = static_cast<double>(now - at_) / 1000;
    const auto used = node.cpu_seconds - cpu_seconds_;
    const auto is_known = pid_ == node.pid && seconds > 0.05 && used >= 0;
    at_ = now;
    cpu_seconds_ = node.cpu_seconds;
    pid_ = node.pid;
    return is_known ? used / seconds : -1;
  }

private:
  int64_t pid_ = 0;
  unix_ms at_ = 0;
  double cpu_seconds_ = 0;
};

/// Draws over what is there, without a moment of emptiness.
std::string frame(std::string_view text) {
  std::string out = "\x1b[H";
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out += std::string{text.substr(0, end)} + "\x1b[K";
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!text.empty())
      out += "\r\n";
  }
  return out + "\x1b[J";
}

/// True when somebody wants to leave.
bool pause_for_keys(session& s) {
  if (!wait_readable({STDIN_FILENO, s.stop.fd()}, pause))
    return false;
  char key = 0;
  return s.stop.is_raised() || ::read(STDIN_FILENO, &key, 1) != 1 || key == 'q'
         || key == 'Q';
}

void draw_until_left(session& s, client& node) {
  const full_screen taken;
  load_meter meter;
  do {
    const auto status = node.status(s.reading());
    auto on = s.talk.look();
    on.height = on.height > 1 ? on.height - 1 : on.height; // the last is ours
    const auto picture =
      status ? top_text(*status, meter.load(*status, on.now), on)
             : painted(printable(status.error().text), tint::bad, on) + "\n";
    s.talk.print(frame(picture + painted("q leaves", tint::faint, on)));
  } while (!pause_for_keys(s));
}

} // namespace

expected<void> run_top(session& s) {
  TRIVIUM_TRY(auto* const node, s.link.get());
  const auto on = s.talk.look();
  const auto is_live = on.width != 0 && ::isatty(STDIN_FILENO) == 1;
  if (!is_live || s.as_json) {
    TRIVIUM_TRY(const auto status, node->status(s.reading()));
    s.answer(top_text(status, -1, on), json_of(status));
    return {};
  }
  draw_until_left(s, *node);
  return {};
}

} // namespace trivium::tools::repl
