#pragma once

#include "messages/values/sha256.hpp"

namespace trivium::storage {

using trivium::sha256;
using trivium::sha256_hasher;

} // namespace trivium::storage
