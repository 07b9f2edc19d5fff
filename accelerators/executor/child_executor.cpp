#include "accelerators/executor/executor.hpp"
#include "accelerators/executor/frames.hpp"
#include "accelerators/executor/worker_process.hpp"
#include "accelerators/usable_cores.hpp"
#include "messages/values/names.hpp"

#include <cmath>
#include <fstream>
#include <mutex>
#include <optional>

namespace trivium::accelerators {

namespace {

constexpr worker_limits info_limits{std::chrono::seconds{30},
                                    uint64_t{2} << 30};

/// The processor as /proc/cpuinfo names it.
std::string processor_name() {
  std::ifstream file{"/proc/cpuinfo"};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != std::string::npos)
        return printable(line.substr(colon + 2));
  return "unknown";
}

tl::unexpected<error> broken(const char* text) {
  return fail(ec::internal, std::string{"executor protocol: "} + text);
}

/// What a worker may claim to have met; the rest is for this side to say.
ec believable(uint32_t code) {
  for (const auto known : {ec::invalid_argument, ec::resource_exhausted,
                           ec::unsupported, ec::unavailable, ec::not_found})
    if (code == static_cast<uint32_t>(known))
      return known;
  return ec::internal;
}

expected<v1::ExecutorReply> next_reply(byte_channel& channel,
                                       v1::ExecutorReply::KindCase wanted) {
  v1::ExecutorReply reply;
  TRIVIUM_CHECK(receive_frame(channel, reply));
  if (reply.has_failure())
    return fail(believable(reply.failure().code()),
                printable(reply.failure().text()));
  if (reply.kind_case() != wanted)
    return broken("another answer than the one that was due");
  return reply;
}

/// Milliseconds from the other side: finite, not negative.
expected<double> checked_ms(double value) {
  if (!std::isfinite(value) || value < 0)
    return broken("a time that is no time");
  return value;
}

v1::ExecutorRequest run_request(const graph_request& request) {
  v1::ExecutorRequest message;
  auto& run = *message.mutable_run();
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(request.model, failed);
  run.set_model((failed ? request.model : absolute).native());
  run.set_mode(request.mode == execution_mode::exact
                 ? v1::ExecutorRunRequest::EXACT
                 : v1::ExecutorRunRequest::DEPLOYED);
  run.set_cases(static_cast<uint32_t>(request.cases.size()));
  run.set_latency_runs(request.latency_runs);
  run.set_threads(usable_cores());
  return message;
}

/// One case down, its outputs up.
expected<std::vector<tensor_value>>
run_case(byte_channel& channel, const graph_case& feeds, uint64_t limit) {
  TRIVIUM_CHECK(send_frame(channel, described(feeds)));
  TRIVIUM_CHECK(send_bytes(channel, feeds));
  TRIVIUM_TRY(const auto reply,
              next_reply(channel, v1::ExecutorReply::kOutputs));
  return receive_tensors(channel, reply.outputs(), limit);
}

expected<graph_outcome> converse(byte_channel& channel,
                                 const graph_request& request,
                                 uint64_t memory_bytes) {
  TRIVIUM_CHECK(send_frame(channel, run_request(request)));
  TRIVIUM_TRY(const auto loaded,
              next_reply(channel, v1::ExecutorReply::kLoaded));
  graph_outcome outcome;
  TRIVIUM_TRY(outcome.load_ms, checked_ms(loaded.loaded().load_ms()));
  outcome.precision = printable(loaded.loaded().precision().substr(0, 32));
  auto left = memory_bytes;
  for (const auto& feeds : request.cases) {
    TRIVIUM_TRY(auto outputs, run_case(channel, feeds, left));
    for (const auto& output : outputs)
      left -= output.bytes.size();
    outcome.outputs.push_back(std::move(outputs));
  }
  TRIVIUM_TRY(const auto finished,
              next_reply(channel, v1::ExecutorReply::kFinished));
  TRIVIUM_TRY(outcome.latency_ms, checked_ms(finished.finished().latency_ms()));
  return outcome;
}

/// Whose bytes do not fit their shape would leave the conversation out of step.
expected<void> check_feeds(const graph_request& request) {
  for (const auto& feeds : request.cases)
    for (const auto& feed : feeds) {
      TRIVIUM_TRY(const auto elements, element_count(feed.shape));
      TRIVIUM_TRY(const auto bytes, size_bytes(feed.type, elements));
      if (bytes != feed.bytes.size())
        return fail(ec::invalid_argument,
                    "input \"" + printable(feed.name)
                      + "\": " + std::to_string(feed.bytes.size())
                      + " bytes, shape " + to_string(feed.shape) + " of "
                      + std::string{to_string(feed.type)} + " has "
                      + std::to_string(bytes));
    }
  return {};
}

class child_executor final : public executor {
public:
  child_executor(std::filesystem::path program, graph_limits limits)
    : program_(std::move(program)), limits_(limits) {}

  executor_info info() override {
    const std::lock_guard lock{mutex_};
    if (!info_)
      info_ = asked();
    return *info_;
  }

  expected<graph_outcome> run(const graph_request& request,
                              const cancel_token& cancel) override try {
    TRIVIUM_CHECK(check_feeds(request));
    worker_limits limits{limits_.time, limits_.memory_bytes};
    if (request.time_limit.count() != 0)
      limits.time = request.time_limit;
    if (request.memory_limit_bytes != 0)
      limits.memory_bytes = request.memory_limit_bytes;
    TRIVIUM_TRY(const auto worker,
                worker_process::start(program_, limits, cancel));
    return converse(*worker, request, limits.memory_bytes);
  } catch (const std::bad_alloc&) {
    return fail(ec::resource_exhausted,
                "executor: no memory for the graph's outputs");
  }

private:
  [[nodiscard]] executor_info asked() const {
    executor_info info;
    info.cpu = processor_name();
    auto reply = ask();
    if (!reply) {
      info.absence = reply.error().text;
      return info;
    }
    info.name = printable(reply->info().name());
    info.exact_precision = printable(reply->info().exact_precision());
    info.deployed_precision = printable(reply->info().deployed_precision());
    info.absence = printable(reply->info().absence());
    return info;
  }

  [[nodiscard]] expected<v1::ExecutorReply> ask() const {
    TRIVIUM_TRY(const auto worker,
                worker_process::start(program_, info_limits, {}));
    v1::ExecutorRequest question;
    question.mutable_info();
    TRIVIUM_CHECK(send_frame(*worker, question));
    return next_reply(*worker, v1::ExecutorReply::kInfo);
  }

  std::filesystem::path program_;
  graph_limits limits_;
  std::mutex mutex_;
  std::optional<executor_info> info_;
};

} // namespace

std::unique_ptr<executor> make_child_executor(std::filesystem::path program,
                                              graph_limits limits) {
  return std::make_unique<child_executor>(std::move(program), limits);
}

} // namespace trivium::accelerators
