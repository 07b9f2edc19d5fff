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
const std::string node = node_id(2);
const std::string both = node_id(1) + node; ///< As frames name them.
/// "The actor ended": a code, a category, no text.
const std::string reason{"\x04\0\0\0\0\x0f\xab\xdb\xb9\0\0\x03@<>", 15};

/// What a filter made of some bytes.
struct judged {
  std::string passed;
  std::string refusal; ///< Empty: none.
  size_t held = 0;
};

frame_filter session_filter() {
  frame_filter filter{limit};
  std::string out;
  BOOST_TEST_REQUIRE(filter.feed(client_handshake(), out));
  BOOST_TEST_REQUIRE(filter.permit(gateway, node));
  return filter;
}

judged fed(frame_filter filter, const std::string& bytes) {
  judged result;
  if (!filter.feed(bytes, result.passed))
    result.refusal = filter.refusal();
  result.held = filter.held_bytes();
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
  return result.refusal.empty() && result.passed == frame && result.held == 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_frame_filter)

BOOST_AUTO_TEST_CASE(passes_a_session_unchanged) {
  BOOST_TEST(is_passed(
    heartbeat() + message_to(gateway) + client_handshake()
    + basp_frame{.operation = 4, .destination = gateway, .payload = both}
        .bytes()
    + message_to(gateway) + heartbeat()
    + basp_frame{.operation = 5, .source = 6, .payload = both + reason}
        .bytes()));
}

BOOST_AUTO_TEST_CASE(decides_alike_wherever_the_bytes_are_split) {
  const auto kept = message_to(gateway) + heartbeat();
  const auto session = message_to(1) + kept;

  for (size_t at = 0; at <= session.size(); ++at) {
    auto filter = session_filter();
    std::string out;
    BOOST_TEST_REQUIRE(
      filter.feed(std::string_view{session}.substr(0, at), out));
    BOOST_TEST_REQUIRE(filter.feed(std::string_view{session}.substr(at), out));
    BOOST_TEST_REQUIRE(out == kept);
  }
}

BOOST_AUTO_TEST_CASE(takes_single_bytes) {
  const auto session = client_handshake() + heartbeat() + client_handshake();
  frame_filter filter{limit};
  std::string out;

  for (const char byte : session)
    BOOST_TEST_REQUIRE(filter.feed({&byte, 1}, out));

  BOOST_TEST(out == session);
}

BOOST_AUTO_TEST_CASE(passes_nothing_of_a_frame_before_its_last_byte) {
  const auto frame = message_to(gateway, request_payload(1000));
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

// --- the handshake -----------------------------------------------------------

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
  const auto frame = client_handshake();
  frame_filter filter{limit};
  std::string out;

  BOOST_TEST(
    filter.feed(std::string_view{frame}.substr(0, frame.size() - 1), out));
  BOOST_TEST(!filter.has_greeted());
  BOOST_TEST(
    filter.feed(std::string_view{frame}.substr(frame.size() - 1), out));
  BOOST_TEST(filter.has_greeted());
  BOOST_TEST(filter.handshake() == node_id(1));
}

BOOST_AUTO_TEST_CASE(passes_the_same_handshake_again) {
  BOOST_TEST(is_passed(client_handshake()));
}

BOOST_AUTO_TEST_CASE(refuses_another_handshake) {
  const auto result = in_session(client_handshake(node_id(3)));

  BOOST_TEST(result.refusal == "a second handshake that differs");
  BOOST_TEST(result.passed == "");
}

/// One node id has one form, or two clients could have the same one.
BOOST_AUTO_TEST_CASE(refuses_a_handshake_that_is_no_node_id) {
  auto other_kind = node_id(1);
  other_kind[7] = 'x';
  for (const auto& payload :
       {std::string{"x"}, node_id(1) + '\0', node_id(1).substr(1), other_kind,
        std::string(32, '\0'), std::string(limit, 'x')})
    BOOST_TEST(fed(frame_filter{limit}, client_handshake(payload)).refusal
               == "a handshake without a node id");
}

