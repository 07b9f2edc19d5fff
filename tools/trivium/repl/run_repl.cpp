#include "tools/trivium/repl/run_repl.hpp"

#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/line_editor.hpp"
#include "tools/trivium/repl/line_reader.hpp"
#include "tools/trivium/repl/node_names.hpp"
#include "tools/trivium/repl/run_line.hpp"
#include "tools/trivium/repl/script.hpp"
#include "tools/trivium/repl/terminal_state.hpp"
#include "tools/trivium/signals.hpp"
#include "tools/trivium/terminal.hpp"

#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace trivium::tools::repl {

namespace {

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

bool is_terminal() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

/// Signals belong to the console from here to the end of the scope.
class signals_of_console {
public:
  explicit signals_of_console(interrupts& stop) {
    remember_terminal();
    on_signals({[&stop] { stop.raise(); }, restore_terminal});
  }
  ~signals_of_console() { on_signals({}); }
  signals_of_console(const signals_of_console&) = delete;
  signals_of_console& operator=(const signals_of_console&) = delete;
};

std::string name_of(const node_identity& node) {
  return node.pid == 0 ? printable(node.store)
                       : "node " + std::to_string(node.pid);
}

std::string prompt_of(const session& s) {
  return s.link.is_connected() ? "trivium:" + s.link.name_space() + "> "
                               : "trivium (no node)> ";
}

int run_interactive(session& s, bool is_quiet) {
  if (auto node = s.link.get()) {
    if (!is_quiet)
      print("connected to " + name_of((*node)->node())
            + "; `help` lists the commands\n");
  } else {
    report_error(node.error(), false);
  }
  node_names names{s.link};
  const auto known = shapes();
  line_history history{default_history_file()};
  line_editor editor{
    {[&] { return prompt_of(s); },
     [&](std::string_view line) { return complete(line, known, names); },
     [&] { return s.link.news(); }, [&] { return s.link.news_fd(); }},
    history};
  while (!s.leaves) {
    for (const auto& news : s.link.news())
      print(news + "\n");
    const auto line = editor.read();
    if (!line) {
      print("\n");
      break;
    }
    run_line(s, *line);
  }
  return 0;
}

} // namespace

int run_repl(const repl_options& options) {
  interrupts stop;
  node_link link{options.connection, options.version};
  session s{link, stop, {print}};
  s.always_json = options.as_json;
  const signals_of_console signals{stop};
  if (is_terminal())
    s.talk.ask = [&](std::string_view question) -> expected<std::string> {
      print(question);
      // Another one each time: Ctrl-D ends only this answer.
      const auto said = line_reader{STDIN_FILENO, stop.fd()}.next();
      if (!said || !*said) // Ctrl-C, Ctrl-D
        print("\n");
      return said ? said->value_or("")
                  : expected<std::string>{fail(said.error())};
    };
  if (options.commands.empty() && is_terminal())
    return run_interactive(s, options.is_quiet);
  if (!options.commands.empty())
    return run_commands(s, options.commands);
  line_reader input{STDIN_FILENO, stop.fd()};
  return run_script(s, input);
}

} // namespace trivium::tools::repl
