#include "storage/metadata/rocksdb_status.hpp"

#include "messages/values/names.hpp"
#include "storage/file_io/errno_text.hpp"

namespace trivium::storage {

namespace {

ec code_of(const rocksdb::Status& status) {
  if (status.IsNoSpace() || status.IsMemoryLimit())
    return ec::resource_exhausted;
  switch (status.code()) {
  case rocksdb::Status::kNotFound:
    return ec::not_found;
  case rocksdb::Status::kCorruption:
    return ec::data_loss;
  case rocksdb::Status::kNotSupported:
    return ec::unsupported;
  case rocksdb::Status::kIOError:
  case rocksdb::Status::kBusy:
  case rocksdb::Status::kTimedOut:
  case rocksdb::Status::kTryAgain:
  case rocksdb::Status::kShutdownInProgress:
  case rocksdb::Status::kIncomplete:
    return ec::unavailable;
  default:
    return ec::internal;
  }
}

} // namespace

error rocksdb_error(const rocksdb::Status& status, std::string_view what,
                    const std::filesystem::path& path) {
  return {code_of(status), shown(path) + ": cannot " + std::string{what} + ": "
                             + printable(status.ToString())};
}

} // namespace trivium::storage
