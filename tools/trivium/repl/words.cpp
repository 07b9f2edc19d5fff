#include "tools/trivium/repl/words.hpp"

namespace trivium::tools::repl {

namespace {

/// Reads a line byte by byte; what is left at its end says how it ended.
struct splitter {
  std::vector<std::string> words;
  std::string word;
  bool has_word = false; ///< Also for '' and "", which are words.
  char quote = 0;
  bool is_escaped = false;
  bool is_comment = false;

  void take(char c) {
    if (is_comment)
      return;
    if (is_escaped)
      take_escaped(c);
    else if (c == '\\' && quote != '\'')
      is_escaped = has_word = true;
    else if (quote != 0)
      take_quoted(c);
    else if (c == ' ' || c == '\t')
      end_word();
    else if (c == '#' && !has_word)
      is_comment = true;
    else
      take_plain(c);
  }

  void end_word() {
    if (has_word)
      words.push_back(std::exchange(word, {}));
    has_word = false;
  }

private:
  void take_escaped(char c) {
    // Between double quotes a backslash is one, but before a quote or itself.
    if (quote == '"' && c != '"' && c != '\\')
      word += '\\';
    word += c;
    is_escaped = false;
  }

  void take_quoted(char c) {
    if (c == quote)
      quote = 0;
    else
      word += c;
  }

  void take_plain(char c) {
    has_word = true;
    if (c == '\'' || c == '"')
      quote = c;
    else
      word += c;
  }
};

splitter split(std::string_view line) {
  splitter state;
  for (const auto c : line)
    state.take(c);
  return state;
}

} // namespace

expected<std::vector<std::string>> split_words(std::string_view line) {
  auto state = split(line);
  if (state.quote != 0)
    return fail(ec::invalid_argument,
                std::string{"a quote is not closed: "} + state.quote);
  if (state.is_escaped)
    return fail(ec::invalid_argument, "nothing follows the last backslash");
  state.end_word();
  return std::move(state.words);
}

open_line split_open_line(std::string_view line) {
  auto state = split(line);
  return {std::move(state.words), std::move(state.word), state.quote};
}

std::string escaped(std::string_view text, char quote) {
  constexpr std::string_view special = " \t\\'\"#";
  std::string out;
  for (const auto c : text) {
    const auto is_special = quote == '"'    ? c == '"' || c == '\\'
                            : quote == '\'' ? false
                                            : special.find(c) != special.npos;
    if (quote == '\'' && c == '\'')
      out += "'\\'"; // leaves the quotes, one by itself, enters them again
    else if (is_special)
      out += '\\';
    out += c;
  }
  return out;
}

} // namespace trivium::tools::repl
