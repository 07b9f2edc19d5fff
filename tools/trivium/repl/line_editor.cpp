#include "tools/trivium/repl/line_editor.hpp"

#include "messages/values/names.hpp"
#include "tools/trivium/repl/bell.hpp"
#include "tools/trivium/repl/screen.hpp"
#include "tools/trivium/terminal.hpp"

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <langinfo.h>
#include <termios.h>
#include <unistd.h>

namespace trivium::tools::repl {

namespace {

/// libedit decodes what is typed by the locale; what we print is UTF-8.
void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::string_view{::nl_langinfo(CODESET)} != "UTF-8")
    std::setlocale(LC_CTYPE, "C.UTF-8");
}

/// While a line is edited Ctrl-C and Ctrl-Z are keys, so that no thread but
/// this one touches the line; libedit turns them into signals again while a
/// command runs. (Its own `setty -d -isig` applies to the wrong mode.)
void make_signals_keys() {
  termios modes{};
  if (::tcgetattr(STDIN_FILENO, &modes) != 0 || (modes.c_lflag & ISIG) == 0)
    return;
  modes.c_lflag &= ~static_cast<tcflag_t>(ISIG);
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
}

} // namespace

line_editor::line_editor(editor_hooks hooks, line_history& history)
  : hooks_(std::move(hooks)), history_(history) {
  use_utf8();
  editor_.reset(::el_init("trivium", stdin, stdout, stderr));
  if (!editor_)
    throw std::bad_alloc{};
  ::el_set(editor_.get(), EL_CLIENTDATA, this);
  ::el_set(editor_.get(), EL_PROMPT, &prompt);
  ::el_set(editor_.get(), EL_GETCFN, &next_character);
  ::el_set(editor_.get(), EL_HIST, &::history, history_.handle());
  ::el_set(editor_.get(), EL_EDITOR, "emacs");
  bind_keys();
  ::el_source(editor_.get(), nullptr); // ~/.editrc, as everywhere
}

line_editor::~line_editor() = default;

line_editor& line_editor::of(EditLine* editor) {
  void* data = nullptr;
  ::el_get(editor, EL_CLIENTDATA, &data);
  return *static_cast<line_editor*>(data);
}

void line_editor::bind_keys() {
  auto* const editor = editor_.get();
  ::el_set(editor, EL_ADDFN, "trivium-complete", "Complete a word", &on_tab);
  ::el_set(editor, EL_ADDFN, "trivium-interrupt", "Empty the line",
           &on_interrupt);
  ::el_set(editor, EL_ADDFN, "trivium-suspend", "Stop", &on_suspend);
  ::el_set(editor, EL_BIND, "^I", "trivium-complete", nullptr);
  ::el_set(editor, EL_BIND, "^C", "trivium-interrupt", nullptr);
  ::el_set(editor, EL_BIND, "^Z", "trivium-suspend", nullptr);
  ::el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
}

std::optional<std::string> line_editor::read() {
  was_interrupted_ = false;
  ::el_resize(editor_.get());
  int count = 0;
  const auto* const text = ::el_gets(editor_.get(), &count);
  if (was_interrupted_)
    return std::string{};
  if (text == nullptr || count <= 0)
    return std::nullopt;
  std::string line{text, static_cast<size_t>(count)};
  while (line.ends_with('\n') || line.ends_with('\r'))
    line.pop_back();
  history_.add(line);
  return line;
}

char* line_editor::prompt(EditLine* editor) {
  auto& self = of(editor);
  self.prompt_ = self.hooks_.prompt();
  return self.prompt_.data();
}

/// Waits for a key or for news, whichever comes first.
int line_editor::next_character(EditLine* editor, wchar_t* character) {
  auto& self = of(editor);
  make_signals_keys();
  while (true) {
    wait_readable({STDIN_FILENO, self.hooks_.news_fd()}, without_limit);
    self.show_news();
    if (!wait_readable({STDIN_FILENO}, std::chrono::milliseconds{0}))
      continue;
    char byte = 0;
    const auto count = ::read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return static_cast<int>(count);
    const auto used = std::mbrtowc(character, &byte, 1, &self.decoding_);
    if (used == static_cast<size_t>(-2))
      continue; // the character has more bytes
    if (used == static_cast<size_t>(-1)) {
      self.decoding_ = {};
      continue;
    }
    return 1;
  }
}

/// Above the edited line, which is drawn again below.
void line_editor::show_news() {
  const auto lines = hooks_.news();
  if (lines.empty())
    return;
  std::fputs("\r\x1b[J", stdout);
  for (const auto& line : lines)
    std::fprintf(stdout, "%s\n", printable(line).c_str());
  std::fflush(stdout);
  ::el_set(editor_.get(), EL_REFRESH);
}

unsigned char line_editor::on_tab(EditLine* editor, int) {
  auto& self = of(editor);
  const auto* const line = ::el_line(editor);
  const std::string before{line->buffer,
                           static_cast<size_t>(line->cursor - line->buffer)};
  const auto found = self.hooks_.complete(before);
  if (found.candidates.empty())
    return CC_ERROR;
  if (const auto text = typed_by(found); !text.empty())
    return ::el_insertstr(editor, text.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
  self.show_candidates(found.candidates);
  return CC_REDISPLAY;
}

/// In columns, as many as fit.
void line_editor::show_candidates(
  const std::vector<std::string>& candidates) const {
  constexpr size_t gap = 2;
  constexpr size_t most = 200;
  size_t widest = 0;
  for (const auto& word : candidates)
    widest = std::max(widest, display_width(printable(word)));
  const auto width = std::max<size_t>(current_screen().width, 1);
  const auto columns = std::max<size_t>(1, width / (widest + gap));
  std::string text = "\n";
  const auto shown = std::min(most, candidates.size());
  for (size_t i = 0; i < shown; ++i) {
    const auto word = printable(candidates[i]);
    const auto is_last = (i + 1) % columns == 0 || i + 1 == shown;
    text +=
      word
      + (is_last ? "\n" : std::string(widest + gap - display_width(word), ' '));
  }
  if (shown < candidates.size())
    text += "… and " + std::to_string(candidates.size() - shown) + " more\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

unsigned char line_editor::on_interrupt(EditLine* editor, int) {
  of(editor).was_interrupted_ = true;
  std::fputs("^C\n", stdout);
  std::fflush(stdout);
  return CC_NEWLINE;
}

unsigned char line_editor::on_suspend(EditLine* editor, int) {
  ::el_set(editor, EL_PREP_TERM, 0);
  std::fputs("\n", stdout);
  std::fflush(stdout);
  std::raise(SIGTSTP);
  ::el_set(editor, EL_PREP_TERM, 1);
  return CC_REDISPLAY;
}

} // namespace trivium::tools::repl
