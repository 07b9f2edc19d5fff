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

inline std::string client_handshake(std::string_view node = "a node id") {
  return basp_frame{.operation = 1, .payload = node}.bytes();
}

inline std::string message_to(uint64_t actor, std::string_view payload = "hi") {
  return basp_frame{.destination = actor, .payload = payload}.bytes();
}

inline std::string heartbeat() { return basp_frame{.operation = 6}.bytes(); }

} // namespace trivium::test
