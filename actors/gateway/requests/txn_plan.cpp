#include "actors/gateway/requests/txn_plan.hpp"

#include "actors/gateway/requests/alias_requests.hpp"
#include "actors/gateway/requests/version_reads.hpp"
#include "actors/registry/model_book.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

namespace trivium::actors {

namespace {

constexpr int most_compares = 64;
constexpr int most_operations = 64;

/// The key that an operation writes; empty for leases.
std::string key_of(const operation& step) {
  if (const auto* written = std::get_if<put>(&step))
    return written->key;
  if (const auto* gone = std::get_if<erase>(&step))
    return gone->key;
  return {};
}

using writer_of_result =
  std::function<void(const commit_result&, v1::TxnResult&)>;

class planner {
public:
  planner(const storage::metadata_store& store, const request_rules& rules,
          const envelope& from, unix_ms now, lease_id lease)
    : store_(store), rules_(rules), from_(from), now_(now), lease_(lease),
      at_(store.head()) {}

  checked<bool> holds(const v1::TxnCompare& wanted) {
    using v1::TxnCompare;
    TRIVIUM_CHECKED(const auto model, checked_model(wanted.namespace_(),
                                                    wanted.model_id(), rules_));
    auto key = keys::metadata(model);
    if (wanted.target_case() == TxnCompare::kVersion) {
      TRIVIUM_CHECKED(const auto version, checked_version(wanted.version()));
      key = keys::version(model, version);
    } else if (wanted.target_case() == TxnCompare::kAlias) {
      TRIVIUM_CHECKED(const auto alias, checked_name("alias", wanted.alias()));
      key = keys::alias(model, alias);
    }
    if (!key)
      return refuse(key.error());
    std::optional<key_value> stored;
    auto found = store_.get(*key, at_);
    if (found)
      stored = std::move(*found);
    else if (found.error().code != ec::not_found)
      return refuse(found.error());
    expect(unchanged(*key, stored ? stored->modified : 0));
    switch (wanted.condition_case()) {
    case TxnCompare::kExists:
      return wanted.exists() == stored.has_value();
    case TxnCompare::kModRevision:
      return wanted.mod_revision() == (stored ? stored->modified : 0);
    case TxnCompare::kCreateRevision:
      return wanted.create_revision() == (stored ? stored->created : 0);
    case TxnCompare::kRegisteredVersion: {
      TRIVIUM_CHECKED(const auto version,
                      checked_version(wanted.registered_version()));
      if (!stored)
        return false;
      TRIVIUM_CHECKED(const auto present, version_in(*stored));
      return present == version;
    }
    default:
      return refuse({ec::invalid_argument, "a compare has no condition"},
                    "compare");
    }
  }

  checked<void> add(const v1::TxnOperation& wanted) {
    using v1::TxnOperation;
    switch (wanted.operation_case()) {
    case TxnOperation::kRegister: {
      TRIVIUM_CHECKED(auto command,
                      checked_registration(wanted.register_(), rules_));
      if (command.lease == 0)
        command.lease = lease_;
      return carry_out<model_registered>(
        command, command.model, &model_book::register_model,
        [](model_registered answer, const commit_result& done,
           v1::TxnResult& result) {
          auto& out = *result.mutable_register_();
          out.set_revision(answer.was_known ? answer.at : done.at);
          out.set_create_revision(answer.created == 0 ? done.at
                                                      : answer.created);
          out.set_version(to_string(answer.version));
          out.set_was_known(answer.was_known);
          out.set_lease_id(answer.lease == new_lease ? done.lease
                                                     : answer.lease);
          out.set_ttl_seconds(answer.ttl_seconds);
        });
    }
    case TxnOperation::kDelete: {
      delete_model command;
      const auto& request = wanted.delete_();
      TRIVIUM_CHECKED(command.model, checked_model(request.namespace_(),
                                                   request.model_id(), rules_));
      if (!request.version().empty()) {
        TRIVIUM_CHECKED(command.version, checked_version(request.version()));
      }
      TRIVIUM_CHECKED(command.reason, checked_reason(request.reason()));
      return carry_out<model_deleted>(
        command, command.model, &model_book::delete_model,
        [](const model_deleted& answer, const commit_result& done,
           v1::TxnResult& result) {
          result.mutable_delete_()->set_revision(done.at);
          result.mutable_delete_()->set_deleted(answer.deleted);
        });
    }
    case TxnOperation::kSetAlias: {
      TRIVIUM_CHECKED(auto command,
                      checked_set_alias(wanted.set_alias(), rules_, store_));
      return move_alias(command);
    }
    case TxnOperation::kPromote: {
      TRIVIUM_CHECKED(auto command,
                      checked_promotion(wanted.promote(), rules_, store_));
      return move_alias(command);
    }
    case TxnOperation::kRollback: {
      TRIVIUM_CHECKED(auto command,
                      checked_rollback(wanted.rollback(), rules_, store_));
      return move_alias(command);
    }
    case TxnOperation::kDeleteAlias: {
      TRIVIUM_CHECKED(const auto command,
                      checked_delete_alias(wanted.delete_alias(), rules_));
      return carry_out<alias_deleted>(
        command, command.alias.model, &model_book::delete_alias,
        [](const alias_deleted&, const commit_result& done,
           v1::TxnResult& result) {
          result.mutable_delete_alias()->set_revision(done.at);
        });
    }
    case TxnOperation::kGet: {
      auto read = std::make_shared<v1::ModelVersion>();
      if (auto done = read_version(store_, wanted.get(), rules_, *read); !done)
        return done;
      writers_.push_back([read](const commit_result&, v1::TxnResult& result) {
        *result.mutable_get() = *read;
      });
      return {};
    }
    default:
      return refuse({ec::unsupported, "this node does not know an operation"},
                    "operation");
    }
  }

