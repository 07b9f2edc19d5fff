#include "messages/wire/control.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/wire/samples.hpp"

#include <google/protobuf/stubs/logging.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

using namespace trivium;
using namespace trivium::test;

namespace {

/// Reads bytes as one type of message, and what that gave once more.
struct target {
  std::string bytes; ///< Of a good message.
  std::function<ec(const std::string&)> read;
};

/// Even what protobuf gave up half-way is read: it may be anything.
template <class Value, class... Namespaces>
target target_of(const Value& value, const Namespaces&... namespaces) {
  using message_type = decltype(to_wire(value));
  const auto read = [namespaces...](const std::string& bytes) {
    message_type message;
    static_cast<void>(message.ParseFromString(bytes));
    const auto got = from_wire(message, std::string{namespaces}...);
    if (!got)
      return got.error().code;
    const auto again = to_wire(*got);
    message_type arrived;
    BOOST_TEST(arrived.ParseFromString(again.SerializeAsString()));
    return ec::none;
  };
  return {to_wire(value).SerializeAsString(), read};
}

target failure_target() {
  return {to_wire(error{ec::conflict, "it went wrong"}).SerializeAsString(),
          [](const std::string& bytes) {
            v1::Failure message;
            static_cast<void>(message.ParseFromString(bytes));
            BOOST_TEST(from_wire(message).code != ec::none);
            return ec::none;
          }};
}

std::vector<target> all_targets() {
  return {target_of(a_version()),
          target_of(a_variant()),
          target_of(an_alias()),
          target_of(a_job()),
          target_of(an_event()),
          target_of(an_identity()),
          target_of(a_node()),
          target_of(a_lane()),
          target_of(a_device()),
          target_of(an_actor()),
          target_of(some_garbage()),
          target_of(model_list{{a_summary(), a_summary()}, true}),
          target_of(some_details()),
          target_of(history_list{{a_history_entry()}, true}),
          target_of(a_lineage_entry()),
          target_of(a_resolved_alias()),
          target_of(a_promoted_alias()),
          target_of(a_registered_version()),
          target_of(a_promotion(), "team"),
          target_of(a_rollback(), "team"),
          target_of(a_lineage_query(), "team"),
          target_of(a_job_request()),
          target_of(a_golden_request()),
          target_of(a_job_status()),
          target_of(some_job_details()),
          target_of(a_quantize_report()),
          target_of(a_pipeline_report()),
          target_of(a_golden_report()),
          failure_target()};
}

/// One to four bytes changed, dropped or put in, or the end cut off.
std::string mutated(std::string bytes, std::mt19937& random) {
  const auto times = 1 + random() % 4;
  for (unsigned i = 0; i < times && !bytes.empty(); ++i) {
    const auto at = random() % bytes.size();
    switch (random() % 8) {
    case 0:
      bytes.erase(at, 1 + random() % 4);
      break;
    case 1:
      bytes.insert(at, 1 + random() % 4, static_cast<char>(random()));
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      break;
    case 4: // A stretch of itself, somewhere else.
      bytes.insert(random() % bytes.size(),
                   bytes.substr(at, 1 + random() % 64));
      break;
    default:
      bytes[at] = static_cast<char>(random());
    }
  }
  return bytes;
}

bool is_allowed(ec code) {
  return code == ec::none || code == ec::invalid_argument
         || code == ec::data_loss || code == ec::unsupported;
}

} // namespace

BOOST_AUTO_TEST_SUITE(bytes_of_a_stranger)

BOOST_AUTO_TEST_CASE(are_read_as_they_stand) {
  for (const auto& one : all_targets())
    BOOST_TEST(one.read(one.bytes) == ec::none);
}

BOOST_AUTO_TEST_CASE(do_no_harm_in_20000_mutations) {
  constexpr uint32_t seed = 20'261'123;
  std::mt19937 random{seed};
  const google::protobuf::LogSilencer no_lines_about_utf8;
  const auto targets = all_targets();
  size_t refused = 0;

  for (int round = 0; round < 20'000; ++round) {
    const auto& one = targets[static_cast<size_t>(round) % targets.size()];
    BOOST_TEST_CONTEXT("seed " << seed << ", round " << round) {
      const auto code = one.read(mutated(one.bytes, random));
      BOOST_TEST(is_allowed(code));
      refused += code == ec::none ? 0 : 1;
    }
  }

  // Neither all nor nothing: the mutations reach the checks behind the parser.
  BOOST_TEST(refused > 2'000u);
  BOOST_TEST(refused < 18'000u);
}

BOOST_AUTO_TEST_CASE(of_one_message_are_no_other_but_do_no_harm) {
  const google::protobuf::LogSilencer no_lines_about_utf8;
  const auto targets = all_targets();
  for (const auto& one : targets)
    for (const auto& other : targets)
      BOOST_TEST(is_allowed(one.read(other.bytes)));
}

BOOST_AUTO_TEST_CASE(that_are_none_do_no_harm) {
  for (const auto& one : all_targets())
    BOOST_TEST(is_allowed(one.read({})));
}

BOOST_AUTO_TEST_SUITE_END()
