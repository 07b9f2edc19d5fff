#include "tools/trivium/repl/completion.hpp"

#include "tools/trivium/repl/words.hpp"

#include <algorithm>

namespace trivium::tools::repl {

namespace {

using words = std::vector<std::string>;

/// `head` before each of `names`, `tail` behind it.
words framed(const std::string& head, words names, const std::string& tail) {
  for (auto& name : names)
    name = head + name + tail;
  return names;
}

words names_of(std::span<const command_shape> commands) {
  words names;
  for (const auto& command : commands)
    names.push_back(command.name);
  return names;
}

const command_shape* find(std::span<const command_shape> commands,
                          std::string_view name) {
  const auto found =
    std::find_if(commands.begin(), commands.end(),
                 [&](const auto& command) { return command.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

/// A word of a kind like MODEL:VERSION[:RECIPE], part by part.
words target_words(const std::string& typed, std::string_view kind,
                   name_source& names) {
  const auto may = [&](std::string_view part) {
    return kind.find(part) != std::string_view::npos;
  };
  if (const auto at = typed.find('@'); at != std::string::npos)
    return may("@ALIAS") ? framed(typed.substr(0, at + 1),
                                  names.aliases(typed.substr(0, at)), "")
                         : words{};
  const auto colon = typed.find(':');
  if (colon == std::string::npos) {
    const auto next = may("MODEL:") ? ":" : may("MODEL@") ? "@" : "";
    return framed("", names.models(), next);
  }
  const auto model = typed.substr(0, colon);
  const auto second = typed.find(':', colon + 1);
  if (second == std::string::npos)
    return may(":VERSION") ? framed(model + ":", names.versions(model), "")
                           : words{};
  const auto version = typed.substr(colon + 1, second - colon - 1);
  return may(":RECIPE") ? framed(typed.substr(0, second + 1),
                                 names.variants(model, version), "")
                        : words{};
}

words words_of_kind(const std::string& kind, const std::string& typed,
                    std::span<const command_shape> commands,
                    name_source& names) {
  if (kind.starts_with("MODEL"))
    return target_words(typed, kind, names);
  if (kind == "PREFIX")
    return names.models();
  if (kind == "JOB")
    return names.jobs();
  if (kind == "RECIPE")
    return typed.find('/') == std::string::npos ? names.recipes()
                                                : names.paths(typed);
  if (kind == "PATH" || kind == "DIR")
    return names.paths(typed);
  if (kind == "LEVEL")
    return {"trace", "debug", "info", "warning", "error", "off"};
  if (kind == "COMMAND")
    return names_of(commands);
  return {};
}

/// True where a part in brackets may follow what is typed: MODEL[:VERSION].
bool may_go_on(const std::string& typed, std::string_view kind) {
  const auto colons = std::count(typed.begin(), typed.end(), ':');
  if (!kind.starts_with("MODEL") || typed.find('@') != std::string::npos)
    return false;
  return colons == 0 ? kind.starts_with("MODEL[")
                     : colons == 1 && kind.find("[:RECIPE") != kind.npos;
}

/// Goes through the complete words behind a command's name.
struct position {
  const command_shape* command;
  const command_shape::option* waiting = nullptr; ///< For its value.
  size_t positionals = 0;

  void pass(const std::string& word) {
    if (std::exchange(waiting, nullptr) != nullptr)
      return;
    const auto option =
      std::find_if(command->options.begin(), command->options.end(),
                   [&](const auto& one) { return one.name == word; });
    if (option != command->options.end())
      waiting = option->kind.empty() ? nullptr : &*option;
    else if (const auto* const inner = find(command->subcommands, word))
      command = inner;
    else if (!word.starts_with('-'))
      ++positionals;
  }
};

/// Of the value that is written there; empty: none is wanted.
std::string kind_at(const position& at) {
  if (at.waiting != nullptr)
    return at.waiting->kind;
  return at.positionals < at.command->positionals.size()
           ? at.command->positionals[at.positionals]
           : "";
}

words words_at(const position& at, const std::string& typed,
               std::span<const command_shape> commands, name_source& names) {
  if (at.waiting == nullptr && typed.starts_with('-')) {
    words all;
    for (const auto& option : at.command->options)
      all.push_back(option.name);
    return all;
  }
  if (at.waiting == nullptr && !at.command->subcommands.empty())
    return names_of(at.command->subcommands);
  return words_of_kind(kind_at(at), typed, commands, names);
}

} // namespace

completion complete(std::string_view line,
                    std::span<const command_shape> commands,
                    name_source& names) {
  auto open = split_open_line(line);
  completion found{std::move(open.last), open.quote, {}, false};
  if (open.words.empty()) {
    found.candidates = names_of(commands);
  } else if (const auto* const command = find(commands, open.words.front())) {
    position at{command};
    for (size_t i = 1; i < open.words.size(); ++i)
      at.pass(open.words[i]);
    found.candidates = words_at(at, found.typed, commands, names);
    found.may_go_on = may_go_on(found.typed, kind_at(at));
  }
  std::erase_if(found.candidates, [&](const auto& word) {
    return !word.starts_with(found.typed);
  });
  std::sort(found.candidates.begin(), found.candidates.end());
  found.candidates.erase(
    std::unique(found.candidates.begin(), found.candidates.end()),
    found.candidates.end());
  return found;
}

std::string common_start(std::span<const std::string> words) {
  if (words.empty())
    return {};
  auto start = words.front();
  for (const auto& word : words) {
    const auto [end, ignored] =
      std::mismatch(start.begin(), start.end(), word.begin(), word.end());
    start.erase(end, start.end());
  }
  return start;
}

std::string typed_by(const completion& found) {
  const auto start = common_start(found.candidates);
  if (start.size() < found.typed.size())
    return {};
  auto text =
    escaped(std::string_view{start}.substr(found.typed.size()), found.quote);
  const auto goes_on = found.may_go_on || start.ends_with('/')
                       || start.ends_with(':') || start.ends_with('@');
  if (found.candidates.size() == 1 && !goes_on)
    text += found.quote == 0 ? " " : std::string{found.quote} + " ";
  return text;
}

} // namespace trivium::tools::repl
