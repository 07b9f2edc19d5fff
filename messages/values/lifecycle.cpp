#include "messages/values/lifecycle.hpp"

#include <array>

namespace trivium {

namespace {

template <class State>
struct edge {
  State from;
  State to;
};

constexpr std::array version_edges{
  edge<version_state>{version_state::created, version_state::training},
  edge<version_state>{version_state::created, version_state::ready},
  edge<version_state>{version_state::training, version_state::ready},
  edge<version_state>{version_state::ready, version_state::retired},
};

constexpr std::array variant_edges{
  edge<variant_state>{variant_state::quantizing, variant_state::verifying},
  edge<variant_state>{variant_state::quantizing, variant_state::failed},
  edge<variant_state>{variant_state::verifying, variant_state::verified},
  edge<variant_state>{variant_state::verifying, variant_state::failed},
  edge<variant_state>{variant_state::verified, variant_state::deployed},
  edge<variant_state>{variant_state::deployed, variant_state::verified},
  edge<variant_state>{variant_state::deployed, variant_state::retired},
  edge<variant_state>{variant_state::failed, variant_state::quantizing},
};

template <class Edges, class State>
bool contains(const Edges& edges, State from, State to) {
  for (const auto& e : edges)
    if (e.from == from && e.to == to)
      return true;
  return false;
}

} // namespace

bool may_become(version_state from, version_state to) {
  return contains(version_edges, from, to);
}

bool may_become(variant_state from, variant_state to) {
  return contains(variant_edges, from, to);
}

std::string_view to_string(version_state state) {
  constexpr std::array<std::string_view, 4> names{"Created", "Training",
                                                  "Ready", "Retired"};
  return names.at(static_cast<size_t>(state));
}

std::string_view to_string(variant_state state) {
  constexpr std::array<std::string_view, 6> names{
    "Quantizing", "Verifying", "Verified", "Deployed", "Retired", "Failed"};
  return names.at(static_cast<size_t>(state));
}

std::string_view to_string(verdict v) {
  constexpr std::array<std::string_view, 4> names{"unverified", "smoke",
                                                  "layer-verified", "verified"};
  return names.at(static_cast<size_t>(v));
}

} // namespace trivium
