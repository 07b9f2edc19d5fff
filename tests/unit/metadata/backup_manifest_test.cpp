#include "messages/values/sha256.hpp"
#include "storage/metadata/backup/backup_manifest.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;
using storage::backup_manifest;
using storage::decode_backup_manifest;

namespace {

backup_manifest some_manifest() {
  return {2,
          258,
          1'763'644'327'892,
          {{"rocksdb/000012.sst", 1234, sha256("one")},
           {"rocksdb/CURRENT", 16, sha256("two")}}};
}

/// Text as a manifest's, with the checksum that it needs.
std::string signed_text(const std::string& lines) {
  const auto text = "trivium metadata backup 1\n" + lines;
  return text + "sha256 " + to_string(sha256(text)) + "\n";
}

const std::string head_lines = "format 2\nhead 258\ntime 5\n";

std::string file_line(const std::string& path, const std::string& size = "1") {
  return "file " + to_string(sha256("")) + " " + size + " " + path + "\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(backup_manifests)

BOOST_AUTO_TEST_CASE(read_what_was_written) {
  const auto manifest = some_manifest();

  const auto read = must(decode_backup_manifest(encode(manifest)));

  BOOST_TEST((read == manifest));
  BOOST_TEST(read.size_bytes() == 1250u);
}

BOOST_AUTO_TEST_CASE(look_as_the_documentation_says) {
  auto manifest = some_manifest();
  manifest.files = {{"rocksdb/CURRENT", 16, sha256("MANIFEST-000005\n")}};

  BOOST_TEST(
    encode(manifest)
    == "trivium metadata backup 1\n"
       "format 2\n"
       "head 258\n"
       "time 1763644327892\n"
       "file "
       "9c283f6e81028b9eb0760d918ee4bc0aa256ed3b926393c1734c760c4bd724fd 16 "
       "rocksdb/CURRENT\n"
       "sha256 "
       "5b772acf08b9592f65cd8ddbbe6dbbb4ea59740ba2db2579532bc99c4c224992\n");
}

BOOST_AUTO_TEST_CASE(name_nothing_outside_their_folder) {
  for (const std::string path :
       {"../head", "rocksdb/../../x", "rocksdb/..", "rocksdb/.", "rocksdb/",
        "/etc/passwd", "rocksdb/a/b", "rocksdb//etc", "other/CURRENT", "",
        "rocksdb/a b", "rocksdb/\x01", "rocksdb/caf\xc3\xa9"})
    BOOST_TEST(
      code(decode_backup_manifest(signed_text(head_lines + file_line(path))))
        == ec::data_loss,
      path);
}

BOOST_AUTO_TEST_CASE(refuse_numbers_that_are_none) {
  for (const std::string size :
       {"", "-1", "+1", "0x1", "1.0", " 1", "18446744073709551616"})
    BOOST_TEST(code(decode_backup_manifest(
                 signed_text(head_lines + file_line("rocksdb/CURRENT", size))))
                 == ec::data_loss,
               "\"" << size << "\"");
}

BOOST_AUTO_TEST_CASE(refuse_a_file_named_twice_or_out_of_order) {
  const auto one = file_line("rocksdb/a");
  const auto two = file_line("rocksdb/b");

  BOOST_TEST(code(decode_backup_manifest(signed_text(head_lines + one + two)))
             == ec::none);
  BOOST_TEST(code(decode_backup_manifest(signed_text(head_lines + one + one)))
             == ec::data_loss);
  BOOST_TEST(code(decode_backup_manifest(signed_text(head_lines + two + one)))
             == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuse_sizes_that_add_up_to_more_than_fits) {
  const auto size = "18446744073709551615";

  BOOST_TEST(code(decode_backup_manifest(
               signed_text(head_lines + file_line("rocksdb/a", size)
                           + file_line("rocksdb/b", size))))
             == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuse_lines_that_are_missing_or_too_many) {
  for (const std::string lines :
       {"", "format 2\n", "format 2\nhead 258\n", "format2\nhead 258\ntime 5\n",
        "format 2\nhead x\ntime 5\n", "head 258\nformat 2\ntime 5\n",
        "format 2\nhead 258\ntime 5\nmore\n",
        "format 2\nhead 258\ntime 5\nfile\n"})
    BOOST_TEST(
      code(decode_backup_manifest(signed_text(lines))) == ec::data_loss, lines);
}

BOOST_AUTO_TEST_CASE(refuse_whatever_follows_their_end) {
  BOOST_TEST(code(decode_backup_manifest(encode(some_manifest()) + "\n"))
             == ec::data_loss);
  const auto text = encode(some_manifest());
  BOOST_TEST(code(decode_backup_manifest(text.substr(0, text.size() - 1)))
             == ec::data_loss);
}

BOOST_AUTO_TEST_SUITE_END()
