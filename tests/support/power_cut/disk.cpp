#include "tests/support/power_cut/disk.hpp"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace trivium::test::power_cut {

namespace fs = std::filesystem;

disk::disk(fs::path root) : root_(std::move(root)) {
  struct stat status {};
  if (::stat(root_.c_str(), &status) != 0)
    return;
  device_ = status.st_dev;
  root_id_ = load({});
}

node_id disk::load(const fs::path& path) {
  struct stat status {};
  const auto real = root_ / path;
  ::lstat(real.c_str(), &status);
  if (const auto known = ids_.find(status.st_ino); known != ids_.end())
    return known->second; // a second name
  const auto id = add(status);
  auto& made = nodes_[id];
  made.path = path;
  if (S_ISREG(status.st_mode)) {
    const int fd = ::open(real.c_str(), O_RDONLY | O_CLOEXEC);
    made.bytes = contents{bytes_of(fd)};
    ::close(fd);
  } else if (S_ISLNK(status.st_mode)) {
    made.target = fs::read_symlink(real);
  } else {
    for (const auto& entry : fs::directory_iterator{real})
      if (!entry.is_socket())
        made.entries[entry.path().filename()] =
          load(path / entry.path().filename());
    made.synced_entries = made.entries;
  }
  return id;
}

node_id disk::add(const struct stat& status) {
  ids_[status.st_ino] = ++last_;
  nodes_[last_].mode = status.st_mode;
  return last_;
}

// --- where things are --------------------------------------------------------

std::optional<node_id> disk::find(int fd) const {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_dev != device_)
    return std::nullopt;
  const auto found = ids_.find(status.st_ino);
  return found == ids_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<place> disk::find(int fd, const char* path) const {
  const fs::path whole{path};
  const auto plain = whole.has_filename() ? whole : whole.parent_path();
  const auto parent = plain.has_parent_path() ? plain.parent_path() : ".";
  struct stat status {};
  if (::fstatat(fd, parent.c_str(), &status, 0) != 0
      || status.st_dev != device_)
    return std::nullopt;
  const auto found = ids_.find(status.st_ino);
  if (found == ids_.end())
    return std::nullopt;
  return place{found->second, plain.filename()};
}

std::optional<node_id> disk::at(const place& where) const {
  const auto& entries = nodes_.at(where.folder).entries;
  const auto found = entries.find(where.name);
  return found == entries.end() ? std::nullopt : std::optional{found->second};
}

fs::path disk::path_of(const place& where) const {
  return nodes_.at(where.folder).path / where.name;
}

// --- what changes ------------------------------------------------------------

void disk::made(const place& where) {
  struct stat status {};
  const auto path = path_of(where);
  if (::lstat((root_ / path).c_str(), &status) != 0)
    return;
  const auto id = add(status);
  nodes_[id].path = path;
  if (S_ISLNK(status.st_mode))
    nodes_[id].target = fs::read_symlink(root_ / path);
  apply({{where, id}});
}

void disk::linked(node_id from, const place& to) { apply({{to, from}}); }

void disk::removed(const place& from) { apply({{from, std::nullopt}}); }

void disk::renamed(const place& from, const place& to, bool is_exchange) {
  const auto moved = at(from);
  const auto other = is_exchange ? at(to) : std::nullopt;
  if (moved)
    nodes_[*moved].path = path_of(to);
  apply({{to, moved}, {from, other}});
}

void disk::apply(change steps) {
  std::vector<node_id> displaced;
  for (const auto& [where, id] : steps) {
    auto& entries = nodes_.at(where.folder).entries;
    if (const auto before = at(where))
      displaced.push_back(*before);
    if (id)
      entries[where.name] = *id;
    else
      entries.erase(where.name);
  }
  pending_.push_back(std::move(steps));
  // The number of one without a name may be given to a file elsewhere.
  for (const auto gone : displaced)
    if (!has_name(gone))
      std::erase_if(ids_,
                    [&](const auto& pair) { return pair.second == gone; });
}

bool disk::has_name(node_id id) const {
  return std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& folder) {
    const auto& entries = folder.second.entries;
    return std::any_of(entries.begin(), entries.end(),
                       [&](const auto& entry) { return entry.second == id; });
  });
}

bool disk::sync(node_id id, int fd) {
  auto& synced = nodes_.at(id);
  if (S_ISDIR(synced.mode)) {
    synced.synced_entries = synced.entries;
    for (auto& steps : pending_)
      std::erase_if(steps, [&](const step& s) { return s.where.folder == id; });
    std::erase_if(pending_, [](const change& steps) { return steps.empty(); });
    return true;
  }
  struct stat status {};
  if (::fstat(fd, &status) == 0)
    synced.mode = status.st_mode;
  // It may be open for writing alone.
  const auto again = "/proc/self/fd/" + std::to_string(fd);
  const int readable = ::open(again.c_str(), O_RDONLY | O_CLOEXEC);
  const auto is_known = synced.bytes.sync(readable);
  ::close(readable);
  return is_known;
}

} // namespace trivium::test::power_cut
