#pragma once

#include "messages/values/job.hpp"

#include "trivium/v1/control.pb.h"

namespace trivium {

/// Records that name no model were never made and are left out, both ways.
[[nodiscard]] v1::PipelineReport to_wire(const pipeline_report& report);
[[nodiscard]] v1::QuantizeReport to_wire(const quantize_report& report);
[[nodiscard]] v1::TensorFigure to_wire(const tensor_figure& figure);
[[nodiscard]] v1::ErrorSums to_wire(const error_sums& sums);
[[nodiscard]] v1::GoldenReport to_wire(const golden_report& report);

/// Stages that a peer knows fewer of stay zero, more of are passed over.
/// Errors of all: data_loss, unsupported.
[[nodiscard]] expected<pipeline_report>
from_wire(const v1::PipelineReport& wire);
[[nodiscard]] expected<quantize_report>
from_wire(const v1::QuantizeReport& wire);
[[nodiscard]] expected<tensor_figure> from_wire(const v1::TensorFigure& wire);
[[nodiscard]] expected<error_sums> from_wire(const v1::ErrorSums& wire);
[[nodiscard]] expected<golden_report> from_wire(const v1::GoldenReport& wire);

} // namespace trivium
