#include "tests/support/reference_store.hpp"
#include "tests/unit/metadata/conformance/engine.hpp"

namespace trivium::test {

std::unique_ptr<engine> new_engine() { return new_reference_engine(); }

} // namespace trivium::test
