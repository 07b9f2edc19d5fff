#include "tests/support/materialise.hpp"

#include "tests/support/scalar_quantizer.hpp"

#include <fstream>
#include <map>
#include <numeric>

namespace trivium::test {

namespace {

using namespace storage;

scheme action_of(const quantization_plan& plan, size_t tensor) {
  for (const auto& decision : plan.decisions)
    if (decision.tensor == tensor)
      return decision.action;
  return scheme::keep;
}

/// Computes each tensor once, though values and scales ask for it.
class computed_tensors {
public:
  computed_tensors(const model_source& source, const quantization_plan& plan)
    : source_(source), plan_(plan) {}

  expected<const std::string*> part(const computed_bytes& wanted) {
    if (!done_.contains(wanted.tensor)) {
      TRIVIUM_TRY(done_[wanted.tensor], compute(wanted.tensor));
    }
    const auto& result = done_[wanted.tensor];
    return wanted.part == computed_part::values ? &result.values
                                                : &result.scales;
  }

private:
  expected<quantized_bytes> compute(size_t index) {
    const auto& tensor = source_.tensors()[index];
    std::vector<std::byte> scratch;
    std::span<const std::byte> bytes;
    if (tensor.held) {
      bytes = *tensor.held;
    } else {
      const auto& file = *source_.files().files[tensor.where.file].bytes;
      TRIVIUM_TRY(bytes,
                  file.view(tensor.where.offset, tensor.where.size, scratch));
    }
    const auto axis = static_cast<std::ptrdiff_t>(*tensor.channel_axis);
    const auto inner =
      std::accumulate(tensor.shape.begin() + axis + 1, tensor.shape.end(),
                      uint64_t{1}, std::multiplies{});
    return quantize(to_floats(bytes, tensor.type), action_of(plan_, index),
                    tensor.type, tensor.shape[*tensor.channel_axis], inner);
  }

  const model_source& source_;
  const quantization_plan& plan_;
  std::map<size_t, quantized_bytes> done_;
};

expected<std::string> bytes_of(const output_segment& segment,
                               const model_source& source,
                               computed_tensors& computed) {
  if (const auto* literal = std::get_if<literal_bytes>(&segment.content))
    return std::string{literal->first(segment.size)};
  if (const auto* copied = std::get_if<copied_bytes>(&segment.content)) {
    std::string bytes(copied->from.size, '\0');
    TRIVIUM_CHECK(source.files().files[copied->from.file].bytes->read(
      copied->from.offset, std::as_writable_bytes(std::span{bytes})));
    return bytes;
  }
  TRIVIUM_TRY(const auto* part,
              computed.part(std::get<computed_bytes>(segment.content)));
  return *part;
}

expected<std::string> bytes_of(const output_file& file,
                               const model_source& source,
                               computed_tensors& computed) {
  std::string bytes;
  for (const auto& segment : file.segments) {
    TRIVIUM_TRY(const auto part, bytes_of(segment, source, computed));
    if (segment.offset != bytes.size() || segment.size != part.size())
      return fail(ec::internal, file.path + ": a segment of "
                                  + std::to_string(segment.size) + " bytes at "
                                  + std::to_string(segment.offset) + " gets "
                                  + std::to_string(part.size()) + " at "
                                  + std::to_string(bytes.size()));
    bytes += part;
  }
  if (bytes.size() != file.size)
    return fail(ec::internal, file.path + ": segments do not cover the file");
  return bytes;
}

} // namespace

expected<void> materialise(const model_source& source,
                           const quantization_plan& plan,
                           const output_layout& layout,
                           const std::filesystem::path& folder) {
  computed_tensors computed{source, plan};
  for (const auto& file : layout.files) {
    TRIVIUM_TRY(const auto bytes, bytes_of(file, source, computed));
    const auto path = folder / file.path;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary}.write(
      bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  return {};
}

quantization_plan plan_all(const model_source& source, scheme action) {
  quantization_plan plan;
  for (size_t i = 0; i < source.tensors().size(); ++i)
    plan.decisions.push_back(
      {i, source.bytes_under(i, action) ? action : scheme::keep, {}, 0, 0});
  return plan;
}

quantization_plan plan_one(const model_source& source, std::string_view name,
                           scheme action) {
  quantization_plan plan;
  for (size_t i = 0; i < source.tensors().size(); ++i)
    plan.decisions.push_back(
      {i, source.tensors()[i].name == name ? action : scheme::keep, {}, 0, 0});
  return plan;
}

} // namespace trivium::test
