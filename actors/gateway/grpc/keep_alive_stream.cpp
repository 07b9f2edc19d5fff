#include "actors/gateway/grpc/keep_alive_stream.hpp"

#include "actors/gateway/grpc/completion.hpp"
#include "actors/gateway/requests/lease_requests.hpp"
#include "actors/wall_clock.hpp"
#include "messages/values/keys.hpp"

#include <caf/send.hpp>

namespace trivium::actors {

namespace {

constexpr int max_heartbeat_values = 16;
constexpr size_t max_heartbeat_name = 63;

std::optional<refusal> check(const v1::KeepAliveRequest& request) {
  if (request.lease_id() == 0)
    return refusal{{ec::invalid_argument, "lease_id is missing"},
                   {"lease_id", {}}};
  const auto& values = request.heartbeat().values();
  auto is_too_long = false;
  for (const auto& [name, value] : values)
    is_too_long = is_too_long || name.size() > max_heartbeat_name;
  if (values.size() > max_heartbeat_values || is_too_long)
    return refusal{
      {ec::invalid_argument, "a heartbeat has at most "
                               + std::to_string(max_heartbeat_values)
                               + " values, with names of at most "
                               + std::to_string(max_heartbeat_name) + " bytes"},
      {"heartbeat.values", {}}};
  return std::nullopt;
}

/// Who watches the models that the lease holds hears of it.
void tell(const door_context& door, const v1::KeepAliveRequest& request,
          const std::vector<std::string>& held) {
  for (const auto& key : held) {
    if (!keys::is_registration(key))
      continue;
    // models/{ns}/{id}/metadata
    const auto space = key.find('/') + 1;
    const auto name = key.find('/', space) + 1;
    told_heartbeat told;
    told.model = {key.substr(space, name - space - 1),
                  key.substr(name, key.rfind('/') - name)};
    auto said = std::make_shared<v1::ModelHeartbeat>();
    said->set_namespace_(told.model.name_space);
    said->set_model_id(told.model.model);
    said->set_lease_id(request.lease_id());
    said->set_at(wall_clock());
    *said->mutable_heartbeat() = request.heartbeat();
    told.heartbeat = std::move(said);
    caf::anon_send(door.options.hub, std::move(told));
  }
}

/// One client's stream. Deletes itself once the client is gone and nothing is
/// under way; all of it happens on the queue's thread.
class keep_alive_stream {
public:
  keep_alive_stream(shared_context door, registry_service& service,
                    call_limits& limits, grpc::ServerCompletionQueue& queue)
    : door_(std::move(door)), service_(service), limits_(limits),
      queue_(queue) {
    context_.AsyncNotifyWhenDone(tag(ended_));
    service_.RequestKeepAlive(&context_, &stream_, &queue_, &queue_,
                              tag(accepted_));
  }

  ~keep_alive_stream() {
    if (is_counted_)
      limits_.leave();
  }

private:
  static void* tag(completion& of) { return &of; }

  void on_accepted(bool is_call) {
    if (!is_call) {
      delete this; // the server stops
      return;
    }
    new keep_alive_stream{door_, service_, limits_, queue_};
    is_counted_ = limits_.enter();
    if (!is_counted_)
      return end(to_grpc(
        {ec::resource_exhausted, "the node has too many calls at once"}));
    read();
  }

  void read() {
    ++under_way_;
    stream_.Read(&request_, tag(read_));
  }

  void on_read(bool is_request) {
    --under_way_;
    if (!is_request) // the client has said all
      return is_over_ ? let_go() : end(grpc::Status::OK);
    if (const auto wrong = check(request_))
      return end(to_grpc(wrong->reason, wrong->context));
    const auto lease = request_.lease_id();
    auto& store = *door_->services->leases;
    response_.Clear();
    renew_lease(store, lease, response_);
    if (!response_.is_over() && request_.has_heartbeat())
      if (const auto state = store.lease(lease))
        tell(*door_, request_, state->keys);
    ++under_way_;
    stream_.Write(response_, tag(written_));
  }

  void on_written(bool is_done) {
    --under_way_;
    if (is_over_ || !is_done)
      return let_go();
    read();
  }

  void end(const grpc::Status& status) {
    ++under_way_;
    stream_.Finish(status, tag(finished_));
  }

  void on_finished(bool) {
    --under_way_;
    let_go();
  }

  void on_ended(bool) {
    is_over_ = true;
    let_go();
  }

  void let_go() {
    if (is_over_ && under_way_ == 0)
      delete this;
  }

  shared_context door_;
  registry_service& service_;
  call_limits& limits_;
  grpc::ServerCompletionQueue& queue_;
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<v1::Lease, v1::KeepAliveRequest> stream_{
    &context_};
  v1::KeepAliveRequest request_;
  v1::Lease response_;
  bool is_counted_ = false;
  bool is_over_ = false;
  int under_way_ = 0;

  using completion_of_this = completion_of<keep_alive_stream>;
  completion_of_this accepted_{*this, &keep_alive_stream::on_accepted};
  completion_of_this read_{*this, &keep_alive_stream::on_read};
  completion_of_this written_{*this, &keep_alive_stream::on_written};
  completion_of_this finished_{*this, &keep_alive_stream::on_finished};
  completion_of_this ended_{*this, &keep_alive_stream::on_ended};
};

} // namespace

void listen_for_keep_alives(shared_context door, registry_service& service,
                            call_limits& limits,
                            grpc::ServerCompletionQueue& queue) {
  new keep_alive_stream{std::move(door), service, limits, queue};
}

} // namespace trivium::actors
