#include "tools/trivium/repl/target.hpp"

#include "messages/values/digest.hpp"
#include "messages/values/semver.hpp"
#include "messages/values/shown_name.hpp"

#include <algorithm>

namespace trivium::tools::repl {

namespace {

/// "@ALIAS" in "MODEL[@ALIAS]" may be written, in "MODEL@ALIAS" it must be.
bool may_have(std::string_view form, std::string_view part) {
  return form.find(part) != std::string_view::npos;
}

bool must_have(std::string_view form, std::string_view part) {
  const auto at = form.find(part);
  return at != std::string_view::npos && form[at - 1] != '['
         && form[at - 1] != '|';
}

/// Cuts `text` at the first `mark`; nothing behind it is an empty text.
std::string_view cut(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos)
    return {};
  const auto rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

expected<void> check_parts(const target& seen) {
  TRIVIUM_CHECK(check_name("namespace", seen.model.name_space));
  TRIVIUM_CHECK(check_name("model name", seen.model.model));
  if (!seen.version.empty())
    TRIVIUM_CHECK(semver::parse(seen.version));
  if (!seen.recipe.empty())
    TRIVIUM_CHECK(check_name("recipe", seen.recipe));
  if (!seen.alias.empty())
    TRIVIUM_CHECK(check_name("alias", seen.alias));
  return {};
}

} // namespace

expected<target> parse_target(std::string_view text, std::string_view wanted,
                              const std::string& name_space) {
  target seen;
  auto rest = text;
  seen.alias = cut(rest, '@');
  auto version = cut(rest, ':');
  seen.recipe = cut(version, ':');
  seen.version = version;
  seen.model.name_space = name_space;
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    seen.model.name_space = rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
  }
  seen.model.model = rest;

  const auto fits = [&](std::string_view part, const std::string& value) {
    return value.empty() ? !must_have(wanted, part) : may_have(wanted, part);
  };
  // A mark without anything behind it is a slip.
  const auto is_cut_off =
    !text.empty() && (text.back() == ':' || text.back() == '@');
  if (is_cut_off || !fits("@ALIAS", seen.alias)
      || !fits(":VERSION", seen.version) || !fits(":RECIPE", seen.recipe)
      || (seen.version.empty() && !seen.recipe.empty())
      || (!seen.alias.empty() && !seen.version.empty()))
    return fail(ec::invalid_argument,
                shown_name(text) + ": wanted " + std::string{wanted});
  TRIVIUM_CHECK(check_parts(seen));
  return seen;
}

bool looks_like_digest(std::string_view text) {
  return text.size() >= 8 && text.size() <= 2 * digest::size_bytes
         && std::all_of(text.begin(), text.end(), [](char c) {
              return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            });
}

} // namespace trivium::tools::repl
