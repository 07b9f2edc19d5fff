#include "tests/support/reference_store.hpp"
#include "tests/unit/metadata/conformance/engine.hpp"

namespace trivium::test {

namespace {

class reference_engine final : public engine {
public:
  std::unique_ptr<storage::metadata_store>
  open(const storage::metadata_options& options) override {
    return std::make_unique<reference_store>(state_, options);
  }

private:
  std::shared_ptr<reference_state> state_ = std::make_shared<reference_state>();
};

} // namespace

std::unique_ptr<engine> new_reference_engine() {
  return std::make_unique<reference_engine>();
}

} // namespace trivium::test
