#include "tools/trivium/repl/registry_view.hpp"

#include "messages/values/names.hpp"

#include <algorithm>

namespace trivium::tools::repl {

namespace {

std::string meant(std::string_view near) {
  return near.empty() ? std::string{}
                      : ", did you mean \"" + std::string{near} + "\"?";
}

} // namespace

const version_record* find_version(const model_details& model,
                                   const std::string& version) {
  const auto wanted = semver::parse(version);
  if (!wanted)
    return nullptr;
  const auto found =
    std::find_if(model.versions.begin(), model.versions.end(),
                 [&](const auto& v) { return v.version == *wanted; });
  return found == model.versions.end() ? nullptr : &*found;
}

const variant_record* find_variant(const model_details& model,
                                   const std::string& version,
                                   const std::string& recipe) {
  const auto wanted = semver::parse(version);
  if (!wanted)
    return nullptr;
  const auto found = std::find_if(
    model.variants.begin(), model.variants.end(), [&](const auto& v) {
      return v.version == *wanted
             && (v.recipe == recipe
                 || (looks_like_digest(recipe)
                     && to_string(v.recipe_digest).starts_with(recipe)));
    });
  return found == model.variants.end() ? nullptr : &*found;
}

const alias_record* find_alias(const model_details& model,
                               const std::string& alias) {
  const auto found =
    std::find_if(model.aliases.begin(), model.aliases.end(),
                 [&](const auto& a) { return a.alias == alias; });
  return found == model.aliases.end() ? nullptr : &*found;
}

std::string pointed_at(const alias_record& alias, const model_details& model) {
  const auto version = to_string(alias.version);
  if (!alias.recipe_digest.is_set())
    return version;
  const auto found = std::find_if(
    model.variants.begin(), model.variants.end(), [&](const auto& v) {
      return v.version == alias.version
             && v.recipe_digest == alias.recipe_digest;
    });
  return version + " "
         + (found == model.variants.end() ? abbreviated(alias.recipe_digest)
                                          : printable(found->recipe));
}

expected<const version_record*> need_version(const target& which,
                                             const model_details& model) {
  if (const auto* const found = find_version(model, which.version))
    return found;
  std::vector<std::string> known;
  for (const auto& version : model.versions)
    known.push_back(to_string(version.version));
  return fail(ec::not_found, to_string(which.model) + " has no version "
                               + which.version
                               + meant(nearest(which.version, known)));
}

expected<const variant_record*> need_variant(const target& which,
                                             const model_details& model) {
  TRIVIUM_CHECK(need_version(which, model));
  if (const auto* const found =
        find_variant(model, which.version, which.recipe))
    return found;
  std::vector<std::string> known;
  for (const auto& variant : model.variants)
    if (to_string(variant.version) == which.version)
      known.push_back(printable(variant.recipe));
  return fail(ec::not_found, to_string(which.model) + " " + which.version
                               + " has no variant \"" + which.recipe + "\""
                               + meant(nearest(which.recipe, known)));
}

} // namespace trivium::tools::repl
