#include "actors/devices/tile_work.hpp"

namespace trivium::actors {

namespace {

expected<std::span<const std::byte>> source_bytes(const tile_work& tile,
                                                  tile_scratch& scratch) {
  if (!tile.held)
    return tile.file->view(tile.source_offset, tile.source_size,
                           scratch.source);
  const std::span<const std::byte> all{*tile.held};
  if (tile.source_offset > all.size()
      || tile.source_size > all.size() - tile.source_offset)
    return fail(ec::internal, "a tile lies outside its tensor");
  return all.subspan(tile.source_offset, tile.source_size);
}

} // namespace

expected<tile_result> run_tile(accelerators::lane& lane, const tile_work& tile,
                               tile_scratch& scratch) {
  using accelerators::tile_step;
  tile_result result;
  result.tensor = tile.tensor;
  result.number = tile.number;
  TRIVIUM_TRY(const auto source, source_bytes(tile, scratch));

  accelerators::tile_call call;
  call.action = tile.action;
  call.step = tile.step;
  call.source_type = tile.source_type;
  call.scale_type = tile.scale_type;
  call.view = tile.view;
  call.source = source;
  std::vector<float> known_scales;
  if (tile.step == tile_step::measure) {
    result.absmax_bits.assign(tile.view.channels, 0);
    call.absmax_bits = result.absmax_bits;
  } else {
    scratch.values.resize(tile.output_size);
    call.values = scratch.values;
    if (tile.step == tile_step::encode) {
      const auto first =
        tile.scales->begin() + static_cast<ptrdiff_t>(tile.first_channel);
      known_scales.assign(first,
                          first + static_cast<ptrdiff_t>(tile.view.channels));
      call.scales = known_scales;
    } else if (tile.action != scheme::q8_0) {
      result.scales.resize(tile.view.channels);
      call.scales = result.scales;
    }
  }
  TRIVIUM_TRY(result.outcome, lane.run(call));
  if (tile.step != tile_step::measure && !result.outcome.non_finite)
    TRIVIUM_CHECK(tile.output->write(tile.output_offset, scratch.values));
  if (tile.file)
    tile.file->release(tile.source_offset, tile.source_size);
  return result;
}

} // namespace trivium::actors
