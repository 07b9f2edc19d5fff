#include "tools/trivium/repl/tree.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium::tools::repl;

namespace {

/// The drawing, a line a node: its branch and its id.
std::string drawn(const std::vector<tree_node>& nodes) {
  std::string text;
  for (const auto& [index, branch] : tree_rows(nodes))
    text += branch + std::to_string(nodes[index].id) + "\n";
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_tree)

BOOST_AUTO_TEST_CASE(draws_children_below_their_parents) {
  BOOST_TEST(drawn({{1, 0}, {2, 1}, {3, 1}, {4, 2}, {5, 2}, {6, 3}})
             == "1\n"
                "├─ 2\n"
                "│  ├─ 4\n"
                "│  └─ 5\n"
                "└─ 3\n"
                "   └─ 6\n");
}

BOOST_AUTO_TEST_CASE(takes_children_that_come_before_their_parents) {
  BOOST_TEST(drawn({{3, 2}, {2, 1}, {1, 0}}) == "1\n└─ 2\n   └─ 3\n");
}

BOOST_AUTO_TEST_CASE(makes_a_root_of_what_has_no_known_parent) {
  BOOST_TEST(drawn({{1, 0}, {7, 99}, {8, 8}}) == "1\n7\n8\n");
}

BOOST_AUTO_TEST_CASE(draws_each_once_where_they_go_in_a_circle) {
  BOOST_TEST(drawn({{1, 2}, {2, 1}}) == "1\n└─ 2\n");
  BOOST_TEST(tree_rows(std::vector<tree_node>{{1, 0}, {1, 0}, {2, 1}}).size()
             == 3u);
}

BOOST_AUTO_TEST_CASE(may_be_a_very_long_chain) {
  std::vector<tree_node> chain;
  for (uint64_t id = 1; id <= 3000; ++id)
    chain.push_back({id, id - 1});

  BOOST_TEST(tree_rows(chain).size() == 3000u);
}

BOOST_AUTO_TEST_SUITE_END()
