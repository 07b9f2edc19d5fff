#include "storage/metadata/lease_file.hpp"

#include "messages/values/sha256.hpp"
#include "storage/file_io/readable_file.hpp"
#include "storage/file_io/staged_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

namespace trivium::storage {

namespace {

static_assert(std::endian::native == std::endian::little,
              "the file holds the machine's own integers, little-endian");

constexpr std::string_view magic = "TRIVLSE1";
constexpr size_t least_capacity = 1024;
constexpr size_t boot_id_bytes = 40;

struct stored_header {
  std::array<char, 8> magic{};
  std::array<char, boot_id_bytes> boot_id{};
  uint64_t closed_at_ns = 0; ///< 0: in use, or its process died.
  uint64_t check = 0;        ///< Of what stands before it.
};
static_assert(sizeof(stored_header) == 64);

uint64_t first_bytes_of_sha256(std::string_view bytes) {
  uint64_t number = 0;
  std::memcpy(&number, sha256(bytes).bytes().data(), sizeof(number));
  return number;
}

uint64_t check_of(const stored_header& header) {
  return first_bytes_of_sha256(
    {reinterpret_cast<const char*>(&header), offsetof(stored_header, check)});
}

stored_header header_of(std::string_view boot_id, uint64_t closed_at_ns) {
  stored_header header;
  std::copy(magic.begin(), magic.end(), header.magic.begin());
  boot_id = boot_id.substr(0, boot_id_bytes);
  std::copy(boot_id.begin(), boot_id.end(), header.boot_id.begin());
  header.closed_at_ns = closed_at_ns;
  header.check = check_of(header);
  return header;
}

/// splitmix64's finisher.
uint64_t mixed(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

uint64_t check_of(const lease_deadline& deadline, uint64_t salt) {
  return mixed(deadline.id ^ mixed(deadline.at_ns ^ salt));
}

size_t bytes_for(size_t capacity) {
  return sizeof(stored_header) + capacity * 3 * sizeof(uint64_t);
}

} // namespace

struct lease_file::stored_slot {
  lease_deadline deadline; ///< Id 0: free.
  uint64_t check = 0;
};

std::vector<lease_deadline> lease_file::read(const std::filesystem::path& path,
                                             const std::string& boot_id,
                                             uint64_t now_ns) {
  constexpr uint64_t most_bytes = uint64_t{4} << 30;
  const auto bytes = read_file(path, most_bytes);
  stored_header header;
  if (!bytes || bytes->size() < sizeof(header))
    return {};
  std::memcpy(&header, bytes->data(), sizeof(header));
  if (std::string_view{header.magic.data(), magic.size()} != magic
      || header.check != check_of(header))
    return {};
  const auto is_same_boot = header.boot_id == header_of(boot_id, 0).boot_id;
  if (!is_same_boot && header.closed_at_ns == 0)
    return {};
  const std::string_view stored_id{header.boot_id.data(), boot_id_bytes};
  const auto salt =
    first_bytes_of_sha256(stored_id.substr(0, stored_id.find('\0')));
  std::vector<lease_deadline> found;
  stored_slot slot;
  for (auto at = sizeof(header); bytes->size() - at >= sizeof(slot);
       at += sizeof(slot)) {
    std::memcpy(&slot, bytes->data() + at, sizeof(slot));
    auto& [id, deadline_ns] = slot.deadline;
    if (id == 0 || slot.check != check_of(slot.deadline, salt))
      continue;
    if (!is_same_boot)
      deadline_ns = now_ns + std::max(deadline_ns, header.closed_at_ns)
                    - header.closed_at_ns;
    found.push_back(slot.deadline);
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  return found;
}

lease_file::lease_file(std::filesystem::path path, std::string boot_id)
  : path_(std::move(path)), boot_id_(boot_id.substr(0, boot_id_bytes)),
    salt_(first_bytes_of_sha256(boot_id_)) {}

lease_file::~lease_file() { unmap(); }

void lease_file::start(std::span<const lease_deadline> deadlines) {
  unmap();
  used_ = 0;
  free_.clear();
  const auto capacity =
    std::max(least_capacity, std::bit_ceil(deadlines.size()));
  if (!deadlines.empty() && write_anew(deadlines, capacity, 0)
      && map(capacity)) {
    used_ = static_cast<slot>(deadlines.size());
    return;
  }
  // An older one would tell what no longer holds.
  if (::unlink(path_.c_str()) == 0)
    static_cast<void>(sync_folder(path_.parent_path()));
}

lease_file::slot lease_file::add(const lease_deadline& deadline) {
  auto at = no_slot;
  if (!free_.empty()) {
    at = free_.back();
    free_.pop_back();
  } else if (used_ < capacity_ || grow()) {
    at = used_++;
  }
  set(at, deadline);
  return at;
}

void lease_file::set(slot at, const lease_deadline& deadline) {
  if (at != no_slot)
    slots()[at] = {deadline, check_of(deadline, salt_)};
}

void lease_file::remove(slot at) {
  if (at == no_slot)
    return;
  slots()[at] = {};
  free_.push_back(at);
}

void lease_file::close(std::span<const lease_deadline> deadlines,
                       uint64_t now_ns) {
  unmap();
  if (deadlines.empty())
    ::unlink(path_.c_str());
  else
    static_cast<void>(write_anew(deadlines, deadlines.size(), now_ns));
}

bool lease_file::write_anew(std::span<const lease_deadline> deadlines,
                            size_t capacity, uint64_t closed_at_ns) const {
  const auto header = header_of(boot_id_, closed_at_ns);
  std::vector<stored_slot> slots;
  slots.reserve(deadlines.size());
  for (const auto& deadline : deadlines)
    slots.push_back({deadline, check_of(deadline, salt_)});
  auto file = staged_file::create(path_, bytes_for(capacity));
  return file && file->write(0, std::as_bytes(std::span{&header, 1}))
         && file->write(sizeof(header), std::as_bytes(std::span{slots}))
         && file->publish();
}

bool lease_file::map(size_t capacity) {
  const int fd = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return false;
  // Taken from the disk first: a store into a hole of a full one is a signal.
  const auto bytes = bytes_for(capacity);
  void* mapped = MAP_FAILED;
  if (::fallocate(fd, 0, 0, static_cast<off_t>(bytes)) == 0)
    mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (mapped == MAP_FAILED)
    return false;
  unmap();
  mapping_ = static_cast<std::byte*>(mapped);
  capacity_ = capacity;
  return true;
}

bool lease_file::grow() {
  if (mapping_ != nullptr)
    return map(capacity_ * 2);
  return write_anew({}, least_capacity, 0) && map(least_capacity);
}

void lease_file::unmap() {
  if (mapping_ != nullptr)
    ::munmap(std::exchange(mapping_, nullptr), bytes_for(capacity_));
  capacity_ = 0;
}

lease_file::stored_slot* lease_file::slots() const {
  return reinterpret_cast<stored_slot*>(mapping_ + sizeof(stored_header));
}

} // namespace trivium::storage
