// The process that the tests of the metadata store kill and starve.
#include "storage/metadata/backup/restore.hpp"
#include "storage/metadata/metadata_store.hpp"
#include "tests/support/forked.hpp"

#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <unistd.h>

using namespace trivium;
using storage::metadata_store;

namespace {

void say(const std::string& line) {
  std::cout << line << std::endl; // flushed: the parent counts on it
}

/// Commits until it is killed; a line per acknowledged revision.
int commit_for_ever(metadata_store& store) {
  while (true) {
    const auto next = store.head() + 1;
    const transaction txn{
      {}, {put{"k/" + std::to_string(next), std::to_string(next)}}, {}};
    const auto done = store.commit({&txn, 1});
    if (!done)
      return 1;
    say(std::to_string(done->front().at));
  }
}

/// Grants leases of a minute at 1,000 s of uptime, the odd ones kept alive at
/// 1,030 s, until stdin ends.
int grant(const std::string& folder) {
  uint64_t uptime_s = 1000;
  storage::metadata_options options;
  options.uptime_ns = [&] { return uptime_s * 1'000'000'000; };
  const auto store = metadata_store::open(folder, options);
  const std::vector<transaction> grants(100, {{}, {grant_lease{60'000}}, {}});
  if (!store || !(*store)->commit(grants))
    return 1;
  uptime_s = 1030;
  for (lease_id id = 1; id <= 100; id += 2)
    if (!(*store)->keep_alive(id))
      return 1;
  say("granted");
  std::string line;
  std::getline(std::cin, line);
  return 0;
}

/// Holds the store until stdin ends.
int hold() {
  say("open");
  std::string line;
  std::getline(std::cin, line);
  return 0;
}

/// Commits until the disk is full; says what happened then, what reads give,
/// and what a commit gives once there is room.
int fill(metadata_store& store, const std::string& ballast) {
  transaction txn{{}, {put{"", std::string(size_t{256} << 10, 'v')}}, {}};
  while (true) {
    std::get<put>(txn.then.front()).key =
      "k/" + std::to_string(store.head() + 1);
    if (const auto done = store.commit({&txn, 1}); !done) {
      say(std::string{to_string(done.error().code)});
      break;
    }
  }
  const auto all = store.range("k/");
  say(all && all->size() == store.head() ? "all read" : "reads lost");
  ::unlink(ballast.c_str());
  const auto again = store.commit({&txn, 1});
  say(again ? "committed" : again.error().text);
  return 0;
}

template <class T>
std::string code_of(const expected<T>& result) {
  return std::string{to_string(result ? ec::none : result.error().code)};
}

/// What no compression makes smaller.
std::string noise(size_t bytes) {
  std::mt19937_64 chance{7};
  std::string text(bytes, '\0');
  for (auto& c : text)
    c = static_cast<char>(chance());
  return text;
}

/// A store of 8 MiB on a disk with room, backed up to one of 4 MiB, and a
/// backup of it restored there: says what came of it and what is left there.
int back_up_to_small_disk(const std::string& folder) {
  const auto small = folder + "/small";
  std::filesystem::create_directories(small);
  const auto store = metadata_store::open(folder + "/store");
  const transaction txn{{}, {put{"k", noise(size_t{1} << 20)}}, {}};
  for (int i = 0; i < 8; ++i)
    if (!store || !(*store)->commit({&txn, 1}))
      return 1;
  if (!(*store)->backup(folder + "/backup", {})
      || !test::mount_small_disk(small, 4))
    return 1;
  const auto backed_up = (*store)->backup(small + "/backup", {});
  say("backup: " + code_of(backed_up));
  const auto restored =
    storage::restore_metadata(folder + "/backup", small + "/restored");
  say("restore: " + code_of(restored));
  const std::filesystem::directory_iterator left{small};
  say(std::to_string(std::distance(begin(left), end(left)))
      + " left on the full disk");
  return 0;
}

/// 24 MiB of a disk of 64 are taken from the start.
bool start_on_small_disk(const std::string& folder,
                         const std::string& ballast) {
  if (!test::mount_small_disk(folder, 64))
    return false;
  const int fd = ::open(ballast.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const auto is_taken = fd >= 0 && ::fallocate(fd, 0, 0, 24 << 20) == 0;
  ::close(fd);
  return is_taken;
}

int run(std::string_view command, const std::string& folder) {
  const auto ballast = folder + "/ballast";
  if (command == "fill" && !start_on_small_disk(folder, ballast)) {
    say("not mounted");
    return 1;
  }
  if (command == "backup")
    return back_up_to_small_disk(folder);
  if (command == "grant")
    return grant(folder + "/store");
  const auto store = metadata_store::open(folder + "/store");
  if (!store) {
    say(store.error().text);
    return 1;
  }
  if (command == "commit")
    return commit_for_ever(**store);
  return command == "fill" ? fill(**store, ballast) : hold();
}

} // namespace

int main(int count, char** words) {
  return count == 3 ? run(words[1], words[2]) : 2;
}
