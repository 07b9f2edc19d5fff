#include "storage/file_io/output_target.hpp"

#include "messages/values/names.hpp"

namespace trivium::storage {

namespace fs = std::filesystem;

expected<fs::path> output_target(const fs::path& path) {
  auto target = path.lexically_normal();
  if (!target.has_filename()) // "out/" means the folder "out"
    target = target.parent_path();
  if (!target.has_filename() || target == "." || target == "..")
    return fail(ec::invalid_argument,
                "\"" + printable(path.native()) + "\" names no output");
  std::error_code failed;
  if (fs::exists(fs::symlink_status(target, failed)))
    return fail(ec::already_exists,
                printable(target.native()) + ": exists already; name another");
  const auto parent = target.has_parent_path() ? target.parent_path() : ".";
  if (!fs::is_directory(parent, failed))
    return fail(ec::not_found, printable(parent.native()) + ": no such folder");
  return target;
}

} // namespace trivium::storage
