#include "messages/values/ec.hpp"

#include <array>

namespace trivium {

namespace {

constexpr std::array table{
  ec_mapping{ec::none, "none", 0, 200, 0},
  ec_mapping{ec::invalid_argument, "invalid_argument", 3, 400, 1},
  ec_mapping{ec::not_found, "not_found", 5, 404, 1},
  ec_mapping{ec::already_exists, "already_exists", 6, 409, 1},
  ec_mapping{ec::failed_precondition, "failed_precondition", 9, 412, 1},
  ec_mapping{ec::conflict, "conflict", 10, 409, 1},
  ec_mapping{ec::permission_denied, "permission_denied", 7, 403, 1},
  ec_mapping{ec::unauthenticated, "unauthenticated", 16, 401, 1},
  ec_mapping{ec::resource_exhausted, "resource_exhausted", 8, 429, 1},
  ec_mapping{ec::unsupported, "unsupported", 12, 501, 1},
  ec_mapping{ec::data_loss, "data_loss", 15, 500, 1},
  ec_mapping{ec::unavailable, "unavailable", 14, 503, 1},
  ec_mapping{ec::deadline_exceeded, "deadline_exceeded", 4, 504, 1},
  ec_mapping{ec::outcome_unknown, "outcome_unknown", 2, 504, 1},
  ec_mapping{ec::cancelled, "cancelled", 1, 499, 1},
  ec_mapping{ec::compacted, "compacted", 11, 410, 1},
  ec_mapping{ec::internal, "internal", 13, 500, 1},
};

} // namespace

const ec_mapping& mapping(ec code) {
  const auto index = static_cast<size_t>(code);
  return index < table.size() ? table[index] : table.back();
}

} // namespace trivium
