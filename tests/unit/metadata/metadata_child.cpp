// The process that the tests of the metadata store kill and starve.
#include "storage/metadata/metadata_store.hpp"
#include "tests/support/forked.hpp"

#include <fcntl.h>
#include <iostream>
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
