#include "messages/wire/reports.hpp"

#include "messages/wire/fields.hpp"
#include "messages/wire/figures.hpp"
#include "messages/wire/records.hpp"
#include "messages/wire/repeated.hpp"
#include "messages/wire/wire_text.hpp"

#include <algorithm>

namespace trivium {

namespace {

using stage_figures = std::array<stage_figure, job_stages>;
using wire_stages = google::protobuf::RepeatedPtrField<v1::StageFigure>;

void write_stages(const stage_figures& stages, wire_stages& out) {
  for (const auto& stage : stages) {
    auto& figure = *out.Add();
    figure.set_seconds(stage.seconds);
    figure.set_bytes(stage.bytes);
  }
}

stage_figures read_stages(const wire_stages& wire) {
  stage_figures stages{};
  const auto known = std::min(job_stages, static_cast<size_t>(wire.size()));
  for (size_t i = 0; i < known; ++i) {
    const auto& figure = wire.Get(static_cast<int>(i));
    stages[i] = {figure.seconds(), figure.bytes()};
  }
  return stages;
}

} // namespace

v1::ErrorSums to_wire(const error_sums& sums) {
  v1::ErrorSums out;
  out.set_signal(sums.signal);
  out.set_noise(sums.noise);
  out.set_approximation(sums.approximation);
  out.set_product(sums.product);
  out.set_max_error(sums.max_error);
  out.set_count(sums.count);
  return out;
}

expected<error_sums> from_wire(const v1::ErrorSums& wire) {
  return error_sums{wire.signal(),  wire.noise(),     wire.approximation(),
                    wire.product(), wire.max_error(), wire.count()};
}

v1::TensorFigure to_wire(const tensor_figure& figure) {
  v1::TensorFigure out;
  out.set_name(wire_text(figure.name));
  out.set_type(static_cast<uint32_t>(figure.type));
  out.mutable_shape()->Add(figure.shape.begin(), figure.shape.end());
  out.set_action(static_cast<uint32_t>(figure.action));
  out.set_reason(wire_text(figure.reason));
  out.set_bytes_before(figure.bytes_before);
  out.set_bytes_after(figure.bytes_after);
  *out.mutable_errors() = to_wire(figure.errors);
  return out;
}

expected<tensor_figure> from_wire(const v1::TensorFigure& wire) {
  tensor_figure figure;
  figure.name = wire.name();
  TRIVIUM_TRY(figure.type, of_answer.plain_enumeration(
                             "tensor type", wire.type(), tensor_type::opaque));
  figure.shape = {wire.shape().begin(), wire.shape().end()};
  TRIVIUM_TRY(figure.action, of_answer.plain_enumeration(
                               "scheme", wire.action(), scheme::q8_0));
  figure.reason = wire.reason();
  figure.bytes_before = wire.bytes_before();
  figure.bytes_after = wire.bytes_after();
  TRIVIUM_TRY(figure.errors, from_wire(wire.errors()));
  return figure;
}

v1::QuantizeReport to_wire(const quantize_report& report) {
  v1::QuantizeReport out;
  out.set_format(wire_format(report.format));
  write_all(report.tensors, *out.mutable_tensors());
  out.set_bytes_before(report.bytes_before);
  out.set_bytes_after(report.bytes_after);
  out.set_quantized_elements(report.quantized_elements);
  out.set_quantized_bytes(report.quantized_bytes);
  out.set_lanes(report.lanes);
  out.set_device(wire_text(report.device));
  write_stages(report.stages, *out.mutable_stages());
  out.set_artifact(wire_bytes(report.artifact));
  out.set_out(utf8_text(report.out.native()));
  return out;
}

expected<quantize_report> from_wire(const v1::QuantizeReport& wire) {
  quantize_report report;
  TRIVIUM_TRY(report.format, of_answer.plain_enumeration(
                               "format", wire.format(), model_format::gguf));
  TRIVIUM_TRY(report.tensors,
              read_all<tensor_figure>(wire.tensors(), from_wire));
  report.bytes_before = wire.bytes_before();
  report.bytes_after = wire.bytes_after();
  report.quantized_elements = wire.quantized_elements();
  report.quantized_bytes = wire.quantized_bytes();
  report.lanes = wire.lanes();
  report.device = wire.device();
  report.stages = read_stages(wire.stages());
  TRIVIUM_TRY(report.artifact,
              of_answer.optional_digest("artifact", wire.artifact()));
  report.out = wire.out();
  return report;
}

v1::PipelineReport to_wire(const pipeline_report& report) {
  v1::PipelineReport out;
  out.set_job(wire_text(report.job));
  out.set_trace_id(wire_text(report.trace_id));
  if (report.source.artifact.is_set()) // else it was never registered
    *out.mutable_source() = to_wire(report.source);
  out.set_version_was_known(report.version_was_known);
  if (!report.variant.model.model.empty())
    *out.mutable_variant() = to_wire(report.variant);
  out.set_variant_was_known(report.variant_was_known);
  if (report.quantized)
    *out.mutable_quantized() = to_wire(*report.quantized);
  if (!report.alias.model.model.empty())
    *out.mutable_alias() = to_wire(report.alias);
  out.set_alias_was_there(report.alias_was_there);
  out.set_revision(report.at);
  out.set_seconds(report.seconds);
  write_stages(report.stages, *out.mutable_stages());
  return out;
}

expected<pipeline_report> from_wire(const v1::PipelineReport& wire) {
  pipeline_report report;
  report.job = wire.job();
  report.trace_id = wire.trace_id();
  if (wire.has_source()) {
    TRIVIUM_TRY(report.source, from_wire(wire.source()));
  }
  report.version_was_known = wire.version_was_known();
  if (wire.has_variant()) {
    TRIVIUM_TRY(report.variant, from_wire(wire.variant()));
  }
  report.variant_was_known = wire.variant_was_known();
  if (wire.has_quantized()) {
    TRIVIUM_TRY(report.quantized, from_wire(wire.quantized()));
  }
  if (wire.has_alias()) {
    TRIVIUM_TRY(report.alias, from_wire(wire.alias()));
  }
  report.alias_was_there = wire.alias_was_there();
  report.at = wire.revision();
  report.seconds = wire.seconds();
  report.stages = read_stages(wire.stages());
  return report;
}

v1::GoldenReport to_wire(const golden_report& report) {
  v1::GoldenReport out;
  out.set_cases(report.cases);
  out.set_source(wire_bytes(report.source));
  out.set_executor(wire_text(report.executor));
  out.set_precision(wire_text(report.precision));
  out.set_cpu(wire_text(report.cpu));
  *out.mutable_figures() = to_wire(report.figures);
  return out;
}

expected<golden_report> from_wire(const v1::GoldenReport& wire) {
  golden_report report;
  report.cases = wire.cases();
  TRIVIUM_TRY(report.source,
              of_answer.optional_digest("source", wire.source()));
  report.executor = wire.executor();
  report.precision = wire.precision();
  report.cpu = wire.cpu();
  TRIVIUM_TRY(report.figures, from_wire(wire.figures()));
  return report;
}

} // namespace trivium
