#include "config/text_file.hpp"

#include "messages/values/names.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace trivium::config {

namespace {

struct descriptor {
  explicit descriptor(int number) : fd(number) {}
  ~descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  int fd;
};

ec code_of(int number) {
  switch (number) {
  case ENOENT:
  case ENOTDIR:
    return ec::not_found;
  case EACCES:
  case EPERM:
    return ec::permission_denied;
  default:
    return ec::unavailable;
  }
}

} // namespace

expected<std::string> read_config_file(const std::filesystem::path& path) {
  const auto shown = printable(path.string());
  const auto system_error = [&] {
    const auto number = errno;
    return fail(code_of(number), shown + ": " + std::strerror(number));
  };
  // O_NONBLOCK: opening a FIFO would wait for a writer.
  const descriptor file{
    ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  struct stat status {};
  if (file.fd < 0 || ::fstat(file.fd, &status) != 0)
    return system_error();
  if (!S_ISREG(status.st_mode))
    return fail(ec::invalid_argument, shown + ": not a regular file");

  // One byte more than allowed tells a file that is too large, also one that
  // grows while it is read.
  std::string text(max_config_bytes + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const auto count = ::read(file.fd, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return system_error();
    if (count == 0)
      break;
    size += static_cast<size_t>(count);
  }
  if (size > max_config_bytes)
    return fail(ec::resource_exhausted, shown + ": larger than "
                                          + std::to_string(max_config_bytes)
                                          + " bytes");
  text.resize(size);
  return text;
}

} // namespace trivium::config
