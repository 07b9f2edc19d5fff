#include "actors/gateway/requests/registration_list.hpp"

#include "actors/domain/list_filter.hpp"
#include "actors/gateway/requests/version_reads.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <charconv>

namespace trivium::actors {

namespace {

constexpr uint32_t default_page = 100;
constexpr uint32_t longest_page = 1000;
/// Models that one page looks at.
constexpr size_t most_looks = 20'000;

struct place {
  revision at = 0;
  std::string after; ///< The last model that was looked at.
};

/// "REVISION.MODEL"
checked<place> place_of(const v1::ListRegistrationsRequest& request,
                        revision head) {
  place made{request.at_revision() == 0 ? head : request.at_revision(), {}};
  if (made.at > head)
    return refuse({ec::invalid_argument,
                   "at_revision is " + std::to_string(made.at)
                     + "; the store is at revision " + std::to_string(head)},
                  "at_revision");
  const auto& token = request.page_token();
  if (token.empty())
    return made;
  const auto dot = token.find('.');
  const auto* const end = token.data() + std::min(dot, token.size());
  const auto read = std::from_chars(token.data(), end, made.at);
  if (dot == std::string::npos || read.ec != std::errc{} || read.ptr != end
      || made.at == 0 || made.at > head
      || !check_name("model", token.substr(dot + 1)))
    return refuse(
      {ec::invalid_argument, "page_token is none that this node gave"},
      "page_token");
  made.after = token.substr(dot + 1);
  return made;
}

checked<std::set<std::string>> aliases_of(const storage::metadata_store& store,
                                          const model_ref& model, revision at) {
  std::set<std::string> names;
  TRIVIUM_CHECKED(const auto prefix, passed(keys::aliases_prefix(model)));
  TRIVIUM_CHECKED(const auto stored, passed(store.range(prefix, at)));
  for (const auto& one : stored)
    names.insert(one.key.substr(prefix.size()));
  return names;
}

/// Adds the model where it is registered and wanted.
checked<void> add_model(const storage::metadata_store& store,
                        const model_ref& model, revision at,
                        const domain::list_filter& filter,
                        const request_rules& rules,
                        v1::ListRegistrationsResponse& answer) {
  TRIVIUM_CHECKED(const auto key, passed(keys::metadata(model)));
  const auto stored = store.get(key, at);
  if (!stored && stored.error().code == ec::not_found)
    return {};
  if (!stored)
    return refuse(stored.error());
  TRIVIUM_CHECKED(const auto record,
                  passed(storage::decode_registration(stored->value)));
  TRIVIUM_CHECKED(const auto version_key,
                  passed(keys::version(model, record.newest)));
  TRIVIUM_CHECKED(const auto version, passed(store.get(version_key, at)));
  domain::list_subject subject{model.model, {}, {}};
  TRIVIUM_CHECKED(subject.newest,
                  passed(storage::decode_version(version.value)));
  if (filter.asks_for_aliases()) {
    TRIVIUM_CHECKED(subject.aliases, aliases_of(store, model, at));
  }
  if (!filter.matches(subject))
    return {};
  v1::GetModelVersionRequest request;
  request.set_namespace_(model.name_space);
  request.set_model_id(model.model);
  request.set_at_revision(at);
  auto& model_answer = *answer.add_models();
  if (auto read = read_version(store, request, rules, model_answer); !read)
    return read;
  if (const auto lease = model_answer.lease_id(); lease != 0)
    model_answer.set_lease_remaining_ms(store.lease_remaining(lease).count());
  return {};
}

} // namespace

checked<void> list_registrations(const storage::metadata_store& store,
                                 const v1::ListRegistrationsRequest& request,
                                 const request_rules& rules,
                                 v1::ListRegistrationsResponse& answer) {
  TRIVIUM_CHECKED(const auto space,
                  checked_namespace(request.namespace_(), rules));
  TRIVIUM_CHECKED(
    const auto filter,
    passed(domain::list_filter::parse(request.filter()), "filter"));
  if (request.page_size() > longest_page)
    return refuse({ec::invalid_argument,
                   "page_size is " + std::to_string(request.page_size())
                     + "; at most " + std::to_string(longest_page)},
                  "page_size");
  const auto size =
    request.page_size() == 0 ? default_page : request.page_size();
  const auto head = store.head();
  answer.set_revision(head);
  if (head == 0)
    return {};
  TRIVIUM_CHECKED(auto place, place_of(request, head));
  answer.set_revision(place.at);
  TRIVIUM_CHECKED(const auto prefix, passed(keys::namespace_prefix(space)));
  for (size_t looks = 0;; ++looks) {
    // Behind every key of the model before: '0' follows '/'.
    const auto after =
      place.after.empty() ? std::string{} : prefix + place.after + '0';
    TRIVIUM_CHECKED(const auto next,
                    passed(store.range(prefix, place.at, 1, after)));
    if (next.empty())
      return {};
    if (static_cast<uint32_t>(answer.models_size()) == size
        || looks == most_looks) {
      answer.set_next_page_token(std::to_string(place.at) + "." + place.after);
      return {};
    }
    const auto& key = next.front().key;
    place.after =
      key.substr(prefix.size(), key.find('/', prefix.size()) - prefix.size());
    if (auto added = add_model(store, {space, place.after}, place.at, filter,
                               rules, answer);
        !added)
      return added;
  }
}

} // namespace trivium::actors
