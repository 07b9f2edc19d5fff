#include "actors/domain/list_filter.hpp"

#include "messages/values/lifecycle.hpp"
#include "messages/values/names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace trivium::domain {

namespace {

constexpr size_t max_bytes = 1024;
constexpr size_t max_terms = 16;

/// Words, operators and quoted texts, with where they begin.
class scanner {
public:
  explicit scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool is_at_end() {
    skip_blanks();
    return at_ == text_.size();
  }

  expected<std::string> word() {
    skip_blanks();
    const auto begin = at_;
    while (at_ < text_.size() && is_plain(text_[at_]))
      ++at_;
    if (at_ == begin)
      return wanted("a name");
    return std::string{text_.substr(begin, at_ - begin)};
  }

  expected<std::string> relation() {
    skip_blanks();
    for (const std::string_view known : {"!=", "<=", ">=", "=", "<", ">"})
      if (text_.substr(at_).starts_with(known)) {
        at_ += known.size();
        return std::string{known};
      }
    return wanted("=, !=, <, <=, > or >=");
  }

  expected<std::string> value() {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != '"')
      return word();
    std::string read;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return read;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size())
        ++at_;
      read += text_[at_];
    }
    return wanted("the closing \"");
  }

  tl::unexpected<error> wanted(std::string_view what) const {
    return fail(ec::invalid_argument,
                "filter: wanted " + std::string{what} + " at byte "
                  + std::to_string(at_) + ", saw "
                  + (at_ < text_.size()
                       ? "\"" + printable(text_.substr(at_, 16)) + "\""
                       : "the end"));
  }

private:
  static bool is_plain(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_'
           || c == '-' || c == '*' || c == '+';
  }

  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ')
      ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
};

std::string upper(std::string_view text) {
  std::string made{text};
  for (auto& c : made)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return made;
}

} // namespace

expected<list_filter> list_filter::parse(std::string_view text) {
  list_filter filter;
  if (text.size() > max_bytes)
    return fail(ec::invalid_argument, "filter: " + std::to_string(text.size())
                                        + " bytes; at most "
                                        + std::to_string(max_bytes));
  scanner in{text};
  while (!in.is_at_end()) {
    if (!filter.terms_.empty()) {
      TRIVIUM_TRY(const auto joint, in.word());
      if (upper(joint) != "AND")
        return in.wanted("AND before this");
    }
    if (filter.terms_.size() == max_terms)
      return fail(ec::invalid_argument,
                  "filter: more than " + std::to_string(max_terms) + " terms");
    term one;
    TRIVIUM_TRY(auto name, in.word());
    if (name.starts_with("labels.") && name.size() > 7) {
      one.of = field::label;
      one.label = name.substr(7);
    } else {
      constexpr std::array<std::string_view, 4> known{"model_id", "version",
                                                      "state", "alias"};
      const auto found = std::find(known.begin(), known.end(), name);
      if (found == known.end())
        return fail(ec::invalid_argument,
                    "filter: no field \"" + printable(name)
                      + "\"; there are model_id, version, state, alias and "
                        "labels.KEY");
      one.of = static_cast<field>(found - known.begin());
    }
    TRIVIUM_TRY(const auto by, in.relation());
    constexpr std::array<std::string_view, 6> relations{"=",  "!=", "<",
                                                        "<=", ">",  ">="};
    one.by = static_cast<relation>(
      std::find(relations.begin(), relations.end(), by) - relations.begin());
    if (one.of != field::version && one.by > relation::unequal)
      return fail(ec::invalid_argument,
                  "filter: " + name + " is compared by = or != alone");
    TRIVIUM_TRY(one.value, in.value());
    if (one.of == field::version) {
      TRIVIUM_TRY(one.version, semver::parse(one.value));
    }
    filter.terms_.push_back(std::move(one));
  }
  return filter;
}

bool list_filter::holds(const term& one, const list_subject& subject) {
  const auto is = [&](bool equal) {
    return equal == (one.by == relation::equal);
  };
  switch (one.of) {
  case field::model_id: {
    const std::string_view wanted{one.value};
    return is(wanted.ends_with('*')
                ? subject.model.starts_with(wanted.substr(0, wanted.size() - 1))
                : subject.model == wanted);
  }
  case field::state:
    return is(upper(to_string(subject.newest.state)) == upper(one.value));
  case field::alias:
    return is(subject.aliases.contains(one.value));
  case field::label: {
    const auto found = subject.newest.labels.find(one.label);
    return is(found != subject.newest.labels.end()
              && found->second == one.value);
  }
  case field::version:
    break;
  }
  const auto order = subject.newest.version <=> one.version;
  switch (one.by) {
  case relation::equal:
    return order == 0;
  case relation::unequal:
    return order != 0;
  case relation::less:
    return order < 0;
  case relation::at_most:
    return order <= 0;
  case relation::greater:
    return order > 0;
  case relation::at_least:
    return order >= 0;
  }
  return false;
}

bool list_filter::matches(const list_subject& subject) const {
  return std::all_of(terms_.begin(), terms_.end(),
                     [&](const term& one) { return holds(one, subject); });
}

bool list_filter::asks_for_aliases() const {
  return std::any_of(terms_.begin(), terms_.end(),
                     [](const term& one) { return one.of == field::alias; });
}

} // namespace trivium::domain
