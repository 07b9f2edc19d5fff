#include "accelerators/executor/graph_runtime.hpp"
#include "accelerators/executor/openvino/graph_feed.hpp"
#include "messages/values/names.hpp"

#include <openvino/frontend/manager.hpp>
#include <openvino/opsets/opset8.hpp>
#include <openvino/pass/constant_folding.hpp>
#include <openvino/pass/manager.hpp>

#include <new>

namespace trivium::accelerators {

namespace {

constexpr auto device = "CPU";

tl::unexpected<error> out_of_memory() {
  return fail(ec::resource_exhausted,
              "executor: the graph needs more than the memory limit");
}

/// OpenVINO wraps a failed allocation into words of its own.
bool speaks_of_memory(std::string_view text) {
  return text.find("bad_alloc") != std::string_view::npos
         || text.find("Failed to allocate") != std::string_view::npos
         || text.find("can't alloc") != std::string_view::npos;
}

/// Turns whatever OpenVINO throws inside `body` into an error: it refuses a
/// graph by throwing.
template <class Body>
auto guarded(const std::string& what, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& e) {
    if (speaks_of_memory(e.what()))
      return out_of_memory();
    return fail(ec::invalid_argument, what + runtime_words(e.what()));
  }
}

/// One request at a time, always the same number of threads.
ov::AnyMap properties(execution_mode mode, uint32_t threads) {
  ov::AnyMap map{ov::num_streams(1),
                 ov::inference_num_threads(static_cast<int32_t>(threads)),
                 ov::hint::enable_cpu_pinning(false)};
  if (mode == execution_mode::exact) {
    map.insert(ov::hint::inference_precision(ov::element::f32));
    map.insert(ov::hint::dynamic_quantization_group_size(0));
    map.insert(ov::hint::execution_mode(ov::hint::ExecutionMode::ACCURACY));
  }
  return map;
}

std::string precision_of(const ov::CompiledModel& model) {
  return model.get_property(ov::hint::inference_precision).get_type_name();
}

class openvino_graph final : public loaded_graph {
public:
  explicit openvino_graph(ov::CompiledModel model)
    : model_(std::move(model)), request_(model_.create_infer_request()) {}

  [[nodiscard]] std::string precision() const override {
    return precision_of(model_);
  }

  [[nodiscard]] expected<std::vector<tensor_value>>
  run(const graph_case& feeds) override {
    using outputs = expected<std::vector<tensor_value>>;
    return guarded("the graph cannot be run: ", [&]() -> outputs {
      TRIVIUM_CHECK(bind(feeds));
      request_.infer();
      std::vector<tensor_value> results;
      for (const auto& port : model_.outputs()) {
        TRIVIUM_TRY(auto result,
                    as_output(port_name(port), request_.get_tensor(port)));
        results.push_back(std::move(result));
      }
      return results;
    });
  }

private:
  expected<void> bind(const graph_case& feeds) {
    for (const auto& port : model_.inputs()) {
      const auto* feed = find(feeds, port);
      if (feed == nullptr)
        return fail(ec::invalid_argument, "input \""
                                            + printable(port_name(port))
                                            + "\" of the graph is not fed");
      TRIVIUM_TRY(const auto tensor, as_feed(port, *feed));
      request_.set_tensor(port, tensor);
    }
    for (const auto& feed : feeds)
      if (!is_input(feed.name))
        return fail(ec::invalid_argument, "input \"" + printable(feed.name)
                                            + "\": the graph has none of "
                                              "that name");
    return {};
  }

  static const tensor_value* find(const graph_case& feeds,
                                  const ov::Output<const ov::Node>& port) {
    for (const auto& feed : feeds)
      if (port.get_names().count(feed.name) != 0)
        return &feed;
    return nullptr;
  }

  [[nodiscard]] bool is_input(const std::string& name) const {
    for (const auto& port : model_.inputs())
      if (port.get_names().count(name) != 0)
        return true;
    return false;
  }

  ov::CompiledModel model_;
  ov::InferRequest request_;
};

/// x · 1, compiled only to learn what the defaults of this machine are.
std::shared_ptr<ov::Model> smallest_model() {
  const auto input = std::make_shared<ov::opset8::Parameter>(
    ov::element::f32, ov::PartialShape{1, 1});
  const auto one = ov::opset8::Constant::create(ov::element::f32, {1, 1}, {1});
  const auto product = std::make_shared<ov::opset8::MatMul>(input, one);
  return std::make_shared<ov::Model>(ov::OutputVector{product},
                                     ov::ParameterVector{input});
}

class openvino_runtime final : public graph_runtime {
public:
  [[nodiscard]] expected<executor_info> info() override {
    return guarded("", [&]() -> expected<executor_info> {
      executor_info info;
      // "2026.4.1-22135-…": the release is what people know.
      const std::string build = ov::get_openvino_version().buildNumber;
      info.name = "OpenVINO " + build.substr(0, build.find('-'));
      const auto model = smallest_model();
      info.exact_precision = precision_of(core_.compile_model(
        model, device, properties(execution_mode::exact, 1)));
      info.deployed_precision = precision_of(core_.compile_model(
        model, device, properties(execution_mode::deployed, 1)));
      return info;
    });
  }

  [[nodiscard]] expected<std::unique_ptr<loaded_graph>>
  load(const std::filesystem::path& path, execution_mode mode,
       uint32_t threads) override {
    using graph = expected<std::unique_ptr<loaded_graph>>;
    return guarded("the graph is refused: ", [&]() -> graph {
      const auto model = parsed(path);
      if (mode == execution_mode::exact) {
        // Dequantized weights become plain f32 constants before the plugin sees
        // them: it would else multiply int8 weights with scales of its own
        // order of operations.
        ov::pass::Manager passes;
        passes.register_pass<ov::pass::ConstantFolding>();
        passes.run_passes(model);
      }
      return std::make_unique<openvino_graph>(
        core_.compile_model(model, device, properties(mode, threads)));
    });
  }

private:
  /// By the ONNX front end whatever the file is called: no other parser of
  /// OpenVINO's is reached by a stranger's file.
  static std::shared_ptr<ov::Model> parsed(const std::filesystem::path& path) {
    ov::frontend::FrontEndManager manager;
    const auto front_end = manager.load_by_framework("onnx");
    return front_end->convert(front_end->load(path.native()));
  }

  ov::Core core_;
};

} // namespace

} // namespace trivium::accelerators

#define TRIVIUM_EXPORTED __attribute__((visibility("default")))

TRIVIUM_EXPORTED uint32_t trivium_runtime_abi() {
  return trivium::accelerators::runtime_abi;
}

TRIVIUM_EXPORTED trivium::accelerators::graph_runtime*
trivium_open_runtime(const char** reason) try {
  return new trivium::accelerators::openvino_runtime;
} catch (const std::exception& e) {
  static std::string text;
  text = trivium::accelerators::runtime_words(e.what());
  *reason = text.c_str();
  return nullptr;
}
