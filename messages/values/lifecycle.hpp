#pragma once

#include <cstdint>
#include <string_view>

namespace trivium {

/// Created → Training → Ready → Retired, and Created → Ready.
enum class version_state : uint8_t { created = 0, training, ready, retired };

/// Quantizing → Verifying → Verified ⇄ Deployed → Retired;
/// Quantizing | Verifying → Failed → Quantizing (retry).
enum class variant_state : uint8_t {
  quantizing = 0,
  verifying,
  verified,
  deployed,
  retired,
  failed
};

/// How far a variant was checked, weakest first: the order is the meaning.
enum class verdict : uint8_t {
  unverified = 0, ///< Nothing ran; the reason says why.
  smoke,          ///< Only made-up inputs were run.
  layer_verified, ///< Layer outputs X·Ŵ met the gate.
  verified        ///< The graph ran on a golden set and met the gate.
};

/// True for each edge of the graphs above, false for anything else.
[[nodiscard]] bool may_become(version_state from, version_state to);
[[nodiscard]] bool may_become(variant_state from, variant_state to);

[[nodiscard]] std::string_view to_string(version_state state);
[[nodiscard]] std::string_view to_string(variant_state state);
[[nodiscard]] std::string_view to_string(verdict v);

} // namespace trivium
