#include "tools/trivium/repl/node_names.hpp"

#include "config/recipe_file.hpp"
#include "tools/trivium/repl/node_path.hpp"
#include "tools/trivium/repl/target.hpp"

namespace trivium::tools::repl {

namespace {

constexpr std::chrono::milliseconds patience{200};
constexpr std::chrono::seconds freshness{2};

/// The value under `key` where it is fresh, else what `ask` says; an answer
/// that did not come is kept too, so that a silent node costs time once.
template <class Kept, class Ask>
auto fresh(std::map<std::string, Kept>& all, const std::string& key, Ask ask) {
  const auto now = std::chrono::steady_clock::now();
  const auto found = all.find(key);
  if (found != all.end() && now - found->second.at < freshness)
    return found->second.value;
  std::erase_if(
    all, [&](const auto& entry) { return now - entry.second.at >= freshness; });
  auto value = ask();
  all.insert_or_assign(key, Kept{std::chrono::steady_clock::now(), value});
  return value;
}

} // namespace

client* node_names::node() {
  if (!link_.is_connected())
    return nullptr;
  const auto found = link_.get();
  return found ? *found : nullptr;
}

std::vector<std::string> node_names::models() {
  return fresh(lists_, "models " + link_.name_space(), [&] {
    std::vector<std::string> names;
    auto* const asked = node();
    const auto list = asked == nullptr ? fail(ec::unavailable, "")
                                       : asked->models({}, 0, {patience, {}});
    if (list)
      for (const auto& summary : list->models)
        names.push_back(summary.model.model);
    return names;
  });
}

model_details node_names::details(const std::string& model) {
  const auto which = parse_target(model, form::model, link_.name_space());
  if (!which)
    return {};
  return fresh(details_, to_string(which->model), [&] {
    auto* const asked = node();
    if (asked == nullptr)
      return model_details{};
    return asked->model(which->model, {patience, {}}).value_or(model_details{});
  });
}

std::vector<std::string> node_names::versions(const std::string& model) {
  std::vector<std::string> names;
  for (const auto& version : details(model).versions)
    names.push_back(to_string(version.version));
  return names;
}

std::vector<std::string> node_names::variants(const std::string& model,
                                              const std::string& version) {
  std::vector<std::string> names;
  for (const auto& variant : details(model).variants)
    if (to_string(variant.version) == version)
      names.push_back(variant.recipe);
  return names;
}

std::vector<std::string> node_names::aliases(const std::string& model) {
  std::vector<std::string> names;
  for (const auto& alias : details(model).aliases)
    names.push_back(alias.alias);
  return names;
}

std::vector<std::string> node_names::jobs() {
  return fresh(lists_, "jobs", [&] {
    std::vector<std::string> names;
    auto* const asked = node();
    const auto list = asked == nullptr ? fail(ec::unavailable, "")
                                       : asked->jobs(100, {patience, {}});
    if (list)
      for (const auto& job : *list)
        names.push_back(job.record.id);
    return names;
  });
}

std::vector<std::string> node_names::recipes() {
  return fresh(lists_, "recipes", [] {
    std::vector<std::string> names;
    for (const auto& recipe : config::list_recipes(config::recipe_folders()))
      names.push_back(recipe.name);
    return names;
  });
}

std::vector<std::string> node_names::paths(const std::string& start) {
  return paths_from(start);
}

} // namespace trivium::tools::repl
