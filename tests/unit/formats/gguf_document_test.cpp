#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/unit_test.hpp>

#include <cctype>
#include <sstream>

namespace trivium::test {

namespace {

/// The bytes of the example in docs/formats/gguf.md, up to its padding.
std::string documented_header() {
  std::istringstream document{read(TRIVIUM_SOURCE_DIR "/docs/formats/gguf.md")};
  std::string bytes;
  auto is_inside = false;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("00  47"))
      is_inside = true;
    if (!is_inside || line.starts_with("61  "))
      continue;
    if (line == "```")
      break;
    if (line.starts_with("80  "))
      continue;
    std::istringstream columns{line.substr(4, 48)};
    for (std::string column; columns >> column && column.size() == 2
                             && std::isxdigit(column[0]) != 0;)
      bytes += static_cast<char>(std::stoi(column, nullptr, 16));
  }
  return bytes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gguf_document)

BOOST_AUTO_TEST_CASE(shows_a_header_that_is_one) {
  const temporary_folder folder;
  auto bytes = documented_header();
  BOOST_TEST_REQUIRE(bytes.size() == 0x61u);
  bytes.resize(0x80);

  const auto model = opened(write(folder / "model.gguf", bytes + ramp_f32(32)));

  BOOST_TEST(bytes_of(*model, "q.weight") == ramp_f32(32));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
