// In place of libc's: what changes the bytes of files, or syncs.

#include "tests/support/power_cut/real_call.hpp"
#include "tests/support/power_cut/watched.hpp"

#include <cstdarg>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using trivium::test::power_cut::contents;
using trivium::test::power_cut::node_id;
using trivium::test::power_cut::real_call;
using trivium::test::power_cut::watched_call;

bool is_file(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0
         && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

/// Makes the call; `then(bytes, result)` when it succeeded on a watched file.
template <class Call, class Then>
long changing(const char* name, int fd, Call call, Then then) {
  if (!is_file(fd)) // it may block
    return call();
  const watched_call mine;
  const auto id = mine ? mine.files().find(fd) : std::nullopt;
  if (!id)
    return call();
  mine.begins(name, mine.files()[*id].path);
  const auto result = call();
  if (result >= 0)
    then(mine.files()[*id].bytes, result);
  return result;
}

template <class... Ts>
long writing(const char* name, int fd, long number, Ts... arguments) {
  return changing(
    name, fd, [&] { return real_call(number, fd, arguments...); },
    [&](contents& bytes, long put) {
      const auto end = ::lseek(fd, 0, SEEK_CUR);
      bytes.wrote(static_cast<uint64_t>(end - put), static_cast<uint64_t>(put));
    });
}

/// At an offset that the caller says.
template <class... Ts>
long placing(const char* name, int fd, off_t offset, long number,
             Ts... arguments) {
  return changing(
    name, fd, [&] { return real_call(number, fd, arguments...); },
    [&](contents& bytes, long put) {
      bytes.wrote(static_cast<uint64_t>(offset), static_cast<uint64_t>(put));
    });
}

/// The shadow is the disk: the real one is spared.
int syncing(const char* name, int fd, long number) {
  if (is_file(fd)) {
    const watched_call mine;
    if (const auto id = mine ? mine.files().find(fd) : std::nullopt) {
      mine.begins(name, mine.files()[*id].path);
      mine.sync(*id, fd);
      return 0;
    }
  }
  return static_cast<int>(real_call(number, fd));
}

} // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  return writing("write", fd, SYS_write, bytes, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  return writing("writev", fd, SYS_writev, parts, count);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return placing("pwrite", fd, offset, SYS_pwrite64, bytes, size, offset);
}

ssize_t pwritev(int fd, const iovec* parts, int count, off_t offset) {
  return placing("pwritev", fd, offset, SYS_pwritev, parts, count, offset, 0);
}

int ftruncate(int fd, off_t size) noexcept {
  return static_cast<int>(changing(
    "ftruncate", fd, [&] { return real_call(SYS_ftruncate, fd, size); },
    [&](contents& bytes, long) { bytes.cut_to(static_cast<uint64_t>(size)); }));
}

int fallocate(int fd, int mode, off_t offset, off_t size) {
  return static_cast<int>(changing(
    "fallocate", fd,
    [&] { return real_call(SYS_fallocate, fd, mode, offset, size); },
    [&](contents& bytes, long) {
      if (mode != FALLOC_FL_KEEP_SIZE)
        bytes.wrote(static_cast<uint64_t>(offset), static_cast<uint64_t>(size));
    }));
}

ssize_t copy_file_range(int from, off64_t* from_at, int fd, off64_t* at,
                        size_t size, unsigned flags) {
  return changing(
    "copy_file_range", fd,
    [&] {
      return real_call(SYS_copy_file_range, from, from_at, fd, at, size, flags);
    },
    [](contents& bytes, long) { bytes.cut_to(0); });
}

int ioctl(int fd, unsigned long request, ...) noexcept {
  va_list list;
  va_start(list, request);
  void* const argument = va_arg(list, void*);
  va_end(list);
  const auto call = [&] { return real_call(SYS_ioctl, fd, request, argument); };
  if (request != FICLONE && request != FICLONERANGE)
    return static_cast<int>(call());
  return static_cast<int>(changing(
    "clone", fd, call, [](contents& bytes, long) { bytes.cut_to(0); }));
}

void* mmap(void* at, size_t size, int protection, int flags, int fd,
           off_t offset) noexcept {
  if (fd >= 0 && (protection & PROT_WRITE) != 0
      && (flags & MAP_TYPE) != MAP_PRIVATE) {
    const watched_call mine;
    if (const auto id = mine ? mine.files().find(fd) : std::nullopt)
      mine.files()[*id].bytes.map();
  }
  return reinterpret_cast<void*>(
    real_call(SYS_mmap, at, size, protection, flags, fd, offset));
}

int fsync(int fd) { return syncing("fsync", fd, SYS_fsync); }

int fdatasync(int fd) { return syncing("fdatasync", fd, SYS_fdatasync); }

ssize_t pwrite64(int, const void*, size_t, off64_t)
  __attribute__((alias("pwrite")));
int ftruncate64(int, off64_t) noexcept __attribute__((alias("ftruncate")));
int fallocate64(int, int, off64_t, off64_t) __attribute__((alias("fallocate")));
void* mmap64(void*, size_t, int, int, int, off64_t) noexcept
  __attribute__((alias("mmap")));

} // extern "C"
