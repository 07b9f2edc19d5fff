#pragma once

#include "tests/chaos/simulation/world.hpp"

namespace trivium::test {

/// Concurrent calls on a few models, and what may befall a node meanwhile; all
/// of it decided by the seed. Ends when the node was left alone for so long
/// that every lease is over.
void work(world& node, random_source& random);

} // namespace trivium::test
