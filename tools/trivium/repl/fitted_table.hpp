#pragma once

#include "tools/trivium/repl/screen.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trivium::tools::repl {

/// One value of a table; its colour does not count as width.
struct cell {
  cell(std::string value, tint colour = tint::none)
    : text(std::move(value)), colour(colour) {}
  cell(const char* value) : text(value) {}
  cell(std::string_view value) : text(value) {}

  std::string text;
  tint colour = tint::none;
};

/// The cell of a state, in the colour that the state has.
[[nodiscard]] cell state_cell(std::string_view state);

/// A column; where a table is too wide, the least important give way first.
struct column {
  std::string title;
  int importance = 1;
  bool is_number = false; ///< Stands to the right.
};

/// A table that never wraps: too wide for the screen, its columns are cut
/// ("…"), the least important first, then left out. Text is shown as it is:
/// strangers' passes `printable` before.
class fitted_table {
public:
  explicit fitted_table(std::vector<column> columns);

  /// A cell a column.
  void add(std::vector<cell> row);

  [[nodiscard]] bool is_empty() const { return rows_.empty(); }

  /// Header and rows, a line each; nothing where there are no rows.
  [[nodiscard]] std::string text(const screen& on) const;

private:
  [[nodiscard]] std::vector<size_t> natural_widths() const;
  [[nodiscard]] std::vector<size_t> fitted_widths(size_t limit) const;

  std::vector<column> columns_;
  std::vector<std::vector<cell>> rows_;
};

} // namespace trivium::tools::repl
