#include "storage/golden/golden_set.hpp"

#include "messages/values/manifest.hpp"
#include "messages/values/names.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/staged_file.hpp"
#include "storage/golden/golden_json.hpp"
#include "storage/golden/npy.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace trivium::storage {

namespace {

namespace fs = std::filesystem;

/// Calls `use` with each tensor of the set, in the order of array_names.
template <class Set, class Use>
expected<void> for_each_tensor(Set& set, Use use) {
  for (auto& c : set.cases) {
    for (auto& tensor : c.inputs)
      TRIVIUM_CHECK(use(tensor));
    for (auto& tensor : c.outputs)
      TRIVIUM_CHECK(use(tensor));
  }
  return {};
}

/// "0003.in-00.npy": tensors' own names may hold anything.
array_names names_of_arrays(const golden_set& set) {
  array_names files;
  const auto add = [&](size_t c, const char* role, size_t i) {
    char text[64];
    std::snprintf(text, sizeof(text), "%04zu.%s-%02zu.npy", c, role, i);
    files.emplace_back(text);
  };
  for (size_t c = 0; c < set.cases.size(); ++c) {
    for (size_t i = 0; i < set.cases[c].inputs.size(); ++i)
      add(c, "in", i);
    for (size_t i = 0; i < set.cases[c].outputs.size(); ++i)
      add(c, "out", i);
  }
  return files;
}

/// Gives `declared` the bytes of its array, which must be as declared.
expected<void> read_array(const fs::path& folder, const std::string& name,
                          uint64_t limit, tensor_value& declared) {
  TRIVIUM_CHECK(check_artifact_path(name));
  TRIVIUM_TRY(const auto file, readable_file::open_beneath(folder, name));
  TRIVIUM_TRY(auto array, read_npy(*file, limit));
  if (array.type != declared.type || array.shape != declared.shape)
    return fail(ec::invalid_argument, shown(file->path()) + ": holds "
                                        + std::string{to_string(array.type)}
                                        + " " + to_string(array.shape) + ", "
                                        + golden_file_name + " says "
                                        + std::string{to_string(declared.type)}
                                        + " " + to_string(declared.shape));
  declared.bytes = std::move(array.bytes);
  return {};
}

/// A folder beside its final place, removed unless it gets there.
class staged_folder {
public:
  [[nodiscard]] static expected<staged_folder> create(fs::path target) {
    static std::atomic<uint64_t> sequence{0};
    if (!target.has_filename()) // "golden/"
      target = target.parent_path();
    auto temporary =
      target.parent_path()
      / ("." + target.filename().native() + "." + std::to_string(::getpid())
         + "-" + std::to_string(++sequence) + ".partial");
    std::error_code failed;
    fs::create_directory(temporary, failed);
    if (failed)
      return fail(errno_error(failed.value(), "cannot create", target));
    return staged_folder{std::move(target), std::move(temporary)};
  }

  staged_folder(staged_folder&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})) {}
  staged_folder& operator=(staged_folder&&) = delete;
  ~staged_folder() {
    std::error_code ignored;
    if (!temporary_.empty())
      fs::remove_all(temporary_, ignored);
  }

  [[nodiscard]] const fs::path& path() const { return temporary_; }

  [[nodiscard]] expected<void> publish() {
    TRIVIUM_CHECK(sync_folder(temporary_));
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
      if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
        return fail(ec::already_exists, shown(target_) + ": exists already");
      return fail(errno_error(errno, "cannot put in place", target_));
    }
    temporary_.clear();
    const auto parent = target_.parent_path();
    return sync_folder(parent.empty() ? "." : parent);
  }

private:
  staged_folder(fs::path target, fs::path temporary)
    : target_(std::move(target)), temporary_(std::move(temporary)) {}

  fs::path target_;
  fs::path temporary_;
};

} // namespace

expected<golden_set> load_golden(const fs::path& folder, uint64_t limit) {
  TRIVIUM_TRY(const auto index,
              readable_file::open_beneath(folder, golden_file_name));
  if (index->size() > max_golden_json_bytes)
    return fail(ec::resource_exhausted,
                shown(index->path()) + ": has " + std::to_string(index->size())
                  + " bytes, at most " + std::to_string(max_golden_json_bytes)
                  + " are read");
  std::string text(index->size(), '\0');
  TRIVIUM_CHECK(index->read(0, std::as_writable_bytes(std::span{text})));
  array_names files;
  auto set = parse_golden_json(text, files);
  if (!set)
    return fail(set.error().code, shown(folder) + ": " + set.error().text);
  auto file = files.begin();
  auto left = limit;
  TRIVIUM_CHECK(for_each_tensor(*set, [&](tensor_value& t) -> expected<void> {
    TRIVIUM_CHECK(read_array(folder, *file++, left, t));
    left -= t.bytes.size();
    return {};
  }));
  return set;
}

expected<void> save_golden(const golden_set& set, const fs::path& folder) {
  TRIVIUM_CHECK(check_golden(set));
  const auto files = names_of_arrays(set);
  TRIVIUM_TRY(auto staged, staged_folder::create(folder));
  auto file = files.begin();
  TRIVIUM_CHECK(for_each_tensor(set, [&](const tensor_value& tensor) {
    return write_npy(staged.path() / *file++, tensor);
  }));
  const auto json = golden_json(set, files);
  TRIVIUM_CHECK(write_file(staged.path() / golden_file_name,
                           std::as_bytes(std::span{json})));
  return staged.publish();
}

} // namespace trivium::storage