BOOST_AUTO_TEST_CASE(refuses_a_client_that_says_it_is_the_node) {
  frame_filter filter{limit};
  std::string out;
  BOOST_TEST_REQUIRE(filter.feed(client_handshake(node), out));

  BOOST_TEST(!filter.permit(gateway, node));
}

// --- lengths -----------------------------------------------------------------

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
  const auto largest = request_payload(limit - 30);
  BOOST_TEST_REQUIRE(largest.size() == limit);

  BOOST_TEST(is_passed(message_to(gateway, largest)));
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

// --- operations --------------------------------------------------------------

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

// --- what may be said to whom ------------------------------------------------

BOOST_DATA_TEST_CASE(passes_requests_of_any_number_and_plain_messages,
                     boost::unit_test::data::make<uint64_t>(
                       {0, 1, 1ull << 60, 1ull << 62, request_id}),
                     id) {
  BOOST_TEST(is_passed(
    basp_frame{.data = id, .destination = gateway, .payload = request_payload()}
      .bytes()));
}

BOOST_AUTO_TEST_CASE(swallows_answers_to_what_nobody_asked) {
  BOOST_TEST(is_swallowed(basp_frame{.data = 1ull << 63 | request_id,
                                     .destination = gateway,
                                     .payload = request_payload()}
                            .bytes()));
}

BOOST_DATA_TEST_CASE(swallows_messages_for_anyone_else,
                     boost::unit_test::data::make<uint64_t>(
                       {0, 1, gateway - 1, gateway + 1, gateway << 8,
                        gateway << 32, gateway | 1ull << 63, ~0ull}),
                     actor) {
  BOOST_TEST(is_swallowed(message_to(actor)));
  BOOST_TEST(is_swallowed(
    basp_frame{.operation = 4, .destination = actor, .payload = both}.bytes()));
}

BOOST_DATA_TEST_CASE(swallows_messages_to_a_name,
                     boost::unit_test::data::make({1, 3, 0x81, 0xff}), flags) {
  BOOST_TEST(is_swallowed(basp_frame{.flags = static_cast<uint8_t>(flags),
                                     .destination = gateway,
                                     .payload = request_payload()}
                            .bytes()));
}

/// Exits, links, handles of actors, in-process types: CAF reads none of it.
BOOST_AUTO_TEST_CASE(swallows_messages_that_are_no_request) {
  const auto request = request_payload();
  const auto named = [](std::string_view type) {
    return std::string(3, '\0') + static_cast<char>(type.size())
           + std::string{type} + "content";
  };
  for (const auto& payload :
       {named("@<>+@exit"), named("@<>+@atom+@strong_actor_ptr"),
        named("@<>+trivium::envelope"), named("@<>+trivium::client_task"),
        named("@<>+trivium::v1::Request+@strong_actor_ptr"), named("@<>"),
        named("@<>+trivium::v1::Reques"), '\1' + request.substr(1),
        '\0' + request, request.substr(1), request.substr(0, 27)})
    BOOST_TEST(is_swallowed(message_to(gateway, payload)));
}

BOOST_AUTO_TEST_CASE(passes_the_wish_to_monitor_the_gateway) {
  BOOST_TEST(is_passed(
    basp_frame{.operation = 4, .destination = gateway, .payload = both}
      .bytes()));
}

BOOST_AUTO_TEST_CASE(passes_the_end_of_a_clients_actor) {
  BOOST_TEST(is_passed(
    basp_frame{.operation = 5, .source = 6, .payload = both + reason}.bytes()));
}

/// CAF would forward it, or end a proxy of another client's actor.
BOOST_AUTO_TEST_CASE(swallows_what_names_another_node) {
  for (const auto& nodes :
       {node_id(3) + node, node_id(1) + node_id(3), node + node_id(1),
        node + node, node_id(3) + node_id(3), node_id(1), std::string{"x"}}) {
    BOOST_TEST(is_swallowed(
      basp_frame{.operation = 4, .destination = gateway, .payload = nodes}
        .bytes()));
    const auto end = nodes + reason;
    BOOST_TEST(is_swallowed(
      basp_frame{.operation = 5, .source = 6, .payload = end}.bytes()));
  }
}

