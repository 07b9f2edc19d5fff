#pragma once

#include "messages/values/ec.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::config {

struct yaml_member;

/// One node of a checked YAML document: it knows where it stands, and each
/// reader says "FILE:LINE:COLUMN: what was seen, what was wanted".
/// Every error of this class is an invalid_argument.
class yaml_node {
public:
  enum class kind : uint8_t { null, scalar, list, map };

  [[nodiscard]] kind what() const { return kind_; }

  /// The elements of a list.
  [[nodiscard]] expected<std::span<const yaml_node>> list() const;

  /// A map whose keys are all in `known`; else "unknown key …, did you mean
  /// …". Keys are unique: the parser refused others.
  [[nodiscard]] expected<std::span<const yaml_member>>
  map(std::span<const std::string_view> known) const;

  /// The value of a key of a map; null when it is absent.
  [[nodiscard]] const yaml_node* find(std::string_view key) const;
  [[nodiscard]] expected<const yaml_node*> require(std::string_view key) const;

  /// Any scalar, as it is written.
  [[nodiscard]] expected<std::string> text() const;
  /// `true` or `false`, nothing else (no `yes`, no `on`).
  [[nodiscard]] expected<bool> boolean() const;
  /// Decimal digits, within [least, most].
  [[nodiscard]] expected<uint64_t> natural(uint64_t least, uint64_t most) const;
  /// A finite decimal number, within [least, most].
  [[nodiscard]] expected<double> number(double least, double most) const;
  /// "4096", "512 MiB": see parse_bytes; within [least, most].
  [[nodiscard]] expected<uint64_t> bytes(uint64_t least, uint64_t most) const;
  /// "120 s", "2 min": see parse_duration; within [least, most].
  [[nodiscard]] expected<std::chrono::milliseconds>
  duration(std::chrono::milliseconds least,
           std::chrono::milliseconds most) const;
  /// One of `choices`, by its index.
  [[nodiscard]] expected<size_t>
  choice(std::span<const std::string_view> choices) const;

  /// invalid_argument "FILE:LINE:COLUMN: `text`" for a rule of the caller's.
  [[nodiscard]] tl::unexpected<error> refuse(std::string_view text) const;

private:
  friend class yaml_builder;

  /// "seen a list, wanted a number"
  [[nodiscard]] tl::unexpected<error> unwanted(std::string_view wanted) const;

  kind kind_ = kind::null;
  bool is_quoted_ = false; ///< Of a scalar: text, whatever it looks like.
  size_t line_ = 1;
  size_t column_ = 1;
  std::shared_ptr<const std::string> origin_;
  std::string text_;
  std::vector<yaml_node> items_;
  std::vector<yaml_member> members_;
};

struct yaml_member {
  std::string key;
  yaml_node at; ///< Where the key stands.
  yaml_node value;
};

/// What a document may hold at most.
inline constexpr size_t max_yaml_nodes = 100'000;
inline constexpr size_t max_yaml_depth = 32;

/// Parses one document of at most `max_config_bytes`. `origin` names it in
/// errors. Refused with place and reason: anchors, aliases and tags (a few
/// bytes of them make millions of nodes, or an endless cycle), duplicate keys,
/// keys that are no text, a second document, more nodes or depth than above,
/// control characters, what yaml-cpp refuses. Errors: invalid_argument,
/// resource_exhausted (size).
[[nodiscard]] expected<yaml_node> parse_yaml(std::string_view text,
                                             std::string_view origin);

} // namespace trivium::config
