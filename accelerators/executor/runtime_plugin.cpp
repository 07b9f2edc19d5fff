#include "accelerators/executor/runtime_plugin.hpp"

#include "messages/values/names.hpp"

#include <cstdlib>
#include <dlfcn.h>

namespace trivium::accelerators {

namespace {

constexpr auto plugin_name = "libtrivium_openvino.so";

std::filesystem::path plugin_path() {
  if (const auto* named = std::getenv("TRIVIUM_OPENVINO_PLUGIN");
      named != nullptr && *named != '\0')
    return named;
  std::error_code failed;
  const auto here =
    std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  for (const auto* folder : {".", "../lib", "../lib/trivium"}) {
    const auto candidate = (here / folder / plugin_name).lexically_normal();
    if (std::filesystem::exists(candidate, failed))
      return candidate;
  }
  return {};
}

std::string loader_words() {
  const auto* text = ::dlerror();
  return printable(text == nullptr ? "no reason given" : text);
}

} // namespace

expected<std::unique_ptr<graph_runtime>> open_runtime() {
  const auto path = plugin_path();
  if (path.empty())
    return fail(ec::unavailable,
                std::string{"no graph runtime: "} + plugin_name
                  + " is not installed beside this program (built without "
                    "OpenVINO)");
  auto* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return fail(ec::unavailable, "no graph runtime: " + loader_words());
  const auto abi = reinterpret_cast<decltype(&trivium_runtime_abi)>(
    ::dlsym(library, "trivium_runtime_abi"));
  const auto open = reinterpret_cast<decltype(&trivium_open_runtime)>(
    ::dlsym(library, "trivium_open_runtime"));
  if (abi == nullptr || open == nullptr)
    return fail(ec::unavailable, "no graph runtime: " + loader_words());
  if (abi() != runtime_abi)
    return fail(ec::unavailable, "no graph runtime: plugin "
                                   + printable(path.native()) + " has ABI "
                                   + std::to_string(abi()) + ", wanted "
                                   + std::to_string(runtime_abi));
  const char* reason = "no reason given";
  auto* const runtime = open(&reason);
  if (runtime == nullptr)
    return fail(ec::unavailable,
                std::string{"no graph runtime: "} + printable(reason));
  return std::unique_ptr<graph_runtime>{runtime};
}

} // namespace trivium::accelerators
