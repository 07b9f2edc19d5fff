#include "tools/trivium/repl/fitted_table.hpp"

#include "tools/trivium/terminal.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::tools;
using namespace trivium::tools::repl;

namespace {

fitted_table three_columns() {
  fitted_table table{{{"model", 9}, {"size", 5, true}, {"reason", 1}}};
  table.add({"minilm", "21.2 MB", "the first look at the new one"});
  table.add({"llama", "4.29 GB", ""});
  return table;
}

screen wide(size_t width) {
  screen on;
  on.width = width;
  return on;
}

size_t widest_line(const std::string& text) {
  size_t widest = 0;
  for (size_t start = 0; start < text.size();) {
    const auto end = text.find('\n', start);
    widest = std::max(widest, display_width(text.substr(start, end - start)));
    start = end + 1;
  }
  return widest;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_fitted_table)

BOOST_AUTO_TEST_CASE(is_as_wide_as_its_cells_without_a_terminal) {
  BOOST_TEST(three_columns().text({})
             == "model      size  reason\n"
                "minilm  21.2 MB  the first look at the new one\n"
                "llama   4.29 GB\n");
}

BOOST_AUTO_TEST_CASE(cuts_the_least_important_column_first) {
  BOOST_TEST(three_columns().text(wide(30))
             == "model      size  reason\n"
                "minilm  21.2 MB  the first lo…\n"
                "llama   4.29 GB\n");
}

BOOST_AUTO_TEST_CASE(leaves_columns_out_when_cutting_is_not_enough) {
  BOOST_TEST(three_columns().text(wide(17))
             == "model      size\n"
                "minilm  21.2 MB\n"
                "llama   4.29 GB\n");
  BOOST_TEST(three_columns().text(wide(4)) == "mod…\nmin…\nlla…\n");
}

BOOST_AUTO_TEST_CASE(never_is_wider_than_the_screen) {
  for (size_t width = 1; width < 60; ++width)
    BOOST_TEST(widest_line(three_columns().text(wide(width))) <= width, width);
}

BOOST_AUTO_TEST_CASE(counts_neither_colours_nor_continued_bytes_as_width) {
  fitted_table table{{{"state", 9}, {"next", 8}}};
  table.add({state_cell("Failed"), "größer"});
  table.add({"x", "y"});
  screen on;
  on.is_coloured = true;

  BOOST_TEST(table.text(on)
             == "\x1b[1mstate\x1b[0m   \x1b[1mnext\x1b[0m\n"
                "\x1b[31mFailed\x1b[0m  größer\n"
                "x       y\n");
}

BOOST_AUTO_TEST_CASE(leaves_out_a_column_without_a_value) {
  fitted_table table{{{"a"}, {"empty"}, {"b"}}};
  table.add({"1", "", "2"});

  BOOST_TEST(table.text({}) == "a  b\n1  2\n");
}

BOOST_AUTO_TEST_CASE(without_rows_is_nothing) {
  BOOST_TEST(fitted_table({{"a"}}).text({}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
