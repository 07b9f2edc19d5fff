#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace trivium::actors {

/// What a client may say to CAF's BASP 0.17.6 and, more, what it may not:
/// fed with whatever `recv` gave, it passes whole frames on. A frame is 32
/// bytes of header (operation u8, 2 unused, flags u8, payload length u32,
/// operation data u64, source u64, destination u64, big endian) and its
/// payload; the payload is kept here until all of it came, so that CAF, which
/// allocates what a header announces, never waits for bytes.
///
/// Passed: first a client handshake, once more the same one (CAF repeats it
/// with a flag), then only direct messages to the session's gateway, down
/// messages and heartbeats. Swallowed: direct and monitor messages for anyone
/// else, by id or by name (CAF sends some by itself when it meets a node).
/// All else closes the link: no length of 0 where a payload belongs, no stream
/// messages, no routing through us.
class frame_filter {
public:
  explicit frame_filter(uint32_t max_payload) : max_payload_(max_payload) {}

  /// The only actor that direct messages may be for.
  void permit(uint64_t gateway) { gateway_ = gateway; }

  /// Appends what may pass to `out`. False: close the link; `refusal` says why.
  [[nodiscard]] bool feed(std::span<const char> bytes, std::string& out);

  /// The first frame, the client's handshake, has come and was passed.
  [[nodiscard]] bool has_greeted() const { return !handshake_.empty(); }

  /// Its payload: the client's node id, unique among live links.
  [[nodiscard]] const std::string& handshake() const { return handshake_; }

  [[nodiscard]] std::string_view refusal() const { return refusal_; }

  /// Bytes of a frame that is not complete.
  [[nodiscard]] size_t held_bytes() const { return frame_.size(); }

private:
  enum class fate : uint8_t { pass, swallow };

  [[nodiscard]] uint64_t number(size_t at, size_t bytes) const;
  [[nodiscard]] bool judge_header();
  [[nodiscard]] bool judge_message();
  [[nodiscard]] bool take_frame(std::string& out);
  [[nodiscard]] bool refuse(std::string_view why) {
    refusal_ = why;
    return false;
  }

  uint32_t max_payload_;
  uint64_t gateway_ = 0;
  std::string frame_;  ///< Header and payload as far as they came.
  size_t wanted_ = 32; ///< Bytes of `frame_` until the next decision.
  fate fate_ = fate::pass;
  std::string handshake_;
  std::string_view refusal_;
};

} // namespace trivium::actors
