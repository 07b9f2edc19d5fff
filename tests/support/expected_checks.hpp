#pragma once

#include "messages/values/ec.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace trivium::test {

/// The value, or the end of the test with the error's text.
template <class T>
T must(expected<T> result) {
  if (!result)
    BOOST_FAIL(to_string(result.error().code) << ": " << result.error().text);
  if constexpr (!std::is_void_v<T>)
    return *std::move(result);
}

/// `none` where there is a value.
template <class T>
ec code(const expected<T>& result) {
  return result ? ec::none : result.error().code;
}

/// Empty where there is a value.
template <class T>
std::string text(const expected<T>& result) {
  return result ? std::string{} : result.error().text;
}

/// Code and text at once; `none` where there is a value.
template <class T>
error seen_error(const expected<T>& result) {
  return result ? error{ec::none, {}} : result.error();
}

} // namespace trivium::test

namespace trivium {

inline std::ostream& boost_test_print_type(std::ostream& out, const error& e) {
  return out << to_string(e.code) << ": " << e.text;
}

inline std::ostream& boost_test_print_type(std::ostream& out, ec code) {
  return out << to_string(code);
}

} // namespace trivium
