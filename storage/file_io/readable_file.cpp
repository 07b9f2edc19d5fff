#include "storage/file_io/readable_file.hpp"

#include "messages/values/names.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/open_beneath.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trivium::storage {

namespace {

/// What both ways of opening check on the descriptor itself.
expected<uint64_t> checked_size(int fd, const std::filesystem::path& path,
                                bool one_link_only) {
  struct stat status {};
  if (::fstat(fd, &status) != 0)
    return fail(errno_error(errno, "cannot read", path));
  if (S_ISDIR(status.st_mode))
    return fail(ec::invalid_argument, shown(path) + ": is a folder");
  if (!S_ISREG(status.st_mode))
    return fail(ec::invalid_argument, shown(path) + ": is not a regular file");
  if (one_link_only && status.st_nlink != 1)
    return fail(ec::permission_denied,
                shown(path) + ": has " + std::to_string(status.st_nlink)
                  + " hard links; a file named by a model must have one");
  return static_cast<uint64_t>(status.st_size);
}

} // namespace

readable_file::readable_file(std::filesystem::path path, int fd, uint64_t size)
  : path_(std::move(path)), fd_(fd), size_(size) {}

readable_file::~readable_file() {
  if (mapping_ != nullptr)
    ::munmap(mapping_, size_);
  ::close(fd_);
}

expected<std::shared_ptr<const readable_file>>
readable_file::open(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const int fd =
    ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return fail(errno_error(errno, "cannot open", path));
  auto size = checked_size(fd, path, false);
  if (!size) {
    ::close(fd);
    return fail(std::move(size).error());
  }
  return std::shared_ptr<const readable_file>{
    new readable_file{path, fd, *size}};
}

expected<std::shared_ptr<const readable_file>>
readable_file::open_beneath(const std::filesystem::path& folder,
                            const std::string& relative) {
  const auto path = folder / relative;
  TRIVIUM_TRY(
    const auto fd,
    storage::open_beneath(folder, relative, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  auto size = checked_size(fd, path, true);
  if (!size) {
    ::close(fd);
    return fail(std::move(size).error());
  }
  return std::shared_ptr<const readable_file>{
    new readable_file{path, fd, *size}};
}

expected<std::shared_ptr<const readable_file>>
readable_file::open_mapped(const std::filesystem::path& path) {
  TRIVIUM_TRY(auto file, open(path));
  if (file->size_ == 0)
    return file;
  auto* const address =
    ::mmap(nullptr, file->size_, PROT_READ, MAP_SHARED, file->fd_, 0);
  if (address == MAP_FAILED)
    return fail(errno_error(errno, "cannot map", path));
  const_cast<readable_file&>(*file).mapping_ = static_cast<std::byte*>(address);
  return file;
}

expected<void> readable_file::read(uint64_t offset,
                                   std::span<std::byte> out) const {
  if (offset > size_ || out.size() > size_ - offset)
    return fail(ec::invalid_argument,
                shown(path_) + ": " + std::to_string(out.size())
                  + " bytes wanted at offset " + std::to_string(offset)
                  + ", the file has " + std::to_string(size_));
  while (!out.empty()) {
    const auto got =
      ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return fail(errno_error(errno, "cannot read", path_));
    if (got == 0)
      return fail(ec::data_loss, shown(path_) + ": ends at offset "
                                   + std::to_string(offset) + ", had "
                                   + std::to_string(size_)
                                   + " bytes when it was opened");
    out = out.subspan(static_cast<size_t>(got));
    offset += static_cast<uint64_t>(got);
  }
  return {};
}

expected<std::span<const std::byte>>
readable_file::view(uint64_t offset, uint64_t size,
                    std::vector<std::byte>& scratch) const {
  if (mapping_ != nullptr && offset <= size_ && size <= size_ - offset)
    return std::span<const std::byte>{mapping_ + offset, size};
  if (offset > size_ || size > size_ - offset) // before allocating
    return fail(ec::invalid_argument,
                shown(path_) + ": " + std::to_string(size)
                  + " bytes wanted at offset " + std::to_string(offset)
                  + ", the file has " + std::to_string(size_));
  try {
    scratch.resize(size);
  } catch (const std::bad_alloc&) {
    return fail(ec::resource_exhausted,
                shown(path_) + ": no memory for " + std::to_string(size)
                  + " bytes at offset " + std::to_string(offset));
  }
  TRIVIUM_CHECK(read(offset, scratch));
  return std::span<const std::byte>{scratch};
}

void readable_file::release(uint64_t offset, uint64_t size) const {
  static const auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  if (mapping_ == nullptr || offset >= size_)
    return;
  const auto end = (offset + std::min(size, size_ - offset)) / page * page;
  const auto begin = (offset + page - 1) / page * page;
  if (begin < end)
    ::madvise(mapping_ + begin, end - begin, MADV_DONTNEED);
}

} // namespace trivium::storage
