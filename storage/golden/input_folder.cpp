#include "storage/golden/input_folder.hpp"

#include "messages/values/names.hpp"
#include "messages/values/shown_name.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/golden/npy.hpp"

#include <algorithm>
#include <map>

namespace trivium::storage {

namespace {

namespace fs = std::filesystem;

struct listing {
  std::vector<fs::path> arrays;
  std::vector<fs::path> folders;
};

expected<listing> list(const fs::path& folder) {
  std::error_code failed;
  fs::directory_iterator entries{folder, failed};
  listing found;
  for (; !failed && entries != fs::directory_iterator{};
       entries.increment(failed)) {
    const auto& path = entries->path();
    if (path.filename().native().starts_with('.'))
      continue;
    std::error_code unknown;
    if (entries->is_directory(unknown))
      found.folders.push_back(path);
    else if (path.extension() == ".npy")
      found.arrays.push_back(path);
  }
  if (failed)
    return fail(errno_error(failed.value(), "cannot list", folder));
  std::sort(found.arrays.begin(), found.arrays.end());
  std::sort(found.folders.begin(), found.folders.end());
  return found;
}

std::string shape_text(std::span<const int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : ", ")
            + (shape[i] < 0 ? std::string{"any"} : std::to_string(shape[i]));
  return text + "]";
}

bool fits(const tensor_shape& shape, std::span<const int64_t> wanted) {
  return std::equal(shape.begin(), shape.end(), wanted.begin(), wanted.end(),
                    [](uint64_t seen, int64_t want) {
                      return want < 0 || seen == static_cast<uint64_t>(want);
                    });
}

expected<tensor_value> read_input(const fs::path& path,
                                  const tensor_signature& input,
                                  uint64_t& left) {
  TRIVIUM_TRY(const auto file, readable_file::open(path));
  TRIVIUM_TRY(auto value, read_npy(*file, left));
  if (value.type != input.type || !fits(value.shape, input.shape))
    return fail(ec::invalid_argument,
                shown(path) + ": holds " + std::string{to_string(value.type)}
                  + " " + to_string(value.shape) + ", input "
                  + shown_name(input.name) + " wants "
                  + std::string{to_string(input.type)} + " "
                  + shape_text(input.shape));
  left -= value.bytes.size();
  value.name = input.name;
  return value;
}

/// Which input each array of a case feeds.
using fed_inputs = std::map<fs::path, std::string>;

/// The array of `input` in a case's folder: that of its own name before that of
/// its name as a file may have it, which two inputs may share.
expected<fs::path> array_of(const tensor_signature& input,
                            const fs::path& folder, fed_inputs& arrays) {
  const auto plain = sanitised_name(input.name);
  auto found = arrays.find(folder / (input.name + ".npy"));
  if (found == arrays.end())
    found = arrays.find(folder / (plain + ".npy"));
  if (found == arrays.end())
    return fail(ec::invalid_argument, shown(folder) + ": no " + plain
                                        + ".npy for input "
                                        + shown_name(input.name));
  auto& [path, fed] = *found;
  if (!fed.empty())
    return fail(ec::invalid_argument, shown(path) + ": cannot feed both "
                                        + shown_name(fed) + " and "
                                        + shown_name(input.name));
  fed = input.name;
  return path;
}

expected<golden_case> read_case(const fs::path& folder,
                                std::span<const tensor_signature> inputs,
                                uint64_t& left) {
  TRIVIUM_TRY(const auto found, list(folder));
  fed_inputs arrays;
  for (const auto& path : found.arrays)
    arrays.emplace(path, std::string{});
  golden_case read;
  read.name = sanitised_name(folder.filename().native());
  for (const auto& input : inputs) {
    TRIVIUM_TRY(const auto path, array_of(input, folder, arrays));
    TRIVIUM_TRY(auto value, read_input(path, input, left));
    read.inputs.push_back(std::move(value));
  }
  for (const auto& [path, fed] : arrays)
    if (fed.empty())
      return fail(ec::invalid_argument,
                  shown(path) + ": the graph has no such input");
  return read;
}

expected<void> check_layout(const fs::path& folder, const listing& found,
                            std::span<const tensor_signature> inputs) {
  if (found.arrays.empty() && found.folders.empty())
    return fail(ec::not_found,
                shown(folder) + ": neither .npy files nor folders of them");
  if (!found.arrays.empty() && !found.folders.empty())
    return fail(ec::invalid_argument,
                shown(folder)
                  + ": .npy files and folders; one case a file or "
                    "one case a folder, not both");
  if (!found.arrays.empty() && inputs.size() != 1)
    return fail(ec::invalid_argument,
                shown(folder) + ": the graph has "
                  + std::to_string(inputs.size())
                  + " inputs; make one folder a case, with one .npy an input");
  return {};
}

} // namespace

expected<std::vector<golden_case>>
read_input_folder(const fs::path& folder,
                  std::span<const tensor_signature> inputs, uint64_t limit) {
  TRIVIUM_TRY(const auto found, list(folder));
  TRIVIUM_CHECK(check_layout(folder, found, inputs));
  std::vector<golden_case> cases;
  for (const auto& path : found.arrays) {
    TRIVIUM_TRY(auto value, read_input(path, inputs.front(), limit));
    golden_case read;
    read.name = sanitised_name(path.stem().native());
    read.inputs.push_back(std::move(value));
    cases.push_back(std::move(read));
  }
  for (const auto& path : found.folders) {
    TRIVIUM_TRY(auto read, read_case(path, inputs, limit));
    cases.push_back(std::move(read));
  }
  return cases;
}

} // namespace trivium::storage
