#include "tools/trivium/backup_report.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::tools;

namespace {

store_check damaged() {
  store_check report;
  report.folder = "/srv/store";
  report.head = 10;
  report.looked_at = {"13 values"};
  report.findings = {"change 4: cut \x1b[31m"};
  report.found = 3;
  report.missing = {"aa", "bb"};
  report.missing_blobs = 2;
  return report;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_check_is_told)

BOOST_AUTO_TEST_CASE(with_what_was_looked_at_and_found) {
  BOOST_TEST(text_of(damaged())
             == "store /srv/store at revision 10\n"
                "  13 values\n"
                "  3 findings:\n"
                "    change 4: cut \\x1b[31m\n"
                "    and 2 more\n"
                "  2 missing blobs:\n"
                "    aa\n"
                "    bb\n");
}

BOOST_AUTO_TEST_CASE(in_a_line_that_says_what_to_do) {
  BOOST_TEST(summary_of(damaged())
             == "/srv/store: 3 findings, it is damaged: restore a backup; 2 "
                "blobs are missing: copy the folder \"blobs\" of the store "
                "that was backed up");
}

BOOST_AUTO_TEST_CASE(as_whole_where_nothing_was_found) {
  store_check report;
  report.folder = "/backups/a";
  report.is_backup = true;
  report.head = 1;

  BOOST_TEST(text_of(report) == "backup /backups/a at revision 1\nwhole\n");
  BOOST_TEST(summary_of(report) == "");
}

BOOST_AUTO_TEST_CASE(to_programs_with_all_of_it) {
  BOOST_TEST(json_of(damaged())
             == R"({"folder":"/srv/store","is_backup":false,"revision":10,)"
                R"("is_whole":false,"looked_at":["13 values"],"found":3,)"
                R"("findings":["change 4: cut \\x1b[31m"],"missing_blobs":2,)"
                R"("missing":["aa","bb"]})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_backup_is_told)

BOOST_AUTO_TEST_CASE(with_its_size_and_what_it_lacks) {
  const backup_summary made{"/backups/a", 258, 5, 7, 21'200'000};

  BOOST_TEST(text_of_backup(made)
             == "revision 258 backed up to /backups/a: 7 files, 21.2 MB\n"
                "The store's blobs are not part of it: copy its folder "
                "\"blobs\" after this.\n");
  BOOST_TEST(json_of(made)
             == R"({"folder":"/backups/a","revision":258,"made_at_ms":5,)"
                R"("files":7,"bytes":21200000})");
}

BOOST_AUTO_TEST_SUITE_END()
