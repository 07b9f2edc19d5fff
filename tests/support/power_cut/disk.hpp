#pragma once

#include "tests/support/power_cut/contents.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <sys/stat.h>
#include <unordered_map>

namespace trivium::test::power_cut {

using node_id = uint64_t;

/// A file, folder or symbolic link: as the process sees it, and as a power cut
/// leaves it.
struct node {
  using names = std::map<std::string, node_id>;

  mode_t mode = 0;
  std::filesystem::path path; ///< Below the watched folder, for the report.
  contents bytes;             ///< Of a file.
  std::string target;         ///< Of a link.
  names entries;              ///< Of a folder.
  names synced_entries;
};

/// Where a name is, or would be.
struct place {
  node_id folder = 0;
  std::string name;
};

/// The pessimistic reading of POSIX: bytes are on the disk as of the last sync
/// of their file, names as of the last sync of their folder, the syncs of a
/// new file, of a moved one or of the other folder notwithstanding.
class disk {
public:
  /// All that lies in `root` is on the disk, but for sockets.
  explicit disk(std::filesystem::path root);

  [[nodiscard]] std::optional<node_id> find(int fd) const;
  /// Of a name in a watched folder, which need not be there. Links in the way
  /// are followed, the last name is not.
  [[nodiscard]] std::optional<place> find(int fd, const char* path) const;
  [[nodiscard]] std::optional<node_id> at(const place& where) const;
  [[nodiscard]] node& operator[](node_id id) { return nodes_.at(id); }
  [[nodiscard]] std::filesystem::path path_of(const place& where) const;

  /// What the process did. Nothing of it is on the disk yet.
  void made(const place& where);
  void linked(node_id from, const place& to);
  void removed(const place& from);
  void renamed(const place& from, const place& to, bool is_exchange);

  /// False when bytes are there that no call was seen to write.
  [[nodiscard]] bool sync(node_id id, int fd);

  /// The tree that a power cut leaves, made in `target`. `seed` 0: exactly
  /// what was synced; others: also a random prefix of later changes of names,
  /// in their order, and of each file's later writes.
  void leave(const std::filesystem::path& target, uint64_t seed) const;

  /// Names that came or went without a call that was seen.
  [[nodiscard]] std::vector<std::string> unseen() const;

private:
  /// One name: gone where there is no id.
  struct step {
    place where;
    std::optional<node_id> id;
  };
  using change = std::vector<step>; ///< One call: at once, or not at all.
  using folders = std::map<node_id, node::names>;

  node_id load(const std::filesystem::path& path);
  node_id add(const struct stat& status);
  void apply(change steps);
  [[nodiscard]] bool has_name(node_id id) const;
  [[nodiscard]] folders after_cut(uint64_t seed) const;

  std::filesystem::path root_;
  dev_t device_ = 0;
  std::unordered_map<ino_t, node_id> ids_;
  std::map<node_id, node> nodes_;
  std::vector<change> pending_;
  node_id root_id_ = 0;
  node_id last_ = 0;
};

} // namespace trivium::test::power_cut
