#pragma once

#include "tools/trivium/repl/bell.hpp"
#include "tools/trivium/repl/node_link.hpp"
#include "tools/trivium/repl/screen.hpp"
#include "tools/trivium/repl/target.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace trivium::tools::repl {

struct repl_command;

/// Where commands put their answers and ask back.
struct dialogue {
  std::function<void(std::string_view)> print;
  std::function<screen()> look = current_screen;
  /// What a person answers; unset where there is nobody to ask.
  std::function<expected<std::string>(std::string_view question)> ask{};
};

/// What commands work with; for one thread.
struct session {
  node_link& link;
  interrupts& stop;
  dialogue talk;

  bool always_json = false;
  bool leaves = false; ///< Somebody said `quit`.

  // Of the command that runs.
  std::string place{}; ///< "line 3", in front of its errors; empty: nothing.
  bool as_json = false;
  bool is_agreed = false;    ///< --yes
  bool has_answered = false; ///< With its line of JSON.
  cancel_token cancel{};

  /// Limits: a read that is not answered by then says so.
  [[nodiscard]] call_options reading() const {
    return {std::chrono::seconds{5}, cancel};
  }
  /// Changes are durable when they are answered.
  [[nodiscard]] call_options changing() const {
    return {std::chrono::seconds{30}, cancel};
  }
  /// What reads or runs whole models; Ctrl-C stops it.
  [[nodiscard]] call_options working() const {
    return {std::chrono::hours{1}, cancel};
  }

  [[nodiscard]] expected<target> parse(std::string_view text,
                                       std::string_view form) const {
    return parse_target(text, form, link.name_space());
  }

  /// Prints `text`, or `json` as a line where JSON is wanted.
  void answer(std::string_view text, std::string_view json) {
    talk.print(as_json ? std::string{json} + "\n" : std::string{text});
    has_answered = true;
  }
};

} // namespace trivium::tools::repl
