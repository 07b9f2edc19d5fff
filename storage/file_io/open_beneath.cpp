#include "storage/file_io/open_beneath.hpp"

#include "messages/values/names.hpp"
#include "storage/file_io/errno_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace trivium::storage {

expected<int> open_beneath(const std::filesystem::path& folder,
                           const std::string& relative, int flags) {
  if (relative.empty() || relative.find('\0') != std::string::npos)
    return fail(ec::invalid_argument,
                "file name \"" + printable(relative) + "\" is not usable");
  const int base = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (base < 0)
    return fail(errno_error(errno, "cannot open folder", folder));
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const auto fd = static_cast<int>(
    ::syscall(SYS_openat2, base, relative.c_str(), &how, sizeof(how)));
  const auto reason = errno;
  ::close(base);
  if (fd >= 0)
    return fd;
  if (reason == EXDEV)
    return fail(ec::permission_denied,
                "\"" + printable(relative) + "\" leaves the model's folder");
  if (reason == ELOOP)
    return fail(ec::permission_denied,
                "\"" + printable(relative) + "\" is or passes a symbolic link");
  return fail(errno_error(reason, "cannot open", folder / relative));
}

} // namespace trivium::storage
