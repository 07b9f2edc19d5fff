#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/job.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::tools {

/// Rows under a header, columns as wide as their widest cell; the first column
/// to the left, the others to the right.
class text_table {
public:
  explicit text_table(std::vector<std::string> header);
  void add(std::vector<std::string> row);
  [[nodiscard]] std::string text() const;

private:
  std::vector<std::vector<std::string>> rows_;
};

/// Columns that `text` takes on a terminal: code points, which is right for
/// everything this program prints.
[[nodiscard]] size_t display_width(std::string_view text);

/// Progress of a job on stderr: a bar that redraws itself on a terminal, a line
/// a stage elsewhere, nothing when quiet.
class progress_display {
public:
  explicit progress_display(bool is_quiet);
  ~progress_display();
  progress_display(const progress_display&) = delete;
  progress_display& operator=(const progress_display&) = delete;

  void show(const job_progress& step);
  /// The same for work that is no job: a bar on a terminal, nothing elsewhere.
  void show_bytes(std::string_view what, uint64_t done, uint64_t total);
  /// The same, told in percent of what nobody counts.
  void show_share(std::string_view what, uint64_t done, uint64_t total);
  /// Removes the bar, so that other text can be printed.
  void clear();

private:
  void draw(std::string_view name, uint64_t done, uint64_t total,
            const std::string& figure);
  /// At most 20 times a second, but always the last one.
  [[nodiscard]] bool is_time_to_draw(uint64_t done, uint64_t total) const;

  bool is_quiet_;
  bool is_terminal_;
  bool is_drawn_ = false;
  int last_stage_ = -1;
  std::chrono::steady_clock::time_point last_drawn_{};
};

/// "trivium: TEXT" on stderr, or {"error": …} on stdout with --json. Returns
/// the exit code of the error.
int report_error(const error& e, bool as_json);

/// Bold and plain again, on a terminal without NO_COLOR; else nothing.
[[nodiscard]] std::string emphasised(std::string_view text);

} // namespace trivium::tools
