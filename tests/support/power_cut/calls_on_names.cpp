// In place of libc's: what changes the names in folders.

#include "tests/support/power_cut/real_call.hpp"
#include "tests/support/power_cut/watched.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using trivium::test::power_cut::disk;
using trivium::test::power_cut::place;
using trivium::test::power_cut::real_call;
using trivium::test::power_cut::watched_call;

/// Makes the call; `then(disk, place)` when it succeeded on a watched name.
/// One that will fail, as the name is there or not, is no point of a cut.
template <class Call, class Then>
int changing(const char* name, bool wants_it_there, int fd, const char* path,
             Call call, Then then) {
  const watched_call mine;
  const auto where = mine ? mine.files().find(fd, path) : std::nullopt;
  if (!where || mine.files().at(*where).has_value() != wants_it_there)
    return static_cast<int>(call());
  mine.begins(name, mine.files().path_of(*where));
  const auto result = static_cast<int>(call());
  if (result >= 0)
    then(mine.files(), *where);
  return result;
}

int opened(int fd, const char* path, int flags, mode_t mode) {
  const auto call = [&] {
    return real_call(SYS_openat, fd, path, flags, mode);
  };
  const auto is_making = (flags & O_CREAT) != 0;
  if (!is_making && (flags & O_TRUNC) == 0)
    return static_cast<int>(call());
  struct stat status {};
  if (::fstatat(fd, path, &status, 0) != 0)
    return changing("create", false, fd, path, call,
                    [](disk& files, const place& where) { files.made(where); });
  if ((flags & O_TRUNC) == 0)
    return static_cast<int>(call());
  return changing("truncate", true, fd, path, call,
                  [](disk& files, const place& where) {
                    files[*files.at(where)].bytes.cut_to(0);
                  });
}

} // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const auto mode = va_arg(list, mode_t);
  va_end(list);
  return opened(AT_FDCWD, path, flags, mode);
}

int openat(int fd, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const auto mode = va_arg(list, mode_t);
  va_end(list);
  return opened(fd, path, flags, mode);
}

int creat(const char* path, mode_t mode) {
  return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int mkdirat(int fd, const char* path, mode_t mode) noexcept {
  return changing(
    "mkdir", false, fd, path,
    [&] { return real_call(SYS_mkdirat, fd, path, mode); },
    [](disk& files, const place& where) { files.made(where); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  return mkdirat(AT_FDCWD, path, mode);
}

int symlinkat(const char* target, int fd, const char* path) noexcept {
  return changing(
    "symlink", false, fd, path,
    [&] { return real_call(SYS_symlinkat, target, fd, path); },
    [](disk& files, const place& where) { files.made(where); });
}

int symlink(const char* target, const char* path) noexcept {
  return symlinkat(target, AT_FDCWD, path);
}

int unlinkat(int fd, const char* path, int flags) noexcept {
  const auto* name = (flags & AT_REMOVEDIR) != 0 ? "rmdir" : "unlink";
  return changing(
    name, true, fd, path,
    [&] { return real_call(SYS_unlinkat, fd, path, flags); },
    [](disk& files, const place& where) { files.removed(where); });
}

int unlink(const char* path) noexcept { return unlinkat(AT_FDCWD, path, 0); }

int rmdir(const char* path) noexcept {
  return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char* path) noexcept {
  const auto done = unlink(path);
  return done != 0 && errno == EISDIR ? rmdir(path) : done;
}

int linkat(int from_fd, const char* from, int fd, const char* path,
           int flags) noexcept {
  return changing(
    "link", false, fd, path,
    [&] { return real_call(SYS_linkat, from_fd, from, fd, path, flags); },
    [&](disk& files, const place& where) {
      const auto source = files.find(from_fd, from);
      const auto id = source ? files.at(*source) : std::nullopt;
      if (id)
        files.linked(*id, where);
    });
}

int link(const char* from, const char* path) noexcept {
  return linkat(AT_FDCWD, from, AT_FDCWD, path, 0);
}

int renameat2(int from_fd, const char* from, int fd, const char* path,
              unsigned flags) noexcept {
  return changing(
    "rename", true, from_fd, from,
    [&] { return real_call(SYS_renameat2, from_fd, from, fd, path, flags); },
    [&](disk& files, const place& where) {
      if (const auto to = files.find(fd, path))
        files.renamed(where, *to, (flags & RENAME_EXCHANGE) != 0);
      else
        files.removed(where);
    });
}

int renameat(int from_fd, const char* from, int fd, const char* path) noexcept {
  return renameat2(from_fd, from, fd, path, 0);
}

int rename(const char* from, const char* path) noexcept {
  return renameat2(AT_FDCWD, from, AT_FDCWD, path, 0);
}

int open64(const char*, int, ...) __attribute__((alias("open")));
int openat64(int, const char*, int, ...) __attribute__((alias("openat")));

} // extern "C"
