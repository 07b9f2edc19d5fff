#include "tools/trivium/terminal.hpp"

#include "messages/values/human.hpp"
#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace trivium::tools {

text_table::text_table(std::vector<std::string> header) {
  rows_.push_back(std::move(header));
}

void text_table::add(std::vector<std::string> row) {
  rows_.push_back(std::move(row));
}

size_t display_width(std::string_view text) {
  return static_cast<size_t>(
    std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

std::string text_table::text() const {
  std::vector<size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - display_width(row[i]), ' ');
      line += " " + (i == 0 ? row[i] + gap : gap + row[i]) + " ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

progress_display::progress_display(bool is_quiet)
  : is_quiet_(is_quiet), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

progress_display::~progress_display() { clear(); }

void progress_display::clear() {
  if (std::exchange(is_drawn_, false))
    std::fputs("\r\x1b[K", stderr);
}

void progress_display::show(const job_progress& step) {
  if (is_quiet_)
    return;
  const auto stage = static_cast<int>(step.stage);
  const std::string name{to_string(step.stage)};
  if (!is_terminal_) {
    if (stage != last_stage_)
      std::fprintf(stderr, "%s …\n", name.c_str());
    last_stage_ = stage;
    return;
  }
  if (!is_time_to_draw(step.done, step.total) && stage == last_stage_)
    return;
  last_stage_ = stage;
  draw(name, step.done, step.total,
       step.stage == job_stage::verify
         ? std::to_string(step.done) + " of " + std::to_string(step.total)
         : human_bytes(step.done) + " of " + human_bytes(step.total));
}

void progress_display::show_bytes(std::string_view what, uint64_t done,
                                  uint64_t total) {
  if (!is_quiet_ && is_terminal_ && is_time_to_draw(done, total))
    draw(what, done, total, human_bytes(done) + " of " + human_bytes(total));
}

void progress_display::show_share(std::string_view what, uint64_t done,
                                  uint64_t total) {
  if (!is_quiet_ && is_terminal_ && is_time_to_draw(done, total))
    draw(what, done, total,
         human_percent(static_cast<double>(done), static_cast<double>(total)));
}

bool progress_display::is_time_to_draw(uint64_t done, uint64_t total) const {
  const auto is_last = total != 0 && done >= total;
  return is_last
         || std::chrono::steady_clock::now() - last_drawn_
              >= std::chrono::milliseconds{50};
}

void progress_display::draw(std::string_view name, uint64_t done,
                            uint64_t total, const std::string& figure) {
  constexpr uint64_t width = 30;
  const auto share = total == 0 ? 0 : std::min(width, width * done / total);
  std::string bar;
  for (uint64_t i = 0; i < width; ++i)
    bar += i < share ? "█" : "░";
  std::fprintf(stderr, "\r\x1b[K%-9s %s %s", std::string{name}.c_str(),
               bar.c_str(), figure.c_str());
  std::fflush(stderr);
  last_drawn_ = std::chrono::steady_clock::now();
  is_drawn_ = true;
}

int report_error(const error& e, bool as_json) {
  if (as_json) {
    json_writer json;
    json.object([&] {
      json.key("error");
      json.object([&] {
        json.member("code", to_string(e.code));
        json.member("text", printable(e.text));
      });
    });
    std::printf("%s\n", json.text().c_str());
  }
  std::fprintf(stderr, "trivium: %s\n", printable(e.text).c_str());
  return std::max(1, mapping(e.code).exit_code);
}

std::string emphasised(std::string_view text) {
  static const auto is_plain =
    ::isatty(STDOUT_FILENO) != 1 || std::getenv("NO_COLOR") != nullptr;
  return is_plain ? std::string{text}
                  : "\x1b[1m" + std::string{text} + "\x1b[0m";
}

} // namespace trivium::tools
