#include "tools/trivium/repl/node_path.hpp"

#include <filesystem>

namespace trivium::tools::repl {

std::string node_path(const std::string& path) {
  std::error_code failed;
  const auto full = std::filesystem::absolute(path, failed);
  return path.empty() || failed ? path : full.lexically_normal().native();
}

std::vector<std::string> paths_from(const std::string& start) {
  constexpr size_t most = 1000;
  const auto slash = start.rfind('/');
  const auto folder =
    slash == std::string::npos ? std::string{} : start.substr(0, slash + 1);
  const auto name = start.substr(folder.size());
  std::vector<std::string> found;
  std::error_code failed;
  std::filesystem::directory_iterator entry{
    folder.empty() ? "." : folder.c_str(), failed};
  for (; !failed && entry != std::filesystem::directory_iterator{}
         && found.size() < most;
       entry.increment(failed)) {
    const auto seen = entry->path().filename().native();
    if (!seen.starts_with(name) || (name.empty() && seen.starts_with('.')))
      continue;
    std::error_code unknown;
    found.push_back(folder + seen + (entry->is_directory(unknown) ? "/" : ""));
  }
  return found;
}

} // namespace trivium::tools::repl
