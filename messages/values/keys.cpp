#include "messages/values/keys.hpp"

#include <algorithm>

namespace trivium::keys {

namespace {

constexpr size_t revision_digits = 20; // of 2^64 - 1

expected<std::string> under_model(const model_ref& model,
                                  std::string_view folder,
                                  std::string_view what,
                                  std::string_view name) {
  TRIVIUM_CHECK(check_name(what, name));
  TRIVIUM_TRY(auto key, model_prefix(model));
  return key.append(folder).append(name);
}

/// The slashes after "models/{ns}/{id}/`folder`", -1 elsewhere: by place, since
/// a namespace or a model may be named as a folder is.
ptrdiff_t slashes_below(std::string_view folder, std::string_view key) {
  if (!key.starts_with("models/"))
    return -1;
  for (int part = 0; part < 3; ++part) { // models, ns, id
    const auto slash = key.find('/');
    if (slash == std::string_view::npos)
      return -1;
    key.remove_prefix(slash + 1);
  }
  if (!key.starts_with(folder) || key.size() == folder.size())
    return -1;
  key.remove_prefix(folder.size());
  return std::count(key.begin(), key.end(), '/');
}

} // namespace

expected<std::string> model_prefix(const model_ref& model) {
  TRIVIUM_CHECK(check_name("model name", model.model));
  TRIVIUM_TRY(auto key, namespace_prefix(model.name_space));
  return key + model.model + "/";
}

expected<std::string> namespace_prefix(std::string_view name) {
  TRIVIUM_CHECK(check_name("namespace", name));
  return "models/" + std::string{name} + "/";
}

expected<std::string> metadata(const model_ref& model) {
  TRIVIUM_TRY(auto key, model_prefix(model));
  return key + "metadata";
}

expected<std::string> versions_prefix(const model_ref& model) {
  TRIVIUM_TRY(auto key, model_prefix(model));
  return key + "versions/";
}

expected<std::string> version(const model_ref& model, const semver& version) {
  TRIVIUM_TRY(auto key, versions_prefix(model));
  auto without_build = version;
  without_build.build.clear();
  const auto text = to_string(without_build);
  TRIVIUM_CHECK(check_name("version", text));
  return key + text;
}

expected<std::string> variants_prefix(const model_ref& model,
                                      const semver& version) {
  TRIVIUM_TRY(auto key, keys::version(model, version));
  return key + "/variants/";
}

expected<std::string> variant(const model_ref& model, const semver& version,
                              const digest& recipe) {
  if (!recipe.is_set())
    return fail(ec::invalid_argument, "a variant's key needs a recipe digest");
  TRIVIUM_TRY(auto key, variants_prefix(model, version));
  return key + to_string(recipe);
}

expected<std::string> aliases_prefix(const model_ref& model) {
  TRIVIUM_TRY(auto key, model_prefix(model));
  return key + "aliases/";
}

expected<std::string> alias(const model_ref& model, std::string_view name) {
  return under_model(model, "aliases/", "alias", name);
}

expected<std::string> golden(const model_ref& model, std::string_view name) {
  return under_model(model, "golden/", "golden set", name);
}

expected<std::string> job(std::string_view id) {
  TRIVIUM_CHECK(check_name("job id", id));
  return std::string{jobs_prefix}.append(id);
}

std::string event(uint64_t revision) {
  return std::string{events_prefix} + revision_text(revision);
}

std::string lease(uint64_t id) {
  return std::string{leases_prefix} + revision_text(id);
}

std::string revision_text(uint64_t revision) {
  const auto digits = std::to_string(revision);
  return std::string(revision_digits - digits.size(), '0') + digits;
}

bool is_registration(std::string_view key) {
  return key.starts_with("models/")
         && std::count(key.begin(), key.end(), '/') == 3
         && key.ends_with("/metadata");
}

bool is_version(std::string_view key) {
  return slashes_below("versions/", key) == 0;
}

bool is_variant(std::string_view key) {
  return slashes_below("versions/", key) == 2;
}

bool is_alias(std::string_view key) {
  return slashes_below("aliases/", key) == 0;
}

} // namespace trivium::keys
