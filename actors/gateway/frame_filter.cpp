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
  fate_ = fate::pass;
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
    break;
  case direct_message:
    if (!judge_message())
      return false;
    break;
  case monitor_message:
    if (number(24, 8) != gateway_)
      fate_ = fate::swallow;
    break;
  case down_message:
    break;
  default:
    return refuse("an operation that no client needs");
  }
  wanted_ = header_size + length;
  return true;
}

bool frame_filter::judge_message() {
  // Bits 60 and 61 of the message id: its category; above 1 are streams.
  if ((number(8, 8) >> 60 & 3) > 1)
    return refuse("a stream message");
  if ((static_cast<uint8_t>(frame_[3]) & named_receiver) != 0 || gateway_ == 0
      || number(24, 8) != gateway_)
    fate_ = fate::swallow;
  return true;
}

bool frame_filter::take_frame(std::string& out) {
  if (static_cast<uint8_t>(frame_[0]) == client_handshake) {
    const auto payload = std::string_view{frame_}.substr(header_size);
    if (has_greeted() && payload != handshake_)
      return refuse("a second handshake that differs");
    handshake_ = payload;
  }
  if (fate_ == fate::pass)
    out += frame_;
  if (frame_.capacity() > size_t{256} << 10)
    frame_ = {};
  else
    frame_.clear();
  wanted_ = header_size;
  return true;
}

} // namespace trivium::actors
