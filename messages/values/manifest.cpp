#include "messages/values/manifest.hpp"

#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"
#include "messages/values/shown_name.hpp"

#include <array>

namespace trivium {

namespace {

constexpr std::array<std::string_view, 4> format_names{"unknown", "onnx",
                                                       "safetensors", "gguf"};
constexpr std::array<std::string_view, 6> role_names{
  "weights", "config", "tokenizer", "adapter", "schema", "golden"};

} // namespace

std::string_view to_string(model_format format) {
  return format_names.at(static_cast<size_t>(format));
}

model_format model_format_from(std::string_view name) {
  for (size_t i = 0; i < format_names.size(); ++i)
    if (format_names[i] == name)
      return static_cast<model_format>(i);
  return model_format::unknown;
}

std::string_view to_string(file_role role) {
  return role_names.at(static_cast<size_t>(role));
}

expected<file_role> file_role_from(std::string_view name) {
  for (size_t i = 0; i < role_names.size(); ++i)
    if (role_names[i] == name)
      return static_cast<file_role>(i);
  return fail(ec::invalid_argument,
              "unknown file role \"" + printable(name) + "\"");
}

std::string manifest::canonical() const {
  json_writer json;
  json.object([&] {
    json.member("trivium_manifest", 1);
    json.member("format", to_string(format));
    json.key("files");
    json.array([&] {
      for (const auto& file : files)
        json.object([&] {
          json.member("path", file.path);
          json.member("role", to_string(file.role));
          json.member("size", file.size);
          json.member("sha256", to_string(file.sha256));
        });
    });
  });
  return std::move(json).text();
}

uint64_t manifest::total_bytes() const {
  uint64_t total = 0;
  for (const auto& file : files)
    total += file.size;
  return total;
}

expected<void> check_artifact_path(std::string_view path) {
  const auto refuse = [&](std::string_view why) {
    return fail(ec::invalid_argument,
                "path " + shown_name(path) + " " + std::string{why});
  };
  if (path.empty() || path.size() > 1024)
    return refuse("must have 1 to 1024 bytes");
  if (printable(path) != path || path.find('\\') != std::string_view::npos)
    return refuse("holds control characters, a backslash or invalid UTF-8");
  while (true) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..")
      return refuse("must be relative and stay inside the model's folder");
    if (slash == std::string_view::npos)
      return {};
    path = path.substr(slash + 1);
  }
}

} // namespace trivium
