#include "tests/support/power_cut/contents.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace trivium::test::power_cut {

namespace {

constexpr uint64_t small_bytes = uint64_t{64} << 10; // compared at each sync

uint64_t size_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

/// What the file has there now; nothing behind the end of `bytes`.
void copy(int fd, uint64_t offset, uint64_t size, std::string& bytes) {
  for (const auto end = offset + std::min(size, bytes.size() - offset);
       offset < end;) {
    const auto got = ::pread(fd, bytes.data() + offset, end - offset,
                             static_cast<off_t>(offset));
    if (got <= 0)
      return;
    offset += static_cast<uint64_t>(got);
  }
}

} // namespace

void contents::wrote(uint64_t offset, uint64_t size) {
  // A log's appends are one range.
  if (!written_.empty()
      && written_.back().offset + written_.back().size == offset)
    written_.back().size += size;
  else
    written_.push_back({offset, size});
}

bool contents::sync(int fd) {
  synced_.resize(size_of(fd));
  if (is_mapped_)
    written_ = {{0, synced_.size()}};
  for (const auto& [offset, size] : written_)
    if (offset < synced_.size())
      copy(fd, offset, size, synced_);
  written_.clear();
  return synced_.size() > small_bytes || synced_ == bytes_of(fd);
}

std::string contents::torn(int fd, std::mt19937_64& turn) const {
  auto bytes = synced_;
  const auto kept = turn() % (written_.size() + 1);
  for (size_t i = 0; i < kept; ++i) {
    const auto offset = written_[i].offset;
    const auto now = size_of(fd);
    if (offset >= now)
      continue;
    auto size = std::min(written_[i].size, now - offset);
    if (i + 1 == kept)
      size = turn() % (size + 1);
    bytes.resize(std::max<uint64_t>(bytes.size(), offset + size));
    copy(fd, offset, size, bytes);
  }
  return bytes;
}

std::string bytes_of(int fd) {
  std::string bytes(size_of(fd), '\0');
  copy(fd, 0, bytes.size(), bytes);
  return bytes;
}

} // namespace trivium::test::power_cut
