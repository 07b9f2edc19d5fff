#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
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
/// with a flag), then heartbeats, Requests to the session's gateway, and who
/// monitors it or is gone on the client's side. Of these CAF reads nothing but
/// the client's own node id and one string of protobuf: no handle of an actor,
/// no forwarding, no other node's name, no message that CAF itself would obey.
/// Swallowed: what else is said to anyone (CAF sends some by itself when it
/// meets a node). All else closes the link: no length of 0 where a payload
/// belongs, no stream messages, no routing through us.
class frame_filter {
public:
  explicit frame_filter(uint32_t max_payload) : max_payload_(max_payload) {}

  /// The only actor that messages may be for, and its node's id as CAF writes
  /// it. False: the client calls itself by that id; close the link.
  [[nodiscard]] bool permit(uint64_t gateway, std::string_view node);

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
  [[nodiscard]] uint64_t number(size_t at, size_t bytes) const;
  [[nodiscard]] bool judge_header();
  [[nodiscard]] bool take_frame(std::string& out);
  [[nodiscard]] bool take_handshake();
  [[nodiscard]] bool may_pass() const;
  [[nodiscard]] std::string_view payload() const;
  [[nodiscard]] bool refuse(std::string_view why) {
    refusal_ = why;
    return false;
  }

  uint32_t max_payload_;
  uint64_t gateway_ = 0;
  std::string frame_;  ///< Header and payload as far as they came.
  size_t wanted_ = 32; ///< Bytes of `frame_` until the next decision.
  std::string handshake_;
  std::string nodes_;         ///< Client's and node's, as they begin a payload.
  std::set<uint64_t> actors_; ///< Of the client, as they came.
  std::string_view refusal_;
};

} // namespace trivium::actors
