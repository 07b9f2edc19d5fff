#pragma once

#include <filesystem>
#include <histedit.h>
#include <memory>
#include <string>

namespace trivium::tools::repl {

/// `$XDG_STATE_HOME/trivium/repl_history`, else that below ~/.local/state;
/// empty when neither is an absolute path.
[[nodiscard]] std::filesystem::path default_history_file();

/// The lines that somebody typed, the newest 1,000, each once in a row. Kept
/// in a file that only its owner reads; where that cannot be written they last
/// as long as this object.
class line_history {
public:
  explicit line_history(std::filesystem::path file);

  void add(const std::string& line);

  [[nodiscard]] History* handle() const { return lines_.get(); }

private:
  void save() const;

  struct ender {
    void operator()(History* lines) const { ::history_end(lines); }
  };

  std::filesystem::path file_;
  std::unique_ptr<History, ender> lines_;
};

} // namespace trivium::tools::repl
