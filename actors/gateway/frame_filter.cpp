#include "actors/gateway/frame_filter.hpp"

#include <algorithm>

namespace trivium::actors {

namespace {

constexpr size_t header_size = 32;

// libcaf_io/caf/io/basp/message_type.hpp at 0.17.6.
enum operation : uint8_t {
  client_handshake = 1,
  direct_message = 2,
  monitor_message = 4,
  down_message = 5,
  heartbeat = 6
};

constexpr uint8_t named_receiver = 0x01; // header flag

// A node id as CAF 0.17.6 writes one: the atom "default" (caf/node_id.hpp,
// default_data), 4 bytes of process id, 20 of the host's.
constexpr size_t node_id_size = 32;
constexpr std::string_view node_id_kind{"\0\0\x3e\x9a\xab\x9b\xac\x79", 8};

// How a Request begins: no forwarding stack, then a message of that one type,
// by name; the string of its bytes follows.
constexpr std::string_view request_start{"\0\0\0\x18@<>+trivium::v1::Request",
                                         28};

// How a down message ends: a reason without a text of its own. Before it come
// the reason's code and its category.
constexpr std::string_view reason_end{"\0\0\x03@<>", 6};
constexpr size_t reason_size = 1 + 8 + reason_end.size();

/// A client has one actor that asks; each one costs the node a proxy.
constexpr size_t max_actors = 16;

} // namespace

uint64_t frame_filter::number(size_t at, size_t bytes) const {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i)
    value = value << 8 | static_cast<uint8_t>(frame_[at + i]);
  return value;
}

bool frame_filter::feed(std::span<const char> bytes, std::string& out) {
  while (!bytes.empty()) {
    const auto taken = std::min(bytes.size(), wanted_ - frame_.size());
    frame_.append(bytes.data(), taken);
    bytes = bytes.subspan(taken);
    if (frame_.size() < wanted_)
      return true;
    if (wanted_ == header_size && !judge_header())
      return false;
    if (frame_.size() == wanted_ && !take_frame(out))
      return false;
  }
  return true;
}

bool frame_filter::judge_header() {
  const auto what = static_cast<uint8_t>(frame_[0]);
  const auto length = static_cast<uint32_t>(number(4, 4));
  if (!has_greeted() && what != client_handshake)
    return refuse("the first frame is no client handshake");
  if (what == heartbeat)
    return length == 0 || refuse("a heartbeat with a payload");
  if (length == 0)
    return refuse("a frame without its payload");
  if (length > max_payload_)
    return refuse("a frame larger than the limit");
  switch (what) {
  case client_handshake:
    if (length != node_id_size)
      return refuse("a handshake without a node id");
    break;
  case direct_message:
    // Bits 60 and 61 of the message id: its category; above 1 are streams.
    if ((number(8, 8) >> 60 & 3) > 1)
      return refuse("a stream message");
    break;
  case monitor_message:
  case down_message:
    break;
  default:
    return refuse("an operation that no client needs");
  }
  wanted_ = header_size + length;
  return true;
}

bool frame_filter::permit(uint64_t gateway, std::string_view node) {
  gateway_ = gateway;
  nodes_ = handshake_;
  nodes_ += node;
  return handshake_ != node;
}

bool frame_filter::take_frame(std::string& out) {
  if (static_cast<uint8_t>(frame_[0]) == client_handshake && !take_handshake())
    return false;
  if (may_pass()) {
    if (static_cast<uint8_t>(frame_[0]) == direct_message) {
      actors_.insert(number(16, 8));
      if (actors_.size() > max_actors)
        return refuse("too many actors of one client");
    }
    out += frame_;
  }
  if (frame_.capacity() > size_t{256} << 10)
    frame_ = {};
  else
    frame_.clear();
  wanted_ = header_size;
  return true;
}

bool frame_filter::take_handshake() {
  if (!payload().starts_with(node_id_kind))
    return refuse("a handshake without a node id");
  if (has_greeted() && payload() != handshake_)
    return refuse("a second handshake that differs");
  handshake_ = payload();
  return true;
}

bool frame_filter::may_pass() const {
  const auto is_for_gateway = gateway_ != 0 && number(24, 8) == gateway_;
  switch (static_cast<uint8_t>(frame_[0])) {
  case direct_message:
    return is_for_gateway && number(8, 8) >> 63 == 0 // no answer to anything
           && (static_cast<uint8_t>(frame_[3]) & named_receiver) == 0
           && payload().starts_with(request_start);
  case monitor_message:
    return is_for_gateway && payload() == nodes_;
  case down_message:
    return !nodes_.empty() && payload().starts_with(nodes_)
           && payload().size() == nodes_.size() + reason_size
           && payload().ends_with(reason_end);
  default:
    return true;
  }
}

std::string_view frame_filter::payload() const {
  return std::string_view{frame_}.substr(header_size);
}

} // namespace trivium::actors
