#include "tools/trivium/report.hpp"

#include "messages/values/names.hpp"

namespace trivium::tools {

namespace {

void write(json_writer& json, std::string_view key, const output_figures& f) {
  json.key(key);
  json.object([&] {
    json.member("min_sqnr_db", f.min_sqnr_db);
    json.member("min_cosine", f.min_cosine);
    json.member("max_error", f.max_error);
    json.member("worst", printable(f.worst));
  });
}

void write(json_writer& json,
           const std::array<stage_figure, job_stages>& stages) {
  json.key("stages");
  json.object([&] {
    for (size_t i = 0; i < stages.size(); ++i) {
      json.key(to_string(static_cast<job_stage>(i)));
      json.object([&] {
        json.member("seconds", stages[i].seconds);
        json.member("bytes", stages[i].bytes);
      });
    }
  });
}

void write_members(json_writer& json, const quantize_report& report) {
  json.member("format", to_string(report.format));
  json.member("bytes_before", report.bytes_before);
  json.member("bytes_after", report.bytes_after);
  json.member("quantized_elements", report.quantized_elements);
  json.member("quantized_bytes", report.quantized_bytes);
  json.member("device", printable(report.device));
  json.member("lanes", report.lanes);
  json.key("tensors");
  json.array([&] {
    for (const auto& tensor : report.tensors)
      json.object([&] {
        json.member("name", printable(tensor.name));
        json.member("type", to_string(tensor.type));
        json.key("shape");
        json.array([&] {
          for (const auto dimension : tensor.shape)
            json.value(dimension);
        });
        json.member("action", to_string(tensor.action));
        json.member("reason", printable(tensor.reason));
        json.member("bytes_before", tensor.bytes_before);
        json.member("bytes_after", tensor.bytes_after);
        if (tensor.action != scheme::keep) {
          json.member("sqnr_db", tensor.errors.sqnr_db());
          json.member("max_error", tensor.errors.max_error);
        }
      });
  });
}

} // namespace

void write(json_writer& json, const verification& checked) {
  json.key("verification");
  json.object([&] {
    json.member("verdict", to_string(checked.verdict));
    json.member("gate_met", checked.gate_met);
    json.key("reasons");
    json.array([&] {
      for (const auto& reason : checked.reasons)
        json.value(printable(reason));
    });
    if (checked.exact)
      write(json, "exact", *checked.exact);
    if (checked.deployed)
      write(json, "deployed", *checked.deployed);
    if (checked.float_deployed)
      write(json, "float_deployed", *checked.float_deployed);
    if (checked.layers)
      write(json, "layers", *checked.layers);
    json.member("cases", checked.cases);
    json.member("inputs", printable(checked.inputs));
    json.member("executor", printable(checked.executor));
    json.member("precision", printable(checked.precision));
    json.member("cpu", printable(checked.cpu));
    json.member("latency_before_ms", checked.latency_before_ms);
    json.member("latency_after_ms", checked.latency_after_ms);
  });
}

std::string json_of(const quantize_report& report) {
  json_writer json;
  json.object([&] {
    write_members(json, report);
    write(json, report.stages);
    if (report.artifact.is_set())
      json.member("artifact", to_string(report.artifact));
    json.member("out", printable(report.out.native()));
  });
  return std::move(json).text();
}

std::string json_of(const pipeline_report& report, const error& failure) {
  json_writer json;
  const auto& variant = report.variant;
  json.object([&] {
    json.member("job", report.job);
    json.member("trace_id", report.trace_id);
    json.member("namespace", report.source.model.name_space);
    json.member("model", report.source.model.model);
    json.member("version", to_string(report.source.version));
    if (report.source.artifact.is_set())
      json.member("source", to_string(report.source.artifact));
    json.member("version_was_known", report.version_was_known);
    json.member("recipe", variant.recipe);
    json.member("recipe_digest", to_string(variant.recipe_digest));
    if (variant.artifact.is_set())
      json.member("variant", to_string(variant.artifact));
    json.member("variant_was_known", report.variant_was_known);
    if (variant.started_at != 0)
      json.member("state", to_string(variant.state));
    if (variant.checked.is_judged())
      write(json, variant.checked);
    if (report.quantized) {
      json.key("quantized");
      json.object([&] { write_members(json, *report.quantized); });
    }
    write(json, report.stages);
    if (!report.alias.alias.empty()) {
      json.member("alias", report.alias.alias);
      json.member("alias_was_there", report.alias_was_there);
      json.member("revision", report.at);
    }
    json.member("seconds", report.seconds);
    if (failure.code != ec::none) {
      json.key("error");
      json.object([&] {
        json.member("code", to_string(failure.code));
        json.member("text", printable(failure.text));
      });
    }
  });
  return std::move(json).text();
}

} // namespace trivium::tools
