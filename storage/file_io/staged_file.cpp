#include "storage/file_io/staged_file.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/readable_file.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

namespace trivium::storage {

namespace {

std::string mebibytes(uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  const auto parent = path.parent_path();
  return parent.empty() ? std::filesystem::path{"."} : parent;
}

/// ".model.onnx.1234-1.partial", not tried before.
std::filesystem::path temporary_beside(const std::filesystem::path& target) {
  static std::atomic<uint64_t> sequence{0};
  constexpr size_t kept_bytes = 200; // 255 are a file name
  return folder_of(target)
         / ("." + target.filename().string().substr(0, kept_bytes) + "."
            + std::to_string(::getpid()) + "-" + std::to_string(++sequence)
            + ".partial");
}

} // namespace

expected<staged_file> staged_file::create(const std::filesystem::path& target,
                                          uint64_t size) {
  std::filesystem::path temporary;
  int fd = -1;
  do { // what a dead process of our number left behind keeps its name
    temporary = temporary_beside(target);
    fd = ::open(temporary.c_str(),
                O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  } while (fd < 0 && errno == EEXIST);
  if (fd < 0)
    return fail(errno_error(errno, "cannot create", target));
  staged_file file{target, temporary, fd};
  TRIVIUM_CHECK(file.reserve(size));
  return file;
}

staged_file::staged_file(staged_file&& other) noexcept
  : target_(std::move(other.target_)), temporary_(std::move(other.temporary_)),
    fd_(std::exchange(other.fd_, -1)) {}

staged_file& staged_file::operator=(staged_file&& other) noexcept {
  std::swap(target_, other.target_);
  std::swap(temporary_, other.temporary_);
  std::swap(fd_, other.fd_);
  return *this;
}

staged_file::~staged_file() {
  if (fd_ < 0)
    return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

expected<void> staged_file::reserve(uint64_t size) const {
  if (size == 0)
    return {};
  // posix_fallocate would emulate, slowly, where fallocate is not offered.
  const auto length = static_cast<off_t>(size);
  if (::fallocate(fd_, 0, 0, length) == 0
      || (errno == EOPNOTSUPP && ::ftruncate(fd_, length) == 0))
    return {};
  return fail(errno_error(
    errno, "cannot reserve " + std::to_string(size) + " bytes", target_));
}

expected<void> staged_file::write(uint64_t offset,
                                  std::span<const std::byte> bytes) const {
  while (!bytes.empty()) {
    const auto put =
      ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return fail(errno_error(errno, "cannot write", target_));
    bytes = bytes.subspan(static_cast<size_t>(put));
    offset += static_cast<uint64_t>(put);
  }
  return {};
}

expected<void> staged_file::publish() {
  TRIVIUM_CHECK(place(target_));
  return sync_folder(folder_of(target_));
}

expected<void> staged_file::place(const std::filesystem::path& target) {
  if (::fsync(fd_) != 0)
    return fail(errno_error(errno, "cannot sync", target));
  if (::rename(temporary_.c_str(), target.c_str()) != 0)
    return fail(errno_error(errno, "cannot put in place", target));
  ::close(std::exchange(fd_, -1));
  return {};
}

expected<void> write_file(const std::filesystem::path& path,
                          std::span<const std::byte> bytes) {
  TRIVIUM_TRY(auto file, staged_file::create(path, 0));
  TRIVIUM_CHECK(file.write(0, bytes));
  return file.publish();
}

expected<std::string> read_file(const std::filesystem::path& path,
                                uint64_t limit) {
  TRIVIUM_TRY(const auto file, readable_file::open(path));
  if (file->size() > limit)
    return fail(ec::resource_exhausted,
                shown(path) + ": has " + std::to_string(file->size())
                  + " bytes, at most " + std::to_string(limit) + " are read");
  std::string text(file->size(), '\0');
  TRIVIUM_CHECK(file->read(0, std::as_writable_bytes(std::span{text})));
  return text;
}

expected<uint64_t> free_bytes(const std::filesystem::path& path) {
  std::error_code ignored;
  auto existing = std::filesystem::absolute(path, ignored);
  while (!std::filesystem::exists(existing, ignored)
         && existing.has_relative_path())
    existing = existing.parent_path();
  struct statvfs status {};
  if (::statvfs(existing.c_str(), &status) != 0)
    return fail(errno_error(errno, "cannot tell the free space", existing));
  return uint64_t{status.f_bavail} * status.f_frsize;
}

expected<void> require_free_bytes(const std::filesystem::path& path,
                                  uint64_t wanted) {
  TRIVIUM_TRY(const auto available, free_bytes(path));
  if (available < wanted)
    return fail(ec::resource_exhausted, shown(path) + ": " + mebibytes(wanted)
                                          + " needed, " + mebibytes(available)
                                          + " free");
  return {};
}

} // namespace trivium::storage
