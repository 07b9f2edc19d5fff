#include "storage/metadata/backup/backup_manifest.hpp"

#include "messages/values/names.hpp"
#include "messages/values/sha256.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/staged_file.hpp"
#include "storage/metadata/record_layout.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace trivium::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view first_line = "trivium metadata backup 1";
constexpr std::string_view other_version = "trivium metadata backup ";
constexpr std::string_view folder_prefix = "rocksdb/";

tl::unexpected<error> damaged(const std::string& why) {
  return fail(ec::data_loss, "backup manifest: " + why);
}

/// Up to the separator, which goes too; nothing where it is missing.
std::optional<std::string_view> take_until(std::string_view& text, char end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos)
    return std::nullopt;
  const auto taken = text.substr(0, at);
  text.remove_prefix(at + 1);
  return taken;
}

template <class Integer>
std::optional<Integer> number(std::string_view text) {
  Integer value = 0;
  const auto [end, reason] =
    std::from_chars(text.data(), text.data() + text.size(), value);
  if (reason != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// "NAME NUMBER"
template <class Integer>
bool take_number(std::string_view& text, std::string_view name, Integer& to) {
  const auto line = take_until(text, '\n');
  if (!line || !line->starts_with(name)
      || !line->substr(name.size()).starts_with(' '))
    return false;
  const auto value = number<Integer>(line->substr(name.size() + 1));
  to = value.value_or(0);
  return value.has_value();
}

/// A name of RocksDB's: it leads nowhere else.
bool is_plain(std::string_view path) {
  if (!path.starts_with(folder_prefix))
    return false;
  const auto name = path.substr(folder_prefix.size());
  return !name.empty() && name != "." && name != ".."
         && std::all_of(name.begin(), name.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '.' || c == '-'
                     || c == '_';
            });
}

/// "file SHA256 SIZE PATH"
std::optional<backup_file> file_in(std::string_view line) {
  const auto name = take_until(line, ' ');
  const auto hex = take_until(line, ' ');
  const auto size = take_until(line, ' ');
  if (name != "file" || !hex || !size || !is_plain(line))
    return std::nullopt;
  const auto sha256 = digest::parse(*hex);
  const auto bytes = number<uint64_t>(*size);
  if (!sha256 || !bytes)
    return std::nullopt;
  return backup_file{std::string{line}, *bytes, *sha256};
}

/// A link in a backup would make it depend on what lies elsewhere.
expected<void> check_kind(const fs::path& path, fs::file_type wanted) {
  std::error_code reason;
  const auto status = fs::symlink_status(path, reason);
  if (!fs::exists(status))
    return fail(ec::data_loss, shown(path) + ": is missing");
  if (status.type() != wanted)
    return fail(ec::data_loss, shown(path)
                                 + (wanted == fs::file_type::directory
                                      ? ": is no folder"
                                      : ": is no regular file"));
  return {};
}

expected<void> check_size(const fs::path& path, uint64_t wanted) {
  std::error_code reason;
  const auto size = fs::file_size(path, reason);
  if (reason)
    return fail(errno_error(reason.value(), "cannot read", path));
  if (size != wanted)
    return fail(ec::data_loss, shown(path) + ": has " + std::to_string(size)
                                 + " bytes, " + std::to_string(wanted)
                                 + " were backed up");
  return {};
}

expected<void> check_no_others(const fs::path& folder,
                               const backup_manifest& manifest) {
  std::set<std::string> known;
  for (const auto& file : manifest.files)
    known.insert(file.path);
  std::error_code reason;
  for (fs::directory_iterator entry{folder / "rocksdb", reason}, end;
       !reason && entry != end; entry.increment(reason)) {
    const auto path =
      std::string{folder_prefix} + entry->path().filename().native();
    if (!known.contains(path))
      return fail(ec::data_loss,
                  shown(folder / path) + ": is not in the backup's manifest");
  }
  if (reason)
    return fail(errno_error(reason.value(), "cannot list", folder / "rocksdb"));
  return {};
}

} // namespace

uint64_t backup_manifest::size_bytes() const {
  uint64_t sum = 0;
  for (const auto& file : files)
    sum += file.size_bytes;
  return sum;
}

std::string encode(const backup_manifest& manifest) {
  std::string text{first_line};
  text += "\nformat " + std::to_string(manifest.format_version) + "\nhead "
          + std::to_string(manifest.head) + "\ntime "
          + std::to_string(manifest.made_at_ms) + "\n";
  for (const auto& file : manifest.files)
    text += "file " + to_string(file.sha256) + " "
            + std::to_string(file.size_bytes) + " " + file.path + "\n";
  return text + "sha256 " + to_string(sha256(text)) + "\n";
}

expected<backup_manifest> decode_backup_manifest(std::string_view text) {
  const auto whole = text;
  const auto first = take_until(text, '\n');
  if (first && *first != first_line && first->starts_with(other_version))
    return fail(ec::unsupported, "backup manifest: \"" + printable(*first)
                                   + "\", this build reads \""
                                   + std::string{first_line} + "\"");
  if (first != first_line)
    return damaged("does not begin with \"" + std::string{first_line} + "\"");
  backup_manifest manifest;
  if (!take_number(text, "format", manifest.format_version)
      || !take_number(text, "head", manifest.head)
      || !take_number(text, "time", manifest.made_at_ms))
    return damaged("its format, head or time is missing");
  uint64_t bytes = 0;
  while (text.starts_with("file ")) {
    const auto line = take_until(text, '\n');
    auto file = line ? file_in(*line) : std::nullopt;
    if (!file)
      return damaged("a line of a file cannot be read");
    if (!manifest.files.empty() && manifest.files.back().path >= file->path)
      return damaged("its files are not in order");
    if (__builtin_add_overflow(bytes, file->size_bytes, &bytes))
      return damaged("its files are larger than any disk");
    manifest.files.push_back(*std::move(file));
  }
  const auto checked = whole.substr(0, whole.size() - text.size());
  if (text != "sha256 " + to_string(sha256(checked)) + "\n")
    return damaged("its own checksum does not fit");
  return manifest;
}

expected<backup_manifest> read_backup_manifest(const fs::path& folder) {
  constexpr uint64_t most_bytes = uint64_t{64} << 20;
  const auto path = folder / backup_manifest_name;
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored) && fs::exists(folder, ignored))
    return fail(ec::not_found, shown(folder)
                                 + ": is no backup, it has no file \""
                                 + std::string{backup_manifest_name} + "\"");
  TRIVIUM_TRY(const auto text, read_file(path, most_bytes));
  auto manifest = decode_backup_manifest(text);
  if (!manifest)
    return fail(manifest.error().code,
                shown(folder) + ": " + manifest.error().text);
  if (manifest->format_version != layout::format_version)
    return fail(ec::unsupported, shown(folder)
                                   + ": is of a store of format version "
                                   + std::to_string(manifest->format_version)
                                   + ", this build reads "
                                   + std::to_string(layout::format_version));
  TRIVIUM_CHECK(check_kind(folder / "rocksdb", fs::file_type::directory));
  for (const auto& file : manifest->files) {
    TRIVIUM_CHECK(check_kind(folder / file.path, fs::file_type::regular));
    TRIVIUM_CHECK(check_size(folder / file.path, file.size_bytes));
  }
  TRIVIUM_CHECK(check_no_others(folder, *manifest));
  return manifest;
}

} // namespace trivium::storage
