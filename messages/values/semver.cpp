#include "messages/values/semver.hpp"

#include "messages/values/names.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace trivium {

namespace {

bool is_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

std::optional<uint64_t> number(std::string_view s) {
  uint64_t value = 0;
  if (!is_digits(s) || (s.size() > 1 && s.front() == '0'))
    return std::nullopt;
  const auto [end, error] =
    std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc{} || end != s.data() + s.size())
    return std::nullopt;
  return value;
}

/// Takes the part before the next '.' off `rest`.
std::string_view take_identifier(std::string_view& rest) {
  const auto dot = rest.find('.');
  const auto part = rest.substr(0, dot);
  rest =
    dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  return part;
}

bool are_identifiers(std::string_view s, bool leading_zero_allowed) {
  if (s.empty() || s.back() == '.')
    return false;
  while (!s.empty()) {
    const auto part = take_identifier(s);
    const auto is_valid =
      !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
               || (c >= 'A' && c <= 'Z') || c == '-';
      });
    if (!is_valid
        || (!leading_zero_allowed && part.size() > 1 && part.front() == '0'
            && is_digits(part)))
      return false;
  }
  return true;
}

std::strong_ordering compare_identifiers(std::string_view a,
                                         std::string_view b) {
  const auto a_is_number = is_digits(a);
  const auto b_is_number = is_digits(b);
  if (a_is_number != b_is_number)
    return a_is_number ? std::strong_ordering::less
                       : std::strong_ordering::greater;
  if (a_is_number && a.size() != b.size()) // no leading zeros: longer is larger
    return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering compare_pre_release(std::string_view a,
                                         std::string_view b) {
  if (a.empty() || b.empty()) // a release follows its pre-releases
    return b.size() <=> a.size();
  while (!a.empty() && !b.empty())
    if (const auto order =
          compare_identifiers(take_identifier(a), take_identifier(b));
        order != 0)
      return order;
  return a.size() <=> b.size();
}

} // namespace

expected<semver> semver::parse(std::string_view text) {
  const auto refuse = [&] {
    return fail(ec::invalid_argument,
                "version \"" + printable(text.substr(0, 64))
                  + "\" is not semantic (MAJOR.MINOR.PATCH, as 1.0.0)");
  };
  if (text.size() > max_name_bytes)
    return refuse();
  semver version;
  auto core = text;
  if (const auto plus = core.find('+'); plus != std::string_view::npos) {
    version.build = core.substr(plus + 1);
    core = core.substr(0, plus);
    if (!are_identifiers(version.build, true))
      return refuse();
  }
  if (const auto dash = core.find('-'); dash != std::string_view::npos) {
    version.pre_release = core.substr(dash + 1);
    core = core.substr(0, dash);
    if (!are_identifiers(version.pre_release, false))
      return refuse();
  }
  if (std::count(core.begin(), core.end(), '.') != 2 || core.back() == '.')
    return refuse();
  const auto major = number(take_identifier(core));
  const auto minor = number(take_identifier(core));
  const auto patch = number(take_identifier(core));
  if (!major || !minor || !patch)
    return refuse();
  version.major = *major;
  version.minor = *minor;
  version.patch = *patch;
  return version;
}

std::strong_ordering operator<=>(const semver& a, const semver& b) {
  if (const auto order = a.major <=> b.major; order != 0)
    return order;
  if (const auto order = a.minor <=> b.minor; order != 0)
    return order;
  if (const auto order = a.patch <=> b.patch; order != 0)
    return order;
  return compare_pre_release(a.pre_release, b.pre_release);
}

std::string to_string(const semver& version) {
  auto text = std::to_string(version.major) + "."
              + std::to_string(version.minor) + "."
              + std::to_string(version.patch);
  if (!version.pre_release.empty())
    text += "-" + version.pre_release;
  if (!version.build.empty())
    text += "+" + version.build;
  return text;
}

} // namespace trivium
