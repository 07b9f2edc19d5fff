#include "config/built_in_recipes.hpp"
#include "config/recipe_file.hpp"
#include "config/text_file.hpp"
#include "messages/values/names.hpp"

#include <cstdlib>
#include <map>

namespace trivium::config {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".yaml";

expected<recipe> load_file(const fs::path& path) {
  TRIVIUM_TRY(const auto text, read_config_file(path));
  return parse_recipe(text, path.string());
}

/// A file that is found by its name must also call itself so.
expected<recipe> load_named(const fs::path& path, std::string_view name) {
  TRIVIUM_TRY(auto made, load_file(path));
  if (made.name != name)
    return fail(ec::invalid_argument, printable(path.string())
                                        + ": the file calls itself \""
                                        + made.name + "\"");
  return made;
}

/// NAME → where it comes from; an empty path: built in.
std::map<std::string, fs::path>
known_recipes(std::span<const fs::path> folders) {
  std::map<std::string, fs::path> known;
  for (const auto& folder : folders) {
    std::error_code error; // a folder that is not there holds no recipes
    for (fs::directory_iterator entry{folder, error}, end;
         !error && entry != end; entry.increment(error)) {
      const auto& path = entry->path();
      if (path.extension() == extension
          && check_name("recipe", path.stem().string()))
        known.emplace(path.stem().string(), path);
    }
  }
  for (const auto& recipe : built_in_recipes())
    known.emplace(recipe.name, fs::path{});
  return known;
}

expected<recipe> load_built_in(std::string_view name) {
  for (const auto& recipe : built_in_recipes())
    if (recipe.name == name)
      return parse_recipe(recipe.yaml, std::string{name} + " (built in)");
  return fail(ec::not_found, "recipe \"" + printable(name) + "\"");
}

expected<recipe> load_known(const std::string& name, const fs::path& path) {
  return path.empty() ? load_built_in(name) : load_named(path, name);
}

error unknown(std::string_view name,
              const std::map<std::string, fs::path>& known) {
  std::vector<std::string> names;
  std::string all;
  for (const auto& [other, path] : known) {
    names.push_back(other);
    all += (all.empty() ? "" : ", ") + other;
  }
  constexpr size_t shown = 64;
  auto text = "unknown recipe \"" + printable(name.substr(0, shown)) + "\"";
  if (const auto near = nearest(name.substr(0, shown), names); !near.empty())
    text += ", did you mean \"" + near + "\"?";
  else
    text += ".";
  return {ec::not_found, text + " Known: " + all};
}

} // namespace

expected<recipe> load_recipe(std::string_view name_or_path,
                             std::span<const fs::path> folders) {
  if (name_or_path.find('/') != std::string_view::npos
      || name_or_path.ends_with(extension))
    return load_file(fs::path{name_or_path});
  const auto known = known_recipes(folders);
  const auto found = known.find(std::string{name_or_path});
  if (found == known.end())
    return fail(unknown(name_or_path, known));
  return load_known(found->first, found->second);
}

std::vector<listed_recipe> list_recipes(std::span<const fs::path> folders) {
  std::vector<listed_recipe> listed;
  for (const auto& [name, path] : known_recipes(folders))
    listed.push_back({name, path.empty() ? "built in" : path.string(),
                      load_known(name, path)});
  return listed;
}

std::vector<fs::path> recipe_folders() {
  std::vector<fs::path> folders;
  if (const auto* text = std::getenv("TRIVIUM_RECIPES")) {
    std::string_view rest{text};
    while (!rest.empty()) {
      const auto colon = rest.find(':');
      if (colon != 0)
        folders.emplace_back(rest.substr(0, colon));
      rest = colon == std::string_view::npos ? std::string_view{}
                                             : rest.substr(colon + 1);
    }
  }
  std::error_code error;
  if (const auto self = fs::read_symlink("/proc/self/exe", error); !error)
    folders.push_back(self.parent_path().parent_path() / "share" / "trivium"
                      / "recipes");
  folders.emplace_back(TRIVIUM_RECIPE_SOURCES);
  return folders;
}

} // namespace trivium::config
