#include "actors/gateway/frame_filter.hpp"
#include "tests/unit/gateway/basp_frames.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

using namespace trivium::test;
using trivium::actors::frame_filter;

namespace {

constexpr uint32_t limit = 4096;
constexpr uint64_t gateway = 77;

/// What a filter made of some bytes.
struct judged {
  std::string passed;
  std::string refusal; ///< Empty: none.
};

frame_filter session_filter() {
  frame_filter filter{limit};
  std::string out;
  BOOST_TEST_REQUIRE(filter.feed(client_handshake(), out));
  filter.permit(gateway);
  return filter;
}

judged fed(frame_filter filter, const std::string& bytes) {
  judged result;
  if (!filter.feed(bytes, result.passed))
    result.refusal = filter.refusal();
  return result;
}

/// What follows a handshake in a session whose gateway is known.
judged in_session(const std::string& bytes) {
  return fed(session_filter(), bytes);
}

bool is_swallowed(const std::string& frame) {
  const auto after = heartbeat();
  const auto result = in_session(frame + after);
  return result.refusal.empty() && result.passed == after;
}

bool is_passed(const std::string& frame) {
  const auto result = in_session(frame);
  return result.refusal.empty() && result.passed == frame;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_frame_filter)

BOOST_AUTO_TEST_CASE(passes_a_session_unchanged) {
  const auto session = client_handshake() + heartbeat()
                       + message_to(gateway, "a request") + client_handshake()
                       + message_to(gateway, "another") + heartbeat();
  frame_filter filter{limit};
  filter.permit(gateway);

  const auto result = fed(filter, session);

  BOOST_TEST(result.refusal == "");
  BOOST_TEST(result.passed == session);
}

BOOST_AUTO_TEST_CASE(decides_alike_wherever_the_bytes_are_split) {
  const auto swallowed = message_to(1, "not for the gateway");
  const auto session = client_handshake() + swallowed
                       + message_to(gateway, "a request") + heartbeat();
  auto wanted = session;
  wanted.erase(client_handshake().size(), swallowed.size());

  for (size_t at = 0; at <= session.size(); ++at) {
    frame_filter filter{limit};
    filter.permit(gateway);
    std::string out;
    BOOST_TEST_REQUIRE(
      filter.feed(std::string_view{session}.substr(0, at), out));
    BOOST_TEST_REQUIRE(filter.feed(std::string_view{session}.substr(at), out));
    BOOST_TEST_REQUIRE(out == wanted);
  }
}

BOOST_AUTO_TEST_CASE(takes_single_bytes) {
  const auto session = client_handshake() + message_to(gateway, "a request");
  frame_filter filter{limit};
  filter.permit(gateway);
  std::string out;

  for (const char byte : session)
    BOOST_TEST_REQUIRE(filter.feed({&byte, 1}, out));

  BOOST_TEST(out == session);
}

BOOST_AUTO_TEST_CASE(passes_nothing_of_a_frame_before_its_last_byte) {
  const auto frame = message_to(gateway, std::string(1000, 'x'));
  auto filter = session_filter();
  std::string out;

  BOOST_TEST(
    filter.feed(std::string_view{frame}.substr(0, frame.size() - 1), out));
  BOOST_TEST(out == "");
  BOOST_TEST(filter.held_bytes() == frame.size() - 1);

  BOOST_TEST(
    filter.feed(std::string_view{frame}.substr(frame.size() - 1), out));
  BOOST_TEST(out == frame);
  BOOST_TEST(filter.held_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(holds_no_more_than_was_sent_of_an_announced_length) {
  auto filter = session_filter();
  std::string out;

  BOOST_TEST(filter.feed(
    basp_frame{.destination = gateway, .announced = limit}.bytes(), out));

  BOOST_TEST(filter.held_bytes() == 32u);
}

// --- the handshake
// ------------------------------------------------------------

BOOST_DATA_TEST_CASE(wants_the_handshake_first,
                     boost::unit_test::data::xrange(0, 256), operation) {
  if (operation == 1)
    return;
  const basp_frame frame{.operation = static_cast<uint8_t>(operation),
                         .payload = "payload"};
  const auto result = fed(frame_filter{limit}, frame.bytes());

  BOOST_TEST(result.refusal == "the first frame is no client handshake");
  BOOST_TEST(result.passed == "");
}

BOOST_AUTO_TEST_CASE(has_greeted_after_the_whole_handshake) {
  const auto frame = client_handshake("a node id");
  frame_filter filter{limit};
  std::string out;

  BOOST_TEST(
    filter.feed(std::string_view{frame}.substr(0, frame.size() - 1), out));
  BOOST_TEST(!filter.has_greeted());
  BOOST_TEST(
    filter.feed(std::string_view{frame}.substr(frame.size() - 1), out));
  BOOST_TEST(filter.has_greeted());
  BOOST_TEST(filter.handshake() == "a node id");
}

BOOST_AUTO_TEST_CASE(passes_the_same_handshake_again) {
  BOOST_TEST(is_passed(client_handshake()));
}

BOOST_AUTO_TEST_CASE(refuses_another_handshake) {
  const auto result = in_session(client_handshake("another node id"));

  BOOST_TEST(result.refusal == "a second handshake that differs");
  BOOST_TEST(result.passed == "");
}

// --- lengths
// --------------------------------------------------------------------

BOOST_DATA_TEST_CASE(refuses_a_frame_without_its_payload,
                     boost::unit_test::data::make({1, 2, 4, 5}), operation) {
  const basp_frame frame{.operation = static_cast<uint8_t>(operation),
                         .destination = gateway};

  BOOST_TEST(in_session(frame.bytes()).refusal
             == "a frame without its payload");
}

BOOST_AUTO_TEST_CASE(refuses_a_handshake_without_its_payload) {
  BOOST_TEST(
    fed(frame_filter{limit}, basp_frame{.operation = 1}.bytes()).refusal
    == "a frame without its payload");
}

BOOST_AUTO_TEST_CASE(passes_a_frame_of_the_largest_length) {
  BOOST_TEST(is_passed(message_to(gateway, std::string(limit, 'x'))));
}

BOOST_DATA_TEST_CASE(refuses_a_larger_frame_by_its_header,
                     boost::unit_test::data::make<int64_t>(
                       {limit + 1, 16 << 20, 1 << 30, 0x7fff'ffff, 0x8000'0000,
                        0xffff'ffff}),
                     length) {
  const basp_frame frame{.destination = gateway, .announced = length};

  BOOST_TEST(in_session(frame.bytes()).refusal
             == "a frame larger than the limit");
}

BOOST_AUTO_TEST_CASE(refuses_a_heartbeat_with_a_payload) {
  BOOST_TEST(
    in_session(basp_frame{.operation = 6, .payload = "x"}.bytes()).refusal
    == "a heartbeat with a payload");
}

// --- operations
// -----------------------------------------------------------------

BOOST_DATA_TEST_CASE(refuses_operations_that_no_client_needs,
                     boost::unit_test::data::xrange(0, 256), operation) {
  if (operation == 1 || operation == 2 || (operation >= 4 && operation <= 6))
    return;
  const basp_frame frame{.operation = static_cast<uint8_t>(operation),
                         .destination = gateway,
                         .payload = "payload"};
  const auto result = in_session(frame.bytes());

  BOOST_TEST(result.refusal == "an operation that no client needs");
  BOOST_TEST(result.passed == "");
}

BOOST_AUTO_TEST_CASE(passes_down_messages) {
  BOOST_TEST(is_passed(
    basp_frame{.operation = 5, .source = 9, .payload = "why"}.bytes()));
}

BOOST_DATA_TEST_CASE(refuses_stream_messages,
                     boost::unit_test::data::make<uint64_t>({2, 3}), category) {
  const basp_frame frame{
    .data = category << 60 | 5, .destination = gateway, .payload = "payload"};

  BOOST_TEST(in_session(frame.bytes()).refusal == "a stream message");
}

BOOST_AUTO_TEST_CASE(refuses_stream_messages_for_others_too) {
  for (const auto flags : {uint8_t{0}, uint8_t{1}}) {
    const basp_frame frame{.flags = flags,
                           .data = uint64_t{1} << 61,
                           .destination = gateway + 1,
                           .payload = "payload"};
    BOOST_TEST(in_session(frame.bytes()).refusal == "a stream message");
  }
}

BOOST_DATA_TEST_CASE(passes_requests_answers_and_plain_messages,
                     boost::unit_test::data::make<uint64_t>(
                       {0, 1, 1ull << 60, 1ull << 62, 1ull << 63,
                        1ull << 63 | 1ull << 62 | 12}),
                     id) {
  BOOST_TEST(is_passed(
    basp_frame{.data = id, .destination = gateway, .payload = "x"}.bytes()));
}

// --- who may be addressed
// -------------------------------------------------------

BOOST_DATA_TEST_CASE(swallows_messages_for_anyone_else,
                     boost::unit_test::data::make<uint64_t>(
                       {0, 1, gateway - 1, gateway + 1, gateway << 8,
                        gateway << 32, gateway | 1ull << 63, ~0ull}),
                     actor) {
  BOOST_TEST(is_swallowed(message_to(actor)));
  BOOST_TEST(is_swallowed(
    basp_frame{.operation = 4, .destination = actor, .payload = "x"}.bytes()));
}

BOOST_AUTO_TEST_CASE(passes_the_wish_to_monitor_the_gateway) {
  BOOST_TEST(
    is_passed(basp_frame{.operation = 4, .destination = gateway, .payload = "x"}
                .bytes()));
}

BOOST_DATA_TEST_CASE(swallows_messages_to_a_name,
                     boost::unit_test::data::make({1, 3, 0x81, 0xff}), flags) {
  BOOST_TEST(is_swallowed(basp_frame{.flags = static_cast<uint8_t>(flags),
                                     .destination = gateway,
                                     .payload = "x"}
                            .bytes()));
}

BOOST_AUTO_TEST_CASE(swallows_every_message_before_the_gateway_is_known) {
  frame_filter filter{limit};
  std::string out;

  BOOST_TEST(filter.feed(client_handshake() + message_to(0) + message_to(1)
                           + message_to(gateway),
                         out));

  BOOST_TEST(out == client_handshake());
}

BOOST_AUTO_TEST_CASE(swallows_large_frames_too) {
  const auto frame = message_to(1, std::string(limit, 'x'));
  BOOST_TEST(is_swallowed(frame));
  BOOST_TEST(is_swallowed(frame + frame + frame));
}

// --- inputs nobody thought of
// ---------------------------------------------------

BOOST_AUTO_TEST_CASE(passes_only_whole_allowed_frames_of_random_bytes) {
  const auto seed = std::random_device{}();
  std::mt19937 random{seed};
  const auto any = [&](uint64_t below) {
    return std::uniform_int_distribution<uint64_t>{0, below - 1}(random);
  };
  BOOST_TEST_CONTEXT("seed " << seed) for (int i = 0; i < 20'000; ++i) {
    std::string session = client_handshake();
    for (uint64_t frames = any(6); frames > 0; --frames)
      session +=
        basp_frame{.operation = static_cast<uint8_t>(any(8)),
                   .flags = static_cast<uint8_t>(any(4)),
                   .data = any(8) << 60,
                   .destination = gateway - 1 + any(3),
                   .payload = std::string_view{"payload"}.substr(any(8))}
          .bytes();
    for (uint64_t changes = any(4); changes > 0; --changes)
      session[any(session.size())] = static_cast<char>(any(256));

    frame_filter filter{limit};
    filter.permit(gateway);
    std::string out;
    for (std::string_view left = session; !left.empty();) {
      const auto part = left.substr(0, 1 + any(left.size()));
      left.remove_prefix(part.size());
      if (!filter.feed(part, out))
        break;
    }

    // What passed is a session that is passed again, whole and unchanged.
    frame_filter again{limit};
    again.permit(gateway);
    std::string same;
    BOOST_TEST_REQUIRE(again.feed(out, same));
    BOOST_TEST_REQUIRE(again.held_bytes() == 0u);
    BOOST_TEST_REQUIRE(same == out);
    BOOST_TEST_REQUIRE(filter.held_bytes() <= limit + 32);
  }
}

BOOST_AUTO_TEST_SUITE_END()
