#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/command_options.hpp"
#include "tools/trivium/repl/history_view.hpp"
#include "tools/trivium/repl/json.hpp"
#include "tools/trivium/repl/registry_view.hpp"
#include "tools/trivium/repl/session.hpp"

namespace trivium::tools::repl {

namespace {

std::string or_line(std::string text, std::string_view instead) {
  return text.empty() ? std::string{instead} + "\n" : text;
}

// --- models ------------------------------------------------------------------

void prepare_models(CLI::App& app, bound_command& bound) {
  struct options {
    std::string prefix;
    uint32_t limit = 0;
  };
  const auto given = std::make_shared<options>();
  app.add_option("prefix", given->prefix, "How their names begin")
    ->type_name("PREFIX");
  add_limit(app, given->limit);
  bound.run = [given](session& s) -> expected<void> {
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto list,
                node->models(given->prefix, given->limit, s.reading()));
    s.answer(or_line(models_text(list, s.talk.look()), "no models"),
             json_of(list));
    return {};
  };
}

// --- versions, variants, show ------------------------------------------------

/// What `target` names, with everything that stands about its model.
struct found_model {
  target which;
  model_details details;
};

expected<found_model> find_model(session& s, const std::string& text,
                                 std::string_view form) {
  found_model found;
  TRIVIUM_TRY(found.which, s.parse(text, form));
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(found.details, node->model(found.which.model, s.reading()));
  return found;
}

void prepare_versions(CLI::App& app, bound_command& bound) {
  const auto text = std::make_shared<std::string>();
  add_target(app, *text, form::model);
  bound.run = [text](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto found, find_model(s, *text, form::model));
    s.answer(
      or_line(versions_text(found.details, s.talk.look()), "no versions"),
      json_of(found.details.versions));
    return {};
  };
}

void prepare_variants(CLI::App& app, bound_command& bound) {
  const auto text = std::make_shared<std::string>();
  add_target(app, *text, form::maybe_version);
  bound.run = [text](session& s) -> expected<void> {
    TRIVIUM_TRY(auto found, find_model(s, *text, form::maybe_version));
    auto& [which, details] = found;
    if (!which.version.empty()) {
      TRIVIUM_TRY(const auto* const version, need_version(which, details));
      std::erase_if(details.variants, [&](const auto& variant) {
        return variant.version != version->version;
      });
    }
    s.answer(or_line(variants_text(details, which.version, s.talk.look()),
                     "no variants; `quantize` makes one"),
             json_of(details.variants));
    return {};
  };
}

expected<void> show_alias(session& s, const target& which) {
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto resolved,
              node->resolve({which.model, which.alias}, s.reading()));
  s.answer(alias_text(resolved, s.talk.look()), json_of(resolved));
  return {};
}

expected<void> show(session& s, const std::string& text) {
  TRIVIUM_TRY(const auto wanted, s.parse(text, form::anything));
  if (!wanted.alias.empty())
    return show_alias(s, wanted);
  TRIVIUM_TRY(const auto found, find_model(s, text, form::anything));
  const auto& [which, details] = found;
  const auto on = s.talk.look();
  if (!which.recipe.empty()) {
    TRIVIUM_TRY(const auto about, variant_text(which, details, on));
    s.answer(about, json_of(**need_variant(which, details)));
  } else if (!which.version.empty()) {
    TRIVIUM_TRY(const auto about, version_text(which, details, on));
    s.answer(about, json_of(**need_version(which, details)));
  } else {
    s.answer(model_text(which, details, on), json_of(details));
  }
  return {};
}

void prepare_show(CLI::App& app, bound_command& bound) {
  const auto text = std::make_shared<std::string>();
  add_target(app, *text, form::anything);
  bound.run = [text](session& s) { return show(s, *text); };
}

// --- history, lineage --------------------------------------------------------

void prepare_history(CLI::App& app, bound_command& bound) {
  struct options {
    std::string text;
    uint32_t limit = 0;
  };
  const auto given = std::make_shared<options>();
  add_target(app, given->text, form::maybe_alias);
  add_limit(app, given->limit);
  bound.run = [given](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto which, s.parse(given->text, form::maybe_alias));
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto list, node->history(which.model, which.alias,
                                               given->limit, s.reading()));
    s.answer(or_line(history_text(list, s.talk.look()), "no history"),
             json_of(list));
    return {};
  };
}

expected<lineage_query> lineage_of(const session& s, const std::string& text) {
  lineage_query query;
  if (looks_like_digest(text)) {
    query.artifact = text;
    return query;
  }
  TRIVIUM_TRY(auto which, s.parse(text, form::maybe_version));
  query.model = std::move(which.model);
  query.version = std::move(which.version);
  return query;
}

void prepare_lineage(CLI::App& app, bound_command& bound) {
  const auto text = std::make_shared<std::string>();
  add_target(app, *text, form::lineage,
             "A model, a version, or an artifact's digest (8 digits or more; "
             "NS/… for a model named like one)");
  bound.run = [text](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto query, lineage_of(s, *text));
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto found, node->lineage(query, s.reading()));
    s.answer(or_line(lineage_text(found, s.talk.look()), "no lineage"),
             json_of(found));
    return {};
  };
}

} // namespace

std::vector<repl_command> registry_commands() {
  constexpr std::string_view group = "Registry";
  return {
    {group, "models", "List models", "models\nmodels mini", false,
     prepare_models},
    {group, "versions", "List a model's versions", "versions minilm", false,
     prepare_versions},
    {group, "variants", "List what was made of a model or version",
     "variants minilm\nvariants minilm:1.2.0", false, prepare_variants},
    {group, "show", "Show a model, version, variant or alias",
     "show minilm\nshow minilm:1.2.0\nshow minilm:1.2.0:int8\n"
     "show minilm@production",
     false, prepare_show},
    {group, "history", "Who moved what, when and why",
     "history minilm\nhistory minilm@production --limit 10", false,
     prepare_history},
    {group, "lineage", "Where artifacts came from",
     "lineage minilm:1.2.0\nlineage 3f2a9c01b7de", false, prepare_lineage},
  };
}

} // namespace trivium::tools::repl
