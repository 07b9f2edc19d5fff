#include "storage/file_io/errno_text.hpp"

#include "messages/values/names.hpp"

#include <cerrno>
#include <system_error>

namespace trivium::storage {

namespace {

ec code_of(int number) {
  switch (number) {
  case ENOENT:
  case ENOTDIR:
    return ec::not_found;
  case EACCES:
  case EPERM:
  case EROFS:
    return ec::permission_denied;
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
  case ENOMEM:
  case EMFILE:
  case ENFILE:
    return ec::resource_exhausted;
  case EEXIST:
    return ec::already_exists;
  case EISDIR:
  case ENAMETOOLONG:
  case EINVAL:
  case ENXIO:
    return ec::invalid_argument;
  default:
    return ec::unavailable;
  }
}

} // namespace

std::string shown(const std::filesystem::path& path) {
  return printable(path.native());
}

error errno_error(int number, std::string_view what,
                  const std::filesystem::path& path) {
  return {code_of(number), shown(path) + ": " + std::string{what} + ": "
                             + std::generic_category().message(number)};
}

} // namespace trivium::storage