BOOST_AUTO_TEST_CASE(swallows_an_end_with_more_than_a_reason) {
  for (const auto& payload :
       {both, both + reason + "x", both + reason.substr(0, 14),
        both + reason.substr(0, 9) + std::string{"\0\0\x03@<?", 6}})
    BOOST_TEST(is_swallowed(
      basp_frame{.operation = 5, .source = 6, .payload = payload}.bytes()));
}

BOOST_AUTO_TEST_CASE(swallows_everything_before_the_gateway_is_known) {
  frame_filter filter{limit};
  std::string out;

  BOOST_TEST(filter.feed(
    client_handshake() + message_to(0) + message_to(gateway)
      + basp_frame{.operation = 4, .payload = both}.bytes()
      + basp_frame{.operation = 4, .payload = node_id(1)}.bytes()
      + basp_frame{.operation = 5, .source = 6, .payload = both + reason}
          .bytes(),
    out));

  BOOST_TEST(out == client_handshake());
}

BOOST_AUTO_TEST_CASE(swallows_large_frames_too) {
  const auto frame = message_to(1, std::string(limit, 'x'));
  BOOST_TEST(is_swallowed(frame));
  BOOST_TEST(is_swallowed(frame + frame + frame));
}

BOOST_AUTO_TEST_CASE(refuses_a_client_of_many_actors) {
  auto filter = session_filter();
  std::string out;
  const auto from = [](uint64_t actor) {
    return basp_frame{.data = request_id,
                      .source = actor,
                      .destination = gateway,
                      .payload = request_payload()}
      .bytes();
  };
  for (uint64_t actor = 1; actor <= 16; ++actor)
    BOOST_TEST_REQUIRE(filter.feed(from(actor), out));
  BOOST_TEST_REQUIRE(filter.feed(from(3), out));

  BOOST_TEST(!filter.feed(from(17), out));
  BOOST_TEST(filter.refusal() == "too many actors of one client");
}

// --- inputs nobody thought of ------------------------------------------------

BOOST_AUTO_TEST_CASE(passes_only_whole_allowed_frames_of_random_bytes) {
  const auto seed = std::random_device{}();
  std::mt19937 random{seed};
  const auto any = [&](uint64_t below) {
    return std::uniform_int_distribution<uint64_t>{0, below - 1}(random);
  };
  const std::vector<std::string> payloads{"",
                                          "x",
                                          node_id(1),
                                          both,
                                          both + reason,
                                          request_payload(),
                                          request_payload(500)};
  BOOST_TEST_CONTEXT("seed " << seed) for (int i = 0; i < 20'000; ++i) {
    std::string session;
    for (uint64_t frames = any(6); frames > 0; --frames)
      session += basp_frame{.operation = static_cast<uint8_t>(any(8)),
                            .flags = static_cast<uint8_t>(any(4)),
                            .data = any(8) << 60,
                            .destination = gateway - 1 + any(3),
                            .payload = payloads.at(any(payloads.size()))}
                   .bytes();
    for (uint64_t changes = any(4); changes > 0 && !session.empty(); --changes)
      session[any(session.size())] = static_cast<char>(any(256));

    auto filter = session_filter();
    std::string out;
    for (std::string_view left = session; !left.empty();) {
      const auto part = left.substr(0, 1 + any(left.size()));
      left.remove_prefix(part.size());
      if (!filter.feed(part, out))
        break;
      BOOST_TEST_REQUIRE(filter.held_bytes() <= session.size());
    }

    // What passed is passed again, whole and unchanged.
    BOOST_TEST_REQUIRE(is_passed(out));
  }
}

BOOST_AUTO_TEST_SUITE_END()
