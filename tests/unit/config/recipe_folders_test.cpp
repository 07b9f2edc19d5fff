#include "config/recipe_file.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace trivium;
using namespace trivium::config;
using trivium::test::temporary_folder;

namespace {

/// A file of `folder` that holds `text`.
std::filesystem::path written(const temporary_folder& folder,
                              const std::string& name,
                              const std::string& text) {
  test::fill(folder / name, text);
  return folder / name;
}

using folders = std::vector<std::filesystem::path>;

std::string recipe_named(std::string_view name) {
  return "name: " + std::string{name}
         + "\ndescription: from a file\n"
           "targets:\n- format: gguf\n  rules:\n"
           "  - {name: \"*\", action: q8_0}\n";
}

const listed_recipe* find(const std::vector<listed_recipe>& listed,
                          std::string_view name) {
  const auto found =
    std::find_if(listed.begin(), listed.end(),
                 [&](const auto& entry) { return entry.name == name; });
  return found == listed.end() ? nullptr : &*found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(finding_recipes)

BOOST_AUTO_TEST_CASE(stock_recipes_need_no_folder) {
  BOOST_TEST(load_recipe("int8", {})->name == "int8");
  BOOST_TEST(load_recipe("q8_0", {})->name == "q8_0");
}

BOOST_AUTO_TEST_CASE(a_file_wins_over_the_stock_recipe) {
  const temporary_folder folder;
  written(folder, "int8.yaml", recipe_named("int8"));

  BOOST_TEST(load_recipe("int8", folders{folder.path()})->description
             == "from a file");
}

BOOST_AUTO_TEST_CASE(the_first_folder_wins) {
  const temporary_folder first;
  const temporary_folder second;
  written(first, "mine.yaml", recipe_named("mine"));
  written(second, "mine.yaml", "broken: [");

  BOOST_TEST(
    load_recipe("mine", folders{first.path(), second.path()}).has_value());
}

BOOST_AUTO_TEST_CASE(an_unknown_name_suggests_the_nearest) {
  const auto refused = load_recipe("int9", {});

  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ec::not_found));
  BOOST_TEST(refused.error().text
             == "unknown recipe \"int9\", did you mean \"int8\"? Known: int8, "
                "q8_0");
}

BOOST_AUTO_TEST_CASE(a_hostile_name_is_refused_printably) {
  const auto refused = load_recipe("\x1b[2J" + std::string(100'000, 'x'), {});

  BOOST_TEST(refused.error().text.size() < 200u);
  BOOST_TEST(refused.error().text.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_path_is_read_as_it_is) {
  const temporary_folder folder;
  const auto file = written(folder, "any name.yaml", recipe_named("mine"));

  BOOST_TEST(load_recipe(file.string(), {})->name == "mine");
  BOOST_TEST((load_recipe((folder.path() / "none").string(), {}).error().code
              == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_file_must_call_itself_by_its_name) {
  const temporary_folder folder;
  written(folder, "mine.yaml", recipe_named("other"));

  const auto refused = load_recipe("mine", folders{folder.path()});

  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().text.ends_with("calls itself \"other\""));
}

BOOST_AUTO_TEST_CASE(a_list_shows_broken_files_beside_good_ones) {
  const temporary_folder folder;
  written(folder, "broken.yaml", "name: [");
  written(folder, "good.yaml", recipe_named("good"));
  written(folder, "notes.txt", "no recipe");
  written(folder, ".hidden.yaml", "no recipe");

  const auto listed = list_recipes(folders{folder.path()});

  BOOST_TEST(listed.size() == 4u); // and the two that are built in
  BOOST_REQUIRE(find(listed, "broken") != nullptr);
  BOOST_TEST(!find(listed, "broken")->content.has_value());
  BOOST_REQUIRE(find(listed, "good") != nullptr);
  BOOST_TEST(find(listed, "good")->content.has_value());
  BOOST_TEST(find(listed, "int8")->origin == "built in");
}

BOOST_AUTO_TEST_CASE(a_missing_folder_holds_no_recipes) {
  const temporary_folder folder;

  BOOST_TEST(list_recipes(folders{folder.path() / "none"}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_environment_names_folders_first) {
  ::setenv("TRIVIUM_RECIPES", "/one::/two", 1);

  const auto found = recipe_folders();

  ::unsetenv("TRIVIUM_RECIPES");
  BOOST_REQUIRE(found.size() > 3u);
  BOOST_TEST(found[0] == "/one");
  BOOST_TEST(found[1] == "/two");
}

BOOST_AUTO_TEST_CASE(the_source_tree_is_searched_last) {
  BOOST_TEST(recipe_folders().back()
             == std::filesystem::path{TRIVIUM_SOURCE_DIR} / "config/recipes");
}

BOOST_AUTO_TEST_SUITE_END()
