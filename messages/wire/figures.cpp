#include "messages/wire/figures.hpp"

#include "messages/wire/fields.hpp"
#include "messages/wire/wire_text.hpp"

namespace trivium {

namespace {

constexpr size_t max_reasons = 16;

void write_reasons(const std::vector<std::string>& reasons,
                   v1::Verification& out) {
  const auto is_cut = reasons.size() > max_reasons;
  const auto kept = is_cut ? max_reasons - 1 : reasons.size();
  for (size_t i = 0; i < kept; ++i)
    out.add_reasons(wire_text(reasons[i]));
  if (is_cut)
    out.add_reasons("… and " + std::to_string(reasons.size() - kept) + " more");
}

output_figures figures(const v1::OutputFigures& wire) {
  return {wire.min_sqnr_db(), wire.min_cosine(), wire.max_error(),
          wire.worst()};
}

} // namespace

v1::OutputFigures to_wire(const output_figures& figures) {
  v1::OutputFigures out;
  out.set_min_sqnr_db(figures.min_sqnr_db);
  out.set_min_cosine(figures.min_cosine);
  out.set_max_error(figures.max_error);
  out.set_worst(wire_text(figures.worst));
  return out;
}

expected<output_figures> from_wire(const v1::OutputFigures& wire) {
  return figures(wire);
}

v1::Verification to_wire(const verification& checked) {
  v1::Verification out;
  out.set_verdict(wire_enum<v1::Verdict>(checked.verdict));
  out.set_gate_met(checked.gate_met);
  write_reasons(checked.reasons, out);
  if (checked.exact)
    *out.mutable_exact() = to_wire(*checked.exact);
  if (checked.deployed)
    *out.mutable_deployed() = to_wire(*checked.deployed);
  if (checked.float_deployed)
    *out.mutable_float_deployed() = to_wire(*checked.float_deployed);
  if (checked.layers)
    *out.mutable_layers() = to_wire(*checked.layers);
  out.set_cases(checked.cases);
  out.set_inputs(wire_text(checked.inputs));
  out.set_executor(wire_text(checked.executor));
  out.set_precision(wire_text(checked.precision));
  out.set_cpu(wire_text(checked.cpu));
  out.set_latency_before_ms(checked.latency_before_ms);
  out.set_latency_after_ms(checked.latency_after_ms);
  return out;
}

expected<verification> from_wire(const v1::Verification& wire) {
  verification checked;
  TRIVIUM_TRY(checked.verdict, of_record.enumeration("verdict", wire.verdict(),
                                                     verdict::verified));
  checked.gate_met = wire.gate_met();
  checked.reasons = {wire.reasons().begin(), wire.reasons().end()};
  if (wire.has_exact())
    checked.exact = figures(wire.exact());
  if (wire.has_deployed())
    checked.deployed = figures(wire.deployed());
  if (wire.has_float_deployed())
    checked.float_deployed = figures(wire.float_deployed());
  if (wire.has_layers())
    checked.layers = figures(wire.layers());
  checked.cases = wire.cases();
  checked.inputs = wire.inputs();
  checked.executor = wire.executor();
  checked.precision = wire.precision();
  checked.cpu = wire.cpu();
  checked.latency_before_ms = wire.latency_before_ms();
  checked.latency_after_ms = wire.latency_after_ms();
  return checked;
}

} // namespace trivium
