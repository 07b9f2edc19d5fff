#include "tools/trivium/repl/fitted_table.hpp"

#include "tools/trivium/terminal.hpp"

#include <algorithm>
#include <numeric>

namespace trivium::tools::repl {

namespace {

constexpr size_t gap = 2;
/// A column that must give way keeps so much, if it had it.
constexpr size_t least_width = 6;

/// Columns of the whole line; those of width 0 are left out.
size_t line_width(const std::vector<size_t>& widths) {
  size_t sum = 0;
  for (const auto width : widths)
    sum += width == 0 ? 0 : width + (sum == 0 ? 0 : gap);
  return sum;
}

} // namespace

cell state_cell(std::string_view state) {
  return {std::string{state}, tint_of(state)};
}

fitted_table::fitted_table(std::vector<column> columns)
  : columns_(std::move(columns)) {}

void fitted_table::add(std::vector<cell> row) {
  row.resize(columns_.size(), cell{""});
  rows_.push_back(std::move(row));
}

std::vector<size_t> fitted_table::natural_widths() const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const auto is_filled =
      std::any_of(rows_.begin(), rows_.end(),
                  [&](const auto& row) { return !row[i].text.empty(); });
    auto width = is_filled ? display_width(columns_[i].title) : 0;
    for (const auto& row : rows_)
      width = std::max(width, display_width(row[i].text));
    widths.push_back(width);
  }
  return widths;
}

std::vector<size_t> fitted_table::fitted_widths(size_t limit) const {
  auto widths = natural_widths();
  if (limit == 0)
    return widths;
  std::vector<size_t> order(columns_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return columns_[a].importance < columns_[b].importance;
  });
  for (const auto i : order) {
    const auto width = line_width(widths);
    const auto excess = width > limit ? width - limit : 0;
    if (i == order.back()) // something is always shown
      widths[i] -= std::min(widths[i] - std::min<size_t>(widths[i], 1), excess);
    else if (widths[i] >= least_width + excess)
      widths[i] -= excess;
    else if (excess > 0)
      widths[i] = 0;
  }
  return widths;
}

std::string fitted_table::text(const screen& on) const {
  if (rows_.empty())
    return {};
  const auto widths = fitted_widths(on.width);
  const auto line = [&](const auto& cell_of) {
    std::string text;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0)
        continue;
      const cell shown = cell_of(i);
      const auto cut = shortened(shown.text, widths[i]);
      const std::string space(widths[i] - display_width(cut), ' ');
      const auto colour = painted(cut, shown.colour, on);
      text += (text.empty() ? "" : std::string(gap, ' '))
              + (columns_[i].is_number ? space + colour : colour + space);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  auto all = line([&](size_t i) {
    return cell{columns_[i].title, tint::strong};
  });
  for (const auto& row : rows_)
    all += line([&](size_t i) { return row[i]; });
  return all;
}

} // namespace trivium::tools::repl
