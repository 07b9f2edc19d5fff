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

// --- promote -----------------------------------------------------------------

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

// --- rollback ----------------------------------------------------------------

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

// --- alias -------------------------------------------------------------------

struct alias_options {
  std::string text;
  std::string to;
  uint32_t weight = 100;
  std::string reason;

  [[nodiscard]] expected<alias_ref> read(const session& s) const {
    TRIVIUM_TRY(auto which, s.parse(text, form::alias));
    return alias_ref{std::move(which.model), std::move(which.alias)};
  }
};

expected<void> show_alias(session& s, const alias_options& given) {
  TRIVIUM_TRY(const auto alias, given.read(s));
  version_query query{alias.model};
  query.alias = alias.alias;
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto found, node->get(query, s.reading()));
  s.answer(alias_text(found, s.talk.look()), json_of(found));
  return {};
}

expected<void> set_alias(session& s, const alias_options& given) {
  alias_setting wanted;
  TRIVIUM_TRY(wanted.alias, given.read(s));
  wanted.version = given.to.substr(0, given.to.find(':'));
  if (wanted.version.size() < given.to.size())
    wanted.recipe = given.to.substr(wanted.version.size() + 1);
  TRIVIUM_CHECK(semver::parse(wanted.version));
  wanted.weight = given.weight;
  wanted.reason = given.reason;
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto moved, node->set_alias(wanted, s.changing()));
  s.answer(moved_text(moved, wanted.recipe), json_of(moved));
  return {};
}

expected<void> delete_alias(session& s, const alias_options& given) {
  trivium::delete_alias wanted;
  TRIVIUM_TRY(wanted.alias, given.read(s));
  wanted.reason = given.reason;
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto gone, node->delete_alias(wanted, s.changing()));
  s.answer(to_string(wanted.alias.model) + "@" + wanted.alias.alias
             + " is gone, revision " + std::to_string(gone.at)
             + "; its history stays\n",
           json_of(gone));
  return {};
}

void prepare_alias(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<alias_options>();
  app.require_subcommand(1);
  auto* const showing = app.add_subcommand("show", "Where it points, and why");
  add_target(*showing, given->text, form::alias);
  showing->callback([given, &bound] {
    bound.run = [given](session& s) { return show_alias(s, *given); };
  });

  auto* const setting = app.add_subcommand(
    "set", "Point it at a version; production takes `promote`");
  add_target(*setting, given->text, form::alias);
  setting
    ->add_option("to", given->to, "Without RECIPE: the version's own files")
    ->type_name("VERSION[:RECIPE]")
    ->required();
  setting->add_option("--weight", given->weight, "Percent of traffic [100]")
    ->type_name("PERCENT");
  add_reason(*setting, given->reason);
  setting->callback([given, &bound] {
    bound.run = [given](session& s) { return set_alias(s, *given); };
  });

  auto* const deleting = app.add_subcommand("delete", "Take it away");
  add_target(*deleting, given->text, form::alias);
  add_reason(*deleting, given->reason);
  deleting->callback([given, &bound] {
    bound.question = [given](session& s) -> expected<std::string> {
      TRIVIUM_TRY(const auto alias, given->read(s));
      return "take away " + to_string(alias.model) + "@" + alias.alias + "?";
    };
    bound.run = [given](session& s) { return delete_alias(s, *given); };
  });
}

} // namespace

std::vector<repl_command> alias_commands() {
  constexpr std::string_view group = "Aliases";
  return {
    {group, "alias", "Show, set or delete an alias",
     "alias show minilm@production\n"
     "alias set minilm@canary 1.2.0:int8 --weight 10 --reason 'first look'\n"
     "alias delete minilm@canary --yes",
     true, prepare_alias},
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
