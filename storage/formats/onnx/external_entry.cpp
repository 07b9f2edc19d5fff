#include "storage/formats/onnx/external_entry.hpp"

#include "messages/values/manifest.hpp"
#include "messages/values/shown_name.hpp"

#include <charconv>
#include <set>

namespace trivium::storage::onnx_io {

namespace {

expected<uint64_t> number(const std::string& key, const std::string& text) {
  uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end)
    return fail(ec::invalid_argument,
                key + " " + shown_name(text) + " is not a number of bytes");
  return value;
}

std::string without_dots(std::string path) {
  while (path.rfind("./", 0) == 0)
    path.erase(0, 2);
  return path;
}

bool leaves_folder(std::string_view path) {
  if (path.substr(0, 1) == "/")
    return true;
  while (true) {
    const auto slash = path.find('/');
    if (path.substr(0, slash) == "..")
      return true;
    if (slash == std::string_view::npos)
      return false;
    path.remove_prefix(slash + 1);
  }
}

expected<std::string> location(const std::string& text) {
  const auto path = without_dots(text);
  if (leaves_folder(path))
    return fail(ec::permission_denied,
                "location " + shown_name(text)
                  + " is absolute or has \"..\"; it has to stay in the "
                    "model's folder");
  if (path.find("://") != std::string::npos)
    return fail(ec::permission_denied,
                "location " + shown_name(text) + " is no file name");
  TRIVIUM_CHECK(check_artifact_path(path));
  return path;
}

expected<void> take(external_entry& entry, const std::string& key,
                    const std::string& value) {
  if (key == "location") {
    TRIVIUM_TRY(entry.location, location(value));
  } else if (key == "offset") {
    TRIVIUM_TRY(entry.offset, number(key, value));
  } else if (key == "length") {
    TRIVIUM_TRY(entry.length, number(key, value));
  } else if (key != "checksum") {
    return fail(ec::invalid_argument, "unknown key " + shown_name(key));
  }
  return {};
}

} // namespace

bool is_external(const ::onnx::TensorProto& tensor) {
  return tensor.data_location() == ::onnx::TensorProto::EXTERNAL;
}

expected<external_entry>
read_external_entry(const ::onnx::TensorProto& tensor) {
  external_entry entry;
  std::set<std::string> keys;
  for (const auto& e : tensor.external_data()) {
    if (!keys.insert(e.key()).second)
      return fail(ec::invalid_argument, "external data: key "
                                          + shown_name(e.key())
                                          + " stands twice");
    if (auto taken = take(entry, e.key(), e.value()); !taken)
      return fail(taken.error().code, "external data: " + taken.error().text);
  }
  if (entry.location.empty())
    return fail(ec::invalid_argument, "external data: no location");
  return entry;
}

} // namespace trivium::storage::onnx_io
