#include "tools/trivium/repl/run_line.hpp"

#include "messages/values/shown_name.hpp"
#include "tools/trivium/command_line.hpp"
#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/words.hpp"
#include "tools/trivium/terminal.hpp"

#include <algorithm>
#include <new>

namespace trivium::tools::repl {

namespace {

int report(const session& s, error failure) {
  if (!s.place.empty())
    failure.text = s.place + ": " + failure.text;
  return report_error(failure, s.as_json && !s.has_answered);
}

int misused(const session& s, std::string text) {
  report(s, {ec::invalid_argument, std::move(text)});
  return wrong_usage;
}

const repl_command* find_command(const std::string& name) {
  const auto& all = commands();
  const auto found =
    std::find_if(all.begin(), all.end(),
                 [&](const auto& command) { return command.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string unknown(const std::string& name) {
  std::vector<std::string_view> known;
  for (const auto& command : commands())
    known.push_back(command.name);
  const auto near = nearest(name, known);
  return "unknown command " + shown_name(name)
         + (near.empty() ? "; see help" : ", did you mean \"" + near + "\"?");
}

enum class consent : uint8_t { given = 0, refused, nobody_to_ask };

expected<consent> ask(session& s, const std::string& question) {
  if (!s.talk.ask)
    return consent::nobody_to_ask;
  TRIVIUM_TRY(const auto said, s.talk.ask(question + " [y/N] "));
  return said == "y" || said == "Y" || said == "yes" ? consent::given
                                                     : consent::refused;
}

int carry_out(session& s, const bound_command& bound, std::string_view name) {
  if (bound.question && !s.is_agreed) {
    const auto question = bound.question(s);
    if (!question)
      return report(s, question.error());
    if (!question->empty()) {
      const auto said = ask(s, *question);
      if (!said)
        return report(s, said.error());
      if (*said == consent::nobody_to_ask)
        return misused(s, std::string{name} + " needs --yes: " + *question);
      if (*said == consent::refused)
        return report(s, {ec::cancelled, "nothing was changed"});
    }
  }
  const auto done = bound.run(s);
  return done ? 0 : report(s, done.error());
}

int run_words(session& s, std::vector<std::string> words) {
  const auto* const definition = find_command(words.front());
  if (definition == nullptr)
    return misused(s, unknown(words.front()));
  prepared_command command{*definition};
  words.erase(words.begin());
  s.as_json |= std::find(words.begin(), words.end(), "--json") != words.end();
  std::reverse(words.begin(), words.end()); // as CLI11 wants them
  try {
    command.app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    s.talk.print(command.app.help());
    return 0;
  } catch (const CLI::ParseError& e) {
    return misused(s, printable(e.what()) + "; see help "
                        + std::string{definition->name});
  }
  s.is_agreed = command.is_agreed;
  return carry_out(s, command.bound, definition->name);
}

} // namespace

int run_line(session& s, std::string_view line) {
  s.as_json = s.always_json;
  s.has_answered = false;
  s.cancel = s.stop.begin();
  auto words = split_words(line);
  if (!words)
    return misused(s, words.error().text);
  if (words->empty())
    return 0;
  try {
    return run_words(s, std::move(*words));
  } catch (const std::bad_alloc&) {
    return report(s, {ec::resource_exhausted, "out of memory"});
  } catch (const std::exception& e) {
    return report(s, {ec::internal, e.what()});
  }
}

} // namespace trivium::tools::repl