  txn_plan finish(bool succeeded) {
    txn_plan plan;
    plan.at = at_;
    for (auto& [key, condition] : when_)
      plan.change.when.push_back(std::move(condition));
    if (grant_)
      plan.change.then.emplace_back(*grant_);
    for (auto& [key, step] : then_)
      plan.change.then.push_back(std::move(step));
    for (auto& step : others_)
      plan.change.then.push_back(std::move(step));
    if (!events_.empty()) { // a revision has one event; it holds the others
      auto first = events_.front();
      first.also.assign(events_.begin() + 1, events_.end());
      plan.change.then.emplace_back(event_put(first));
    }
    plan.write = [succeeded, writers = std::move(writers_)](
                   const commit_result& done, v1::TxnResponse& response) {
      response.set_succeeded(succeeded);
      response.set_revision(done.at);
      for (const auto& write : writers)
        write(done, *response.add_results());
    };
    return plan;
  }

private:
  /// The first one on a key tells of what stands; those after it of what this
  /// transaction itself wrote.
  void expect(compare condition) {
    if (condition.kind == compare::what::quiet_beneath)
      condition.modified = std::min(condition.modified, at_);
    auto key = condition.key;
    when_.emplace(std::move(key), std::move(condition));
  }

  /// Of a registration, a version or an alias, as it is stored.
  static checked<semver> version_in(const key_value& stored) {
    if (keys::is_alias(stored.key)) {
      TRIVIUM_CHECKED(auto alias, passed(storage::decode_alias(stored.value)));
      return std::move(alias.version);
    }
    if (keys::is_version(stored.key)) {
      TRIVIUM_CHECKED(auto version,
                      passed(storage::decode_version(stored.value)));
      return std::move(version.version);
    }
    TRIVIUM_CHECKED(auto record,
                    passed(storage::decode_registration(stored.value)));
    return std::move(record.version);
  }

  checked<model_book*> book_of(const model_ref& model) {
    auto& book = books_[model];
    if (book)
      return book.get();
    book = std::make_unique<model_book>(model);
    TRIVIUM_CHECKED(const auto prefix, passed(keys::model_prefix(model)));
    TRIVIUM_CHECKED(const auto stored, passed(store_.range(prefix, at_)));
    if (const auto loaded = book->load(stored); !loaded)
      return refuse(loaded.error());
    return book.get();
  }

  checked<void> move_alias(const promote& command) {
    return carry_out<promoted>(
      command, command.model, &model_book::promote,
      [](const promoted& answer, const commit_result& done,
         v1::TxnResult& result) {
        write_alias(answer.alias, answer.was_there ? answer.at : done.at,
                    *result.mutable_alias());
        result.mutable_alias()->set_was_there(answer.was_there);
      });
  }

  template <class Answer, class Command, class Write>
  checked<void> carry_out(const Command& command, const model_ref& model,
                          expected<book_step<Answer>> (model_book::*method)(
                            const Command&, const envelope&, unix_ms) const,
                          Write write) {
    TRIVIUM_CHECKED(auto* const book, book_of(model));
    TRIVIUM_CHECKED(auto step, passed((book->*method)(command, from_, now_)));
    const commit_result provisional{true, at_ + 1, new_lease, false};
    if (const auto taken = book->committed(step.change, provisional); !taken)
      return refuse(taken.error());
    for (const auto& condition : step.change.when)
      expect(condition);
    for (auto& one : step.change.then)
      take(std::move(one));
    for (auto& event : step.events)
      events_.push_back(std::move(event));
    writers_.push_back([answer = std::move(step.answer), write](
                         const commit_result& done, v1::TxnResult& result) {
      write(answer, done, result);
    });
    return {};
  }

  void take(operation step) {
    if (const auto* granted = std::get_if<grant_lease>(&step)) {
      if (!grant_ || granted->ttl_ms < grant_->ttl_ms)
        grant_ = *granted;
      return;
    }
    const auto key = key_of(step);
    if (key == keys::events_prefix)
      return; // comes at the end
    if (key.empty())
      others_.push_back(std::move(step));
    else
      then_.insert_or_assign(key, std::move(step));
  }

  const storage::metadata_store& store_;
  const request_rules& rules_;
  const envelope& from_;
  unix_ms now_;
  lease_id lease_;
  revision at_;
  std::map<model_ref, std::unique_ptr<model_book>> books_;
  std::map<std::string, compare> when_;
  std::optional<grant_lease> grant_;
  std::map<std::string, operation> then_;
  std::vector<operation> others_; ///< Revocations.
  std::vector<event_record> events_;
  std::vector<writer_of_result> writers_;
};

} // namespace

checked<txn_plan> plan_txn(const storage::metadata_store& store,
                           const v1::TxnRequest& request,
                           const request_rules& rules, const envelope& from,
                           unix_ms now) {
  if (request.compare_size() > most_compares)
    return refuse({ec::invalid_argument, "a transaction has at most "
                                           + std::to_string(most_compares)
                                           + " compares"},
                  "compare");
  if (request.success_size() > most_operations
      || request.failure_size() > most_operations)
    return refuse({ec::invalid_argument, "a branch has at most "
                                           + std::to_string(most_operations)
                                           + " operations"},
                  "success");
  planner plan{store, rules, from, now, request.lease_id()};
  auto succeeded = true;
  for (const auto& one : request.compare()) {
    TRIVIUM_CHECKED(const auto holds, plan.holds(one));
    succeeded = succeeded && holds;
  }
  for (const auto& one : succeeded ? request.success() : request.failure())
    if (auto added = plan.add(one); !added)
      return tl::unexpected<refusal>{std::move(added).error()};
  return plan.finish(succeeded);
}

} // namespace trivium::actors
