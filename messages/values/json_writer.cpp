#include "messages/values/json_writer.hpp"

#include <charconv>
#include <cmath>

namespace trivium {

void json_writer::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!has_items_.empty()) {
    if (has_items_.back())
      out_ += ',';
    has_items_.back() = true;
  }
}

void json_writer::open(char bracket) {
  separate();
  out_ += bracket;
  has_items_.push_back(false);
}

void json_writer::close(char bracket) {
  has_items_.pop_back();
  out_ += bracket;
}

void json_writer::key(std::string_view name) {
  value(name);
  out_ += ':';
  after_key_ = true;
}

void json_writer::value(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  separate();
  out_ += '"';
  for (const auto c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
    case '"':
      out_ += "\\\"";
      break;
    case '\\':
      out_ += "\\\\";
      break;
    case '\n':
      out_ += "\\n";
      break;
    case '\t':
      out_ += "\\t";
      break;
    case '\r':
      out_ += "\\r";
      break;
    default:
      if (byte < 0x20) {
        out_ += "\\u00";
        out_ += digits[byte >> 4];
        out_ += digits[byte & 15];
      } else {
        out_ += c;
      }
    }
  }
  out_ += '"';
}

void json_writer::value(bool truth) { raw(truth ? "true" : "false"); }

void json_writer::value(double number) {
  if (!std::isfinite(number))
    return null();
  char buffer[32];
  const auto [end, error] =
    std::to_chars(buffer, buffer + sizeof(buffer), number);
  raw(error == std::errc{} ? std::string_view{buffer, end} : "null");
}

void json_writer::integer(int64_t number) { raw(std::to_string(number)); }

void json_writer::natural(uint64_t number) { raw(std::to_string(number)); }

void json_writer::null() { raw("null"); }

void json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
}

} // namespace trivium
