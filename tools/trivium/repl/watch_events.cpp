#include "tools/trivium/repl/watch_events.hpp"

#include "messages/values/shown_name.hpp"
#include "tools/trivium/command_line.hpp"
#include "tools/trivium/repl/json.hpp"

#include <array>
#include <cstdio>
#include <deque>
#include <mutex>
#include <optional>
#include <unistd.h>

namespace trivium::tools::repl {

namespace {

constexpr auto last_kind = event_kind::artifact_refused;

expected<event_kind> kind_named(const std::string& name) {
  std::vector<std::string_view> known;
  for (int kind = 0; kind <= static_cast<int>(last_kind); ++kind) {
    known.push_back(to_string(static_cast<event_kind>(kind)));
    if (known.back() == name)
      return static_cast<event_kind>(kind);
  }
  std::string all;
  for (const auto& one : known)
    all += (all.empty() ? "" : ", ") + std::string{one};
  return fail(ec::invalid_argument,
              "no kind of event " + shown_name(name) + ": wanted " + all);
}

/// What the watch tells, from the client's thread to ours.
class told_events {
public:
  void add(const event_record& event) {
    const std::lock_guard hold{mutex_};
    waiting_.push_back(event);
    changed_.ring();
  }

  void end(const error& why) {
    const std::lock_guard hold{mutex_};
    end_ = why;
    changed_.ring();
  }

  std::deque<event_record> take() {
    const std::lock_guard hold{mutex_};
    changed_.quiet();
    return std::exchange(waiting_, {});
  }

  std::optional<error> ended() {
    const std::lock_guard hold{mutex_};
    return end_;
  }

  [[nodiscard]] int fd() const { return changed_.fd(); }

private:
  std::mutex mutex_;
  std::deque<event_record> waiting_;
  std::optional<error> end_;
  bell changed_;
};

/// Where a person sits at the keyboard, Enter ends the watch too.
bool is_enter_pressed() {
  std::array<char, 256> line{};
  return wait_readable({STDIN_FILENO}, std::chrono::milliseconds{0})
         && ::read(STDIN_FILENO, line.data(), line.size()) >= 0;
}

} // namespace

expected<void> watch_events(session& s, const watch_options& wanted) {
  event_query query;
  query.from = wanted.from;
  query.prefix = wanted.prefix;
  query.name_space = s.link.name_space();
  for (const auto& name : wanted.kinds) {
    TRIVIUM_TRY(const auto kind, kind_named(name));
    query.kinds.push_back(kind);
  }
  TRIVIUM_TRY(auto* const node, s.link.get());
  const auto told = std::make_shared<told_events>();
  TRIVIUM_TRY(const auto watching,
              node->watch_events(
                query, [told](const event_record& event) { told->add(event); },
                [told](const error& why) { told->end(why); }, s.reading()));
  const auto has_keyboard = static_cast<bool>(s.talk.ask);
  const auto keyboard = has_keyboard ? STDIN_FILENO : s.stop.fd();
  for (uint64_t shown = 0;;) {
    // What ended the watch came after what it told.
    const auto end = told->ended();
    for (const auto& event : told->take()) {
      s.answer(event_text(event, s.talk.look()), json_of(event));
      if (++shown == wanted.count)
        return {};
    }
    if (end)
      return fail(*end);
    for (const auto& line : s.link.news())
      std::fprintf(stderr, "%s\n", line.c_str());
    wait_readable({told->fd(), s.stop.fd(), s.link.news_fd(), keyboard},
                  without_limit);
    if (s.stop.is_raised() || (has_keyboard && is_enter_pressed()))
      return {};
  }
}

} // namespace trivium::tools::repl
