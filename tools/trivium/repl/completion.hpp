#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::tools::repl {

/// What may stand behind a command's name: enough of it to complete words. A
/// kind is what help texts show ("MODEL@ALIAS", "JOB", "DIR"); it also says
/// which names fit.
struct command_shape {
  struct option {
    std::string name; ///< "--limit"
    std::string kind; ///< Of its value; empty: a flag.
  };

  std::string name;
  std::vector<option> options;
  std::vector<std::string> positionals; ///< Their kinds, in order.
  std::vector<command_shape> subcommands;
};

/// Where names come from. A source that cannot say in time says nothing.
class name_source {
public:
  virtual ~name_source() = default;

  [[nodiscard]] virtual std::vector<std::string> models() = 0;
  /// Of a model as it was written: NAME or NAMESPACE/NAME.
  [[nodiscard]] virtual std::vector<std::string>
  versions(const std::string& model) = 0;
  [[nodiscard]] virtual std::vector<std::string>
  variants(const std::string& model, const std::string& version) = 0;
  [[nodiscard]] virtual std::vector<std::string>
  aliases(const std::string& model) = 0;
  [[nodiscard]] virtual std::vector<std::string> jobs() = 0;
  [[nodiscard]] virtual std::vector<std::string> recipes() = 0;
  /// Paths that begin with `start`; folders end in '/'.
  [[nodiscard]] virtual std::vector<std::string>
  paths(const std::string& start) = 0;
};

struct completion {
  std::string typed; ///< The last word, its quotes and backslashes resolved.
  char quote = 0;    ///< That it stands in.
  /// Whole words that begin with `typed`, sorted. Those that have to go on (a
  /// folder, "minilm:") end in '/', ':' or '@'.
  std::vector<std::string> candidates;
  bool may_go_on = false; ///< As "minilm" may, with ":1.0.0".
};

/// What the last word of `line` (up to the cursor) may become.
[[nodiscard]] completion complete(std::string_view line,
                                  std::span<const command_shape> commands,
                                  name_source& names);

/// The longest text that all of `words` begin with.
[[nodiscard]] std::string common_start(std::span<const std::string> words);

/// What completing types behind the cursor: the rest that all candidates
/// share, escaped; where there is one alone, its end and a space too.
[[nodiscard]] std::string typed_by(const completion& found);

} // namespace trivium::tools::repl
