#include "storage/metadata/head_record.hpp"

#include "messages/values/sha256.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/readable_file.hpp"
#include "storage/file_io/staged_file.hpp"
#include "storage/metadata/record_layout.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace trivium::storage {

namespace {

constexpr std::string_view magic = "TRIVHED1";
constexpr size_t checked_bytes = 16; // magic, revision
constexpr size_t slot_bytes = 24;    // and 8 bytes of their SHA-256
constexpr size_t sector_bytes = 512; // so that a torn write hits one slot
constexpr size_t file_bytes = 2 * sector_bytes;

std::string slot(revision head) {
  auto bytes = std::string{magic} + layout::encode_number(head);
  const auto check = sha256(bytes).bytes();
  bytes.append(check.begin(), check.begin() + (slot_bytes - checked_bytes));
  return bytes;
}

std::optional<revision> head_in(std::string_view bytes) {
  if (bytes.size() < slot_bytes)
    return std::nullopt;
  const auto head =
    layout::decode_number(bytes.substr(magic.size(), sizeof(revision)));
  if (!head || bytes.substr(0, slot_bytes) != slot(*head))
    return std::nullopt;
  return *head;
}

int open_for_writing(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
}

} // namespace

expected<std::optional<revision>>
head_record::read(const std::filesystem::path& path) {
  const auto file = readable_file::open(path);
  if (!file && file.error().code == ec::not_found)
    return std::nullopt;
  if (!file)
    return fail(file.error());
  std::string bytes;
  if ((*file)->size() <= file_bytes)
    bytes.resize((*file)->size());
  TRIVIUM_CHECK((*file)->read(0, std::as_writable_bytes(std::span{bytes})));
  const std::string_view text = bytes;
  const auto first = head_in(text.substr(0, sector_bytes));
  const auto second = head_in(text.substr(std::min(sector_bytes, text.size())));
  if (!first && !second)
    return fail(ec::data_loss,
                shown(path)
                  + ": damaged: does not say which revision was acknowledged "
                    "last; remove it to accept the log as it stands");
  return std::max(first, second);
}

expected<head_record> head_record::open(const std::filesystem::path& path,
                                        revision head) {
  int fd = open_for_writing(path);
  if (fd < 0 && errno == ENOENT) {
    auto bytes = slot(head);
    bytes.resize(sector_bytes);
    bytes += bytes; // the first write that reaches the disk may spoil a slot
    TRIVIUM_CHECK(write_file(path, std::as_bytes(std::span{bytes})));
    fd = open_for_writing(path);
  }
  if (fd < 0)
    return fail(errno_error(errno, "cannot open for writing", path));
  head_record record{path, fd};
  // Both slots, so that each later write may spoil either.
  TRIVIUM_CHECK(record.write(head));
  TRIVIUM_CHECK(record.write(head));
  return record;
}

head_record::head_record(head_record&& other) noexcept
  : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)),
    writes_(other.writes_) {}

head_record& head_record::operator=(head_record&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(writes_, other.writes_);
  return *this;
}

head_record::~head_record() {
  if (fd_ < 0)
    return;
  ::fdatasync(fd_);
  ::close(fd_);
}

expected<void> head_record::write(revision head) {
  const auto bytes = slot(head);
  const auto offset = static_cast<off_t>(writes_ % 2 * sector_bytes);
  if (::pwrite(fd_, bytes.data(), bytes.size(), offset)
      != static_cast<ssize_t>(bytes.size()))
    return fail(errno_error(errno, "cannot write", path_));
  if (++writes_ % writes_per_sync == 0 && ::fdatasync(fd_) != 0)
    return fail(errno_error(errno, "cannot sync", path_));
  return {};
}

} // namespace trivium::storage
