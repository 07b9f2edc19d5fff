#include "accelerators/executor/frames.hpp"
#include "accelerators/executor/post_mortem.hpp"
#include "accelerators/executor/runtime_plugin.hpp"

#include <algorithm>
#include <fcntl.h>
#include <limits>
#include <new>
#include <unistd.h>

namespace trivium::accelerators {

namespace {

using steady = std::chrono::steady_clock;

constexpr size_t max_failure_bytes = 4096;

[[noreturn]] void leave_without_memory() {
  // Runs in any thread of the runtime, where an exception might be swallowed.
  ::_exit(exit_out_of_memory);
}

double milliseconds_since(steady::time_point start) {
  return std::chrono::duration<double, std::milli>(steady::now() - start)
    .count();
}

expected<void> serve_info(byte_channel& channel) {
  v1::ExecutorReply reply;
  auto& answer = *reply.mutable_info();
  auto runtime = open_runtime();
  auto info = runtime ? (*runtime)->info()
                      : expected<executor_info>{fail(runtime.error())};
  if (info) {
    answer.set_name(info->name);
    answer.set_exact_precision(info->exact_precision);
    answer.set_deployed_precision(info->deployed_precision);
  } else {
    answer.set_absence(info.error().text);
  }
  return send_frame(channel, reply);
}

expected<void> send_outputs(byte_channel& channel,
                            std::span<const tensor_value> outputs) {
  v1::ExecutorReply reply;
  *reply.mutable_outputs() = described(outputs);
  TRIVIUM_CHECK(send_frame(channel, reply));
  return send_bytes(channel, outputs);
}

/// Median of `runs` timed runs after one that is not timed; 0 for none.
expected<double> latency(loaded_graph& graph, const graph_case& feeds,
                         uint32_t runs) {
  if (runs == 0)
    return 0;
  TRIVIUM_CHECK(graph.run(feeds));
  std::vector<double> times;
  for (uint32_t i = 0; i < runs; ++i) {
    const auto start = steady::now();
    TRIVIUM_CHECK(graph.run(feeds));
    times.push_back(milliseconds_since(start));
  }
  const auto middle = times.begin() + static_cast<ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

expected<void> serve_run(byte_channel& channel,
                         const v1::ExecutorRunRequest& request) {
  TRIVIUM_TRY(const auto runtime, open_runtime());
  const auto mode = request.mode() == v1::ExecutorRunRequest::DEPLOYED
                      ? execution_mode::deployed
                      : execution_mode::exact;
  const auto start = steady::now();
  TRIVIUM_TRY(const auto graph,
              runtime->load(request.model(), mode, request.threads()));
  v1::ExecutorReply loaded;
  loaded.mutable_loaded()->set_load_ms(milliseconds_since(start));
  loaded.mutable_loaded()->set_precision(graph->precision());
  TRIVIUM_CHECK(send_frame(channel, loaded));

  graph_case first;
  for (uint32_t i = 0; i < request.cases(); ++i) {
    v1::ExecutorTensors description;
    TRIVIUM_CHECK(receive_frame(channel, description));
    // The parent is trusted; its memory limit is already ours.
    TRIVIUM_TRY(auto feeds,
                receive_tensors(channel, description,
                                std::numeric_limits<int64_t>::max()));
    TRIVIUM_TRY(const auto outputs, graph->run(feeds));
    TRIVIUM_CHECK(send_outputs(channel, outputs));
    if (i == 0)
      first = std::move(feeds);
  }
  v1::ExecutorReply finished;
  finished.mutable_finished()->set_latency_ms(0);
  if (request.cases() > 0) {
    TRIVIUM_TRY(const auto median,
                latency(*graph, first, request.latency_runs()));
    finished.mutable_finished()->set_latency_ms(median);
  }
  return send_frame(channel, finished);
}

expected<void> serve(byte_channel& channel,
                     const v1::ExecutorRequest& request) try {
  switch (request.kind_case()) {
  case v1::ExecutorRequest::kInfo:
    return serve_info(channel);
  case v1::ExecutorRequest::kRun:
    return serve_run(channel, request.run());
  default:
    return fail(ec::unsupported, "executor: unknown request");
  }
} catch (const std::bad_alloc&) {
  return fail(ec::resource_exhausted,
              "executor: the graph needs more than the memory limit");
} catch (const std::exception& e) {
  return fail(ec::internal, std::string{"executor: "} + e.what());
}

expected<void> send_failure(byte_channel& channel, const error& why) {
  v1::ExecutorReply reply;
  reply.mutable_failure()->set_code(static_cast<uint32_t>(why.code));
  reply.mutable_failure()->set_text(why.text.substr(0, max_failure_bytes));
  return send_frame(channel, reply);
}

/// Takes the socket away from stdin and stdout, so that a runtime that prints
/// or reads does no harm. Returns the socket.
int claim_channel() {
  const int channel = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::close(nothing);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return channel;
}

} // namespace

int executor_worker_main() {
  std::set_new_handler(leave_without_memory);
  const int socket = claim_channel();
  if (socket < 0)
    return 1;
  descriptor_channel channel{socket};
  for (;;) {
    v1::ExecutorRequest request;
    if (!receive_frame(channel, request))
      return 0;
    if (auto done = serve(channel, request); !done)
      return send_failure(channel, done.error()) ? 0 : 1;
  }
}

} // namespace trivium::accelerators
