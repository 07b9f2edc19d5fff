#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/command_options.hpp"
#include "tools/trivium/repl/json.hpp"
#include "tools/trivium/repl/registry_view.hpp"
#include "tools/trivium/repl/session.hpp"

namespace trivium::tools::repl {

namespace {

/// "default/minilm@production → 1.1.0, revision 42"
std::string moved_text(const promoted& moved, const std::string& recipe) {
  const auto& alias = moved.alias;
  return to_string(alias.model) + "@" + printable(alias.alias) + " → "
         + to_string(alias.version) + (recipe.empty() ? "" : " " + recipe)
         + (moved.was_there ? " (it was there)" : "") + ", revision "
         + std::to_string(moved.at) + "\n";
}

// --- promote
// ------------------------------------------------------------------

struct promote_options {
  std::string text;
  std::string alias = "production";
  std::string reason;
  bool allow_unverified = false;

  [[nodiscard]] expected<promotion> read(const session& s) const {
    promotion wanted;
    TRIVIUM_TRY(auto which, s.parse(text, form::variant));
    TRIVIUM_CHECK(check_name("alias", alias));
    wanted.alias = {std::move(which.model), alias};
    wanted.version = std::move(which.version);
    wanted.recipe = std::move(which.recipe);
    wanted.allow_unverified = allow_unverified;
    wanted.reason = reason;
    return wanted;
  }
};

/// Empty where the alias is new or points there already.
expected<std::string> ask_to_promote(const promote_options& given, session& s) {
  TRIVIUM_TRY(const auto wanted, given.read(s));
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto model, node->model(wanted.alias.model, s.reading()));
  const auto* const there = find_alias(model, wanted.alias.alias);
  const auto target =
    wanted.version + (wanted.recipe.empty() ? "" : " " + wanted.recipe);
  if (there == nullptr || pointed_at(*there, model) == target)
    return std::string{};
  return to_string(wanted.alias.model) + "@" + wanted.alias.alias
         + ": move it from " + pointed_at(*there, model) + " to " + target
         + "?";
}

void prepare_promote(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<promote_options>();
  add_target(app, given->text, form::variant,
             "Without RECIPE: the version's own files");
  app.add_option("--alias", given->alias, "[production]")->type_name("NAME");
  app.add_flag("--allow-unverified", given->allow_unverified,
               "Also below layer-verified");
  add_reason(app, given->reason);
  bound.question = [given](session& s) { return ask_to_promote(*given, s); };
  bound.run = [given](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto wanted, given->read(s));
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto moved, node->promote(wanted, s.changing()));
    s.answer(moved_text(moved, wanted.recipe), json_of(moved));
    return {};
  };
}

// --- rollback
// -----------------------------------------------------------------

struct rollback_options {
  std::string text;
  revision to = 0;
  std::string reason;

  [[nodiscard]] expected<rollback> read(const session& s) const {
    TRIVIUM_TRY(auto which, s.parse(text, form::alias));
    return rollback{
      {std::move(which.model), std::move(which.alias)}, to, reason};
  }
};

void prepare_rollback(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<rollback_options>();
  add_target(app, given->text, form::alias);
  app
    .add_option("--to", given->to,
                "Where it pointed at that revision [where it pointed before]")
    ->type_name("REVISION");
  add_reason(app, given->reason);
  bound.question = [given](session& s) -> expected<std::string> {
    TRIVIUM_TRY(const auto wanted, given->read(s));
    return to_string(wanted.alias.model) + "@" + wanted.alias.alias
           + ": move it back to "
           + (wanted.to == 0 ? "where it pointed before?"
                             : "revision " + std::to_string(wanted.to) + "?");
  };
  bound.run = [given](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto wanted, given->read(s));
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto moved, node->roll_back(wanted, s.changing()));
    s.answer(moved_text(moved, ""), json_of(moved));
    return {};
  };
}

} // namespace

std::vector<repl_command> alias_commands() {
  constexpr std::string_view group = "Aliases";
  return {
    {group, "promote", "Point an alias at a version or variant",
     "promote minilm:1.2.0:int8\n"
     "promote minilm:1.2.0 --alias canary --reason 'first look'",
     true, prepare_promote},
    {group, "rollback", "Move an alias back to where it was",
     "rollback minilm@production --reason 'too many misses'\n"
     "rollback minilm@production --to 42 --yes",
     true, prepare_rollback},
  };
}

} // namespace trivium::tools::repl
