#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trivium::test {

/// A frame as a client may write it: 32 bytes of header, then the payload.
struct basp_frame {
  uint8_t operation = 2;
  uint8_t flags = 0;
  uint64_t data = 0; ///< The message id of a direct message.
  uint64_t source = 0;
  uint64_t destination = 0;
  std::string_view payload = {};
  int64_t announced = -1; ///< Length in the header; -1: that of the payload.

  [[nodiscard]] std::string bytes() const {
    std::string out;
    const auto put = [&](uint64_t value, int size) {
      for (int shift = (size - 1) * 8; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift);
    };
    put(operation, 1);
    put(0, 2);
    put(flags, 1);
    put(announced < 0 ? payload.size() : static_cast<uint64_t>(announced), 4);
    put(data, 8);
    put(source, 8);
    put(destination, 8);
    return out.append(payload);
  }
};

/// A node id as CAF writes it: a kind, 4 bytes of process id, 20 of the host's.
inline std::string node_id(uint32_t process) {
  std::string id{"\0\0\x3e\x9a\xab\x9b\xac\x79", 8};
  for (int shift = 24; shift >= 0; shift -= 8)
    id += static_cast<char>(process >> shift);
  return id + "twenty bytes of host";
}

inline std::string client_handshake(const std::string& node = node_id(1)) {
  return basp_frame{.operation = 1, .payload = node}.bytes();
}

/// What carries a Request of that size; its bytes are no protobuf.
inline std::string request_payload(size_t bytes = 2) {
  std::string payload{"\0\0\0\x18@<>+trivium::v1::Request", 28};
  auto left = bytes;
  for (; left >= 128; left /= 128)
    payload += static_cast<char>(left % 128 | 128);
  payload += static_cast<char>(left);
  return payload.append(bytes, 'x');
}

inline constexpr uint64_t request_id = 0x1000'0000'0000'0002;

inline std::string message_to(uint64_t actor,
                              std::string_view payload = request_payload()) {
  return basp_frame{
    .data = request_id, .source = 6, .destination = actor, .payload = payload}
    .bytes();
}

inline std::string heartbeat() { return basp_frame{.operation = 6}.bytes(); }

} // namespace trivium::test
