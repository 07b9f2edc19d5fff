#include "storage/metadata/backup/check.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/metadata/conformance/engine.hpp"

namespace trivium::test {

namespace {

class rocksdb_engine final : public engine {
public:
  std::unique_ptr<storage::metadata_store>
  open(const storage::metadata_options& options) override {
    check();
    return must(storage::metadata_store::open(folder_.path(), options));
  }

private:
  /// Whatever was done to a store, a check of it finds nothing.
  void check() const {
    if (!std::filesystem::exists(folder_ / "rocksdb"))
      return;
    const auto report = must(storage::check_metadata(folder_.path()));
    BOOST_TEST(report.findings == std::vector<std::string>{},
               boost::test_tools::per_element());
  }

  temporary_folder folder_;
};

} // namespace

std::unique_ptr<engine> new_engine() {
  return std::make_unique<rocksdb_engine>();
}

} // namespace trivium::test
