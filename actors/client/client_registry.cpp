#include "actors/client/calls.hpp"
#include "actors/client/client.hpp"
#include "messages/wire/control.hpp"
#include "messages/wire/repeated.hpp"
#include "messages/wire/wire_text.hpp"

#include <future>

namespace trivium {

namespace {

/// Once a change is through, or may be, what was read before it is void.
class change_of_model {
public:
  change_of_model(client_session& session, model_ref model)
    : session_(session), model_(std::move(model)) {}
  ~change_of_model() { session_.changed(model_); }
  change_of_model(const change_of_model&) = delete;
  change_of_model& operator=(const change_of_model&) = delete;

private:
  client_session& session_;
  model_ref model_;
};

/// 128 random bits as hex digits.
std::string made_up_key() {
  static thread_local const auto random = system_random();
  std::string key;
  for (int i = 0; i < 2; ++i)
    for (auto bits = random(), digits = uint64_t{16}; digits > 0;
         --digits, bits >>= 4)
      key += "0123456789abcdef"[bits & 15];
  return key;
}

} // namespace

// --- the registry ------------------------------------------------------------

expected<model_list> client::models(const std::string& prefix, uint32_t limit,
                                    const call_options& options) {
  v1::Request request;
  request.mutable_models()->set_prefix(prefix);
  request.mutable_models()->set_limit(limit);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  return reply.has_models() ? from_wire(reply.models())
                            : expected<model_list>{wrong_reply()};
}

expected<model_details> client::model(const model_ref& which,
                                      const call_options& options) {
  auto request = request_for(which);
  request.mutable_model()->set_model(which.model);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  return reply.has_model() ? from_wire(reply.model())
                           : expected<model_details>{wrong_reply()};
}

expected<history_list> client::history(const model_ref& which,
                                       const std::string& alias, uint32_t limit,
                                       const call_options& options) {
  auto request = request_for(which);
  auto& wanted = *request.mutable_history();
  wanted.set_model(which.model);
  wanted.set_alias(alias);
  wanted.set_limit(limit);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  return reply.has_history() ? from_wire(reply.history())
                             : expected<history_list>{wrong_reply()};
}

expected<std::vector<lineage_entry>>
client::lineage(const lineage_query& what, const call_options& options) {
  v1::Request request;
  if (what.artifact.empty())
    request = request_for(what.model);
  *request.mutable_lineage() = to_wire(what);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  if (!reply.has_lineage())
    return wrong_reply();
  std::vector<lineage_entry> found;
  for (const auto& one : reply.lineage().entries()) {
    TRIVIUM_TRY(auto entry, from_wire(one));
    found.push_back(std::move(entry));
  }
  return found;
}

expected<resolved_artifact> client::resolve(const alias_ref& alias,
                                            const call_options& options) {
  auto request = request_for(alias.model);
  request.mutable_resolve()->set_model(alias.model.model);
  request.mutable_resolve()->set_alias(alias.alias);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  return reply.has_resolved() ? from_wire(reply.resolved())
                              : expected<resolved_artifact>{wrong_reply()};
}

expected<void> client::ensure(const digest& artifact,
                              const call_options& options) {
  v1::Request request;
  request.mutable_ensure()->set_artifact(artifact.bytes().data(),
                                         digest::size_bytes);
  TRIVIUM_CHECK(session_->call(request, reads, options));
  return {};
}

expected<promoted> client::promote(const promotion& what,
                                   const call_options& options) {
  auto request = request_for(what.alias.model);
  *request.mutable_promote() = to_wire(what);
  const change_of_model noted{*session_, what.alias.model};
  TRIVIUM_TRY(const auto reply, session_->call(request, changes, options));
  return reply.has_promoted() ? from_wire(reply.promoted())
                              : expected<promoted>{wrong_reply()};
}

expected<promoted> client::roll_back(const rollback& what,
                                     const call_options& options) {
  auto request = request_for(what.alias.model);
  *request.mutable_rollback() = to_wire(what);
  const change_of_model noted{*session_, what.alias.model};
  TRIVIUM_TRY(const auto reply, session_->call(request, changes, options));
  return reply.has_promoted() ? from_wire(reply.promoted())
                              : expected<promoted>{wrong_reply()};
}

expected<collected_garbage>
client::collect_garbage(std::chrono::seconds keep_for, bool dry_run,
                        const call_options& options) {
  v1::Request request;
  auto& wanted = *request.mutable_collect_garbage();
  wanted.set_keep_for_seconds(static_cast<uint64_t>(
    std::max<std::chrono::seconds::rep>(keep_for.count(), 0)));
  wanted.set_dry_run(dry_run);
  TRIVIUM_TRY(const auto reply,
              session_->call(request, dry_run ? reads : changes, options));
  return reply.has_collected() ? from_wire(reply.collected())
                               : expected<collected_garbage>{wrong_reply()};
}

expected<backup_summary>
client::back_up(const std::string& folder,
                const std::function<void(const backup_progress&)>& heard,
                const call_options& options) {
  v1::Request request;
  request.mutable_make_backup()->set_folder(utf8_text(folder));
  auto answered = std::async(std::launch::async, [&] {
    return session_->call(request, changes, options);
  });
  v1::Request how_far;
  how_far.mutable_backup_progress();
  constexpr std::chrono::milliseconds look_every{200};
  while (answered.wait_for(look_every) != std::future_status::ready) {
    if (!heard)
      continue;
    const auto reply = session_->call(how_far, reads, {look_every, {}});
    if (!reply || !reply->has_backup_progress())
      continue;
    if (const auto progress = from_wire(reply->backup_progress()))
      heard(*progress);
  }
  TRIVIUM_TRY(const auto reply, answered.get());
  return reply.has_backup() ? from_wire(reply.backup())
                            : expected<backup_summary>{wrong_reply()};
}

// --- registrations -----------------------------------------------------------

expected<model_registered>
client::register_model(const trivium::register_model& what,
                       const call_options& options) {
  v1::Request request;
  auto& wanted = *request.mutable_registration();
  wanted = to_wire(what);
  if (what.idempotency_key.empty())
    wanted.set_idempotency_key(made_up_key());
  const change_of_model noted{*session_, what.model};
  TRIVIUM_TRY(const auto reply,
              session_->call(request, request_kind::repeatable, options));
  return reply.has_registration() ? from_wire(reply.registration())
                                  : expected<model_registered>{wrong_reply()};
}

expected<registered_version> client::get(const version_query& which,
                                         const call_options& options) {
  return session_->get(which, options);
}

expected<registration_list>
client::registrations(const registration_query& which,
                      const call_options& options) {
  v1::Request request;
  *request.mutable_registrations() = to_wire(which);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  return reply.has_registrations() ? from_wire(reply.registrations())
                                   : expected<registration_list>{wrong_reply()};
}

expected<model_deleted> client::delete_model(const trivium::delete_model& what,
                                             const call_options& options) {
  v1::Request request;
  *request.mutable_deletion() = to_wire(what);
  const change_of_model noted{*session_, what.model};
  TRIVIUM_TRY(const auto reply, session_->call(request, changes, options));
  if (!reply.has_deletion())
    return wrong_reply();
  return model_deleted{reply.deletion().revision(), reply.deletion().deleted()};
}

expected<promoted> client::set_alias(const alias_setting& what,
                                     const call_options& options) {
  v1::Request request;
  *request.mutable_alias() = to_wire(what);
  const change_of_model noted{*session_, what.alias.model};
  TRIVIUM_TRY(const auto reply, session_->call(request, changes, options));
  return reply.has_alias() ? from_wire(reply.alias())
                           : expected<promoted>{wrong_reply()};
}

expected<alias_deleted> client::delete_alias(const trivium::delete_alias& what,
                                             const call_options& options) {
  v1::Request request;
  *request.mutable_alias_deletion() = to_wire(what);
  const change_of_model noted{*session_, what.alias.model};
  TRIVIUM_TRY(const auto reply, session_->call(request, changes, options));
  if (!reply.has_alias_deletion())
    return wrong_reply();
  return alias_deleted{reply.alias_deletion().revision()};
}

// --- leases ------------------------------------------------------------------

expected<lease_status> client::grant_lease(std::chrono::seconds ttl,
                                           const call_options& options) {
  v1::Request request;
  request.mutable_lease()->set_ttl_seconds(ttl.count());
  TRIVIUM_TRY(const auto reply, session_->call(request, changes, options));
  return reply.has_lease() ? from_wire(reply.lease())
                           : expected<lease_status>{wrong_reply()};
}

expected<lease_status> client::keep_alive(lease_id lease,
                                          const call_options& options) {
  v1::Request request;
  request.mutable_keep_alive()->set_lease_id(lease);
  TRIVIUM_TRY(const auto reply, session_->call(request, reads, options));
  return reply.has_lease() ? from_wire(reply.lease())
                           : expected<lease_status>{wrong_reply()};
}

expected<lease_ended> client::revoke_lease(lease_id lease,
                                           const call_options& options) {
  v1::Request request;
  request.mutable_lease_end()->set_lease_id(lease);
  TRIVIUM_TRY(const auto reply, session_->call(request, changes, options));
  if (!reply.has_lease_end())
    return wrong_reply();
  return lease_ended{reply.lease_end().revision(),
                     reply.lease_end().released()};
}

} // namespace trivium
