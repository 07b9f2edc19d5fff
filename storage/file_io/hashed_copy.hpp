#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"
#include "storage/file_io/readable_file.hpp"
#include "storage/file_io/staged_file.hpp"

#include <cstdint>
#include <functional>

namespace trivium::storage {

/// Called with the bytes that were dealt with since the last call.
using bytes_done = std::function<void(uint64_t)>;

/// SHA-256 of the whole file, read by pieces of 1 MiB. Errors: as
/// readable_file::read; cancelled, looked at between pieces.
[[nodiscard]] expected<digest> hash_file(const readable_file& file,
                                         const cancel_token& cancel,
                                         const bytes_done& report);

/// Gives `target` the source's blocks, cut to `source.size()`; false where the
/// file system cannot share them. Error: data_loss when the source became
/// shorter.
[[nodiscard]] expected<bool> reflink(const readable_file& source,
                                     const staged_file& target);

struct hashed_copy {
  digest sha256;           ///< Of the bytes in the copy, whatever the source.
  bool is_reflink = false; ///< The copy shares the source's blocks.
};

/// Fills `target` with the `source.size()` bytes of the source: as a reflink
/// where the file system can, else piece by piece, reserved before. The source
/// may change underneath: the digest is of what the copy holds. Errors:
/// data_loss when the source became shorter, resource_exhausted, cancelled.
[[nodiscard]] expected<hashed_copy> copy_hashed(const readable_file& source,
                                                const staged_file& target,
                                                const cancel_token& cancel,
                                                const bytes_done& report);

/// The same piece by piece always: a copy that shares no block with its source
/// outlives damage of that. Gives its SHA-256.
[[nodiscard]] expected<digest> copy_apart(const readable_file& source,
                                          const staged_file& target,
                                          const cancel_token& cancel,
                                          const bytes_done& report);

} // namespace trivium::storage
