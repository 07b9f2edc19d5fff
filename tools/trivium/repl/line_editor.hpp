#pragma once

#include "tools/trivium/repl/completion.hpp"
#include "tools/trivium/repl/history_file.hpp"

#include <cwchar>
#include <functional>
#include <histedit.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::tools::repl {

/// What the editor asks while somebody types.
struct editor_hooks {
  std::function<std::string()> prompt;
  /// Of the line up to the cursor.
  std::function<completion(std::string_view)> complete;
  /// Lines to show above the one that is edited, when `news_fd` is readable.
  std::function<std::vector<std::string>()> news;
  std::function<int()> news_fd;
};

/// Reads lines from a terminal, with libedit: history with the arrow keys,
/// completion with TAB. Ctrl-C empties the line, Ctrl-D on an empty one ends
/// input, Ctrl-Z stops the process. One of these a process.
class line_editor {
public:
  line_editor(editor_hooks hooks, line_history& history);
  ~line_editor();
  line_editor(const line_editor&) = delete;
  line_editor& operator=(const line_editor&) = delete;

  /// The next line, empty after Ctrl-C; nothing at the end of input.
  [[nodiscard]] std::optional<std::string> read();

private:
  static line_editor& of(EditLine* editor);
  static char* prompt(EditLine* editor);
  static int next_character(EditLine* editor, wchar_t* character);
  static unsigned char on_tab(EditLine* editor, int key);
  static unsigned char on_interrupt(EditLine* editor, int key);
  static unsigned char on_suspend(EditLine* editor, int key);

  void bind_keys();
  void show_news();
  void show_candidates(const std::vector<std::string>& candidates) const;

  editor_hooks hooks_;
  line_history& history_;
  std::string prompt_;
  std::mbstate_t decoding_{};
  bool was_interrupted_ = false;
  struct ender {
    void operator()(EditLine* editor) const { ::el_end(editor); }
  };
  std::unique_ptr<EditLine, ender> editor_;
};

} // namespace trivium::tools::repl
