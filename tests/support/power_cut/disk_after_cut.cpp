#include "tests/support/power_cut/disk.hpp"

#include <fcntl.h>
#include <functional>
#include <set>
#include <unistd.h>

namespace trivium::test::power_cut {

namespace fs = std::filesystem;

namespace {

void write_file(const fs::path& path, const std::string& bytes, mode_t mode) {
  const int fd =
    ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  for (size_t done = 0; done < bytes.size();) {
    const auto put = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (put <= 0)
      break;
    done += static_cast<size_t>(put);
  }
  ::fchmod(fd, mode & 07777);
  ::close(fd);
}

} // namespace

disk::folders disk::after_cut(uint64_t seed) const {
  folders left;
  for (const auto& [id, one] : nodes_)
    if (S_ISDIR(one.mode))
      left[id] = one.synced_entries;
  if (seed == 0)
    return left;
  std::mt19937_64 turn{seed};
  const auto kept = turn() % (pending_.size() + 1);
  for (size_t i = 0; i < kept; ++i) {
    for (const auto& [where, id] : pending_[i]) {
      if (id)
        left[where.folder][where.name] = *id;
      else
        left[where.folder].erase(where.name);
    }
  }
  return left;
}

void disk::leave(const fs::path& target, uint64_t seed) const {
  std::map<node_id, fs::path> real; // as the process sees them
  const std::function<void(node_id, const fs::path&)> look =
    [&](node_id id, const fs::path& path) {
      real[id] = path;
      for (const auto& [name, child] : nodes_.at(id).entries)
        look(child, path / name);
    };
  look(root_id_, root_);

  const auto left = after_cut(seed);
  std::mt19937_64 turn{seed};
  std::map<node_id, fs::path> there;
  const std::function<void(node_id, const fs::path&)> put =
    [&](node_id id, const fs::path& path) {
      const auto& one = nodes_.at(id);
      if (S_ISDIR(one.mode)) {
        ::mkdir(path.c_str(), one.mode & 07777);
        for (const auto& [name, child] : left.at(id))
          put(child, path / name);
      } else if (S_ISLNK(one.mode)) {
        fs::create_symlink(one.target, path);
      } else if (const auto first = there.find(id); first != there.end()) {
        ::link(first->second.c_str(), path.c_str());
      } else {
        const auto seen = seed == 0 ? real.end() : real.find(id);
        const int fd = seen == real.end()
                         ? -1
                         : ::open(seen->second.c_str(), O_RDONLY | O_CLOEXEC);
        write_file(path, fd < 0 ? one.bytes.synced() : one.bytes.torn(fd, turn),
                   one.mode);
        if (fd >= 0)
          ::close(fd);
        there[id] = path;
      }
    };
  put(root_id_, target);
}

std::vector<std::string> disk::unseen() const {
  std::vector<std::string> found;
  const std::function<void(node_id, const fs::path&)> look =
    [&](node_id id, const fs::path& path) {
      std::set<std::string> names;
      for (const auto& entry : fs::directory_iterator{path}) {
        if (entry.is_socket())
          continue;
        names.insert(entry.path().filename());
        struct stat status {};
        ::lstat(entry.path().c_str(), &status);
        const auto known = ids_.find(status.st_ino);
        if (known == ids_.end()
            || at({id, entry.path().filename()}) != known->second)
          found.push_back("came: " + entry.path().native());
        else if (S_ISDIR(status.st_mode))
          look(known->second, entry.path());
      }
      for (const auto& [name, child] : nodes_.at(id).entries)
        if (names.count(name) == 0)
          found.push_back("went: " + (path / name).native());
    };
  look(root_id_, root_);
  return found;
}

} // namespace trivium::test::power_cut
