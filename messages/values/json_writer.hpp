#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace trivium {

/// Writes one JSON document, member by member, in the order of the calls.
/// Output is canonical: no spaces, shortest round-trip numbers, only the
/// escapes that RFC 8259 demands. Bytes that are not UTF-8 are the caller's
/// fault (pass strangers' text through `printable` first).
///
///   json_writer json;
///   json.object([&] { json.member("name", "minilm"); json.member("size", 3u);
///   });
class json_writer {
public:
  template <class Body>
  void object(Body body) {
    open('{');
    body();
    close('}');
  }

  template <class Body>
  void array(Body body) {
    open('[');
    body();
    close(']');
  }

  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view{text}); }
  void value(const std::string& text) { value(std::string_view{text}); }
  void value(bool truth);
  /// NaN and infinities have no JSON form and become null.
  void value(double number);
  void value(float number) { value(static_cast<double>(number)); }
  template <class Integer>
  requires std::is_integral_v<Integer>
  void value(Integer number) {
    if constexpr (std::is_signed_v<Integer>)
      integer(static_cast<int64_t>(number));
    else
      natural(static_cast<uint64_t>(number));
  }
  void null();
  /// Text that is JSON already.
  void raw(std::string_view json);

  template <class Value>
  void member(std::string_view name, const Value& x) {
    key(name);
    value(x);
  }

  [[nodiscard]] const std::string& text() const& { return out_; }
  [[nodiscard]] std::string text() && { return std::move(out_); }

private:
  void open(char bracket);
  void close(char bracket);
  void separate();
  void integer(int64_t number);
  void natural(uint64_t number);

  std::string out_;
  std::vector<bool> has_items_; ///< One flag an open bracket.
  bool after_key_ = false;
};

} // namespace trivium
