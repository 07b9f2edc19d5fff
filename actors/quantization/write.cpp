#include "actors/quantization/write.hpp"

#include "accelerators/cpu/arithmetic.hpp"
#include "actors/observability/enlist.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/names.hpp"
#include "messages/values/sha256.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/file_digest.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>

namespace trivium::actors {

namespace {

using pointer = write_actor::stateful_pointer<write_state>;

constexpr uint64_t chunk_bytes = uint64_t{4} << 20;
constexpr uint64_t store_reserve_bytes = uint64_t{32} << 20;

} // namespace

write_state::~write_state() {
  if (folder.empty())
    return;
  output.reset(); // unfinished files remove themselves
  // A lane that lets go of the last tile removes its file at the same time;
  // who meets that tries again.
  for (int attempt = 0; attempt < 10; ++attempt) {
    std::error_code failed;
    std::filesystem::remove_all(folder, failed);
    if (!failed)
      return;
  }
}

namespace {

expected<open_output_ptr> reserve(write_state& state,
                                  const start_output& request) {
  state.folder = request.folder;
  if (state.folder.empty()) {
    TRIVIUM_TRY(state.own, storage::process_folder::beside(request.target));
    state.folder = state.own->path();
  }
  uint64_t total = 0;
  for (const auto& file : request.job->layout.files)
    total += file.size;
  // In the store, what the registry writes afterwards needs room as well.
  const auto beside = request.folder.empty() ? 0 : store_reserve_bytes;
  TRIVIUM_CHECK(storage::require_free_bytes(state.folder, total + beside));
  auto output = std::make_shared<open_output>();
  output->folder = state.folder;
  for (const auto& file : request.job->layout.files) {
    TRIVIUM_CHECK(check_artifact_path(file.path));
    const auto target = state.folder / file.path;
    std::error_code failed;
    std::filesystem::create_directories(target.parent_path(), failed);
    if (failed)
      return fail(ec::permission_denied,
                  printable(target.parent_path().native())
                    + ": cannot create: " + failed.message());
    TRIVIUM_TRY(auto staged, storage::staged_file::create(target, file.size));
    output->files.push_back(
      std::make_shared<storage::staged_file>(std::move(staged)));
  }
  return open_output_ptr{output};
}

/// Copies one segment; the source's pages are given back behind it.
expected<void> copy(const storage::readable_file& from, uint64_t offset,
                    uint64_t size, const storage::staged_file& to,
                    uint64_t target, const cancel_token& cancel,
                    std::vector<std::byte>& scratch) {
  while (size > 0) {
    if (cancel.is_cancelled())
      return fail(ec::cancelled, "stopped while writing");
    const auto length = std::min(size, chunk_bytes);
    TRIVIUM_TRY(const auto bytes, from.view(offset, length, scratch));
    TRIVIUM_CHECK(to.write(target, bytes));
    from.release(offset, length);
    offset += length;
    target += length;
    size -= length;
  }
  return {};
}

expected<uint64_t> write_known_bytes(const write_state& state,
                                     const envelope& from) {
  uint64_t written = 0;
  std::vector<std::byte> scratch;
  const auto& layout = state.job->layout;
  const auto& sources = state.job->source->files().files;
  for (size_t i = 0; i < layout.files.size(); ++i) {
    const auto& staged = *state.output->files[i];
    for (const auto& segment : layout.files[i].segments) {
      if (const auto* literal =
            std::get_if<storage::literal_bytes>(&segment.content)) {
        TRIVIUM_CHECK(
          staged.write(segment.offset,
                       std::as_bytes(std::span{literal->first(segment.size)})));
        written += segment.size;
      } else if (const auto* copied =
                   std::get_if<storage::copied_bytes>(&segment.content)) {
        const auto& where = copied->from;
        TRIVIUM_CHECK(copy(*sources.at(where.file).bytes, where.offset,
                           where.size, staged, segment.offset, from.cancel,
                           scratch));
        written += segment.size;
      }
    }
  }
  return written;
}

/// The artifact's digest, from the finished files.
expected<digest> digest_of(const write_state& state) {
  manifest files;
  files.format = state.job->source->format();
  for (const auto& file : state.job->layout.files) {
    TRIVIUM_TRY(const auto opened,
                storage::readable_file::open(state.folder / file.path));
    TRIVIUM_TRY(const auto hash, storage::sha256_of(*opened));
    files.files.push_back({file.path, file.role, file.size, hash});
  }
  std::sort(files.files.begin(), files.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return sha256(files.canonical());
}

expected<void> move_to(const write_state& state,
                       const std::filesystem::path& target) {
  const auto& files = state.job->layout.files;
  const auto from =
    files.size() == 1 ? state.folder / files[0].path : state.folder;
  if (::rename(from.c_str(), target.c_str()) != 0)
    return fail(storage::errno_error(errno, "cannot put in place", target));
  return storage::sync_folder(target.has_parent_path() ? target.parent_path()
                                                       : ".");
}

expected<finished_output> finish(write_state& state,
                                 const finish_output& request) {
  finished_output result;
  const auto started = std::chrono::steady_clock::now();
  for (size_t i = 0; i < state.output->files.size(); ++i) {
    TRIVIUM_CHECK(state.output->files[i]->publish());
    result.figure.bytes += state.job->layout.files[i].size;
  }
  if (request.wants_digest) {
    TRIVIUM_TRY(result.artifact, digest_of(state));
  }
  if (!request.target.empty())
    TRIVIUM_CHECK(move_to(state, request.target));
  result.figure.seconds =
    std::chrono::duration<double>(std::chrono::steady_clock::now() - started)
      .count();
  return result;
}

} // namespace

std::vector<std::byte> encoded_scales(const std::vector<float>& scales,
                                      tensor_type type) {
  if (type == tensor_type::f32) {
    const auto bytes = std::as_bytes(std::span{scales});
    return {bytes.begin(), bytes.end()};
  }
  std::vector<std::byte> out(scales.size() * sizeof(uint16_t));
  for (size_t i = 0; i < scales.size(); ++i) {
    const uint16_t half = type == tensor_type::bf16
                            ? accelerators::arithmetic::to_bf16(scales[i])
                            : accelerators::arithmetic::to_f16(scales[i]);
    std::memcpy(out.data() + i * sizeof(half), &half, sizeof(half));
  }
  return out;
}

write_actor::behavior_type write(pointer self, job_listener_actor listener) {
  enlist(self);
  return {
    [self](const envelope&,
           const start_output& request) -> caf::result<open_output_ptr> {
      auto output = reserve(self->state, request);
      if (!output)
        return to_caf(output.error());
      self->state.job = request.job;
      self->state.output = *output;
      self->state.places =
        places_of(request.job->layout, request.job->source->tensors().size());
      return *output;
    },
    [self, listener](const envelope& from,
                     write_unchanged) -> caf::result<stage_figure> {
      const auto started = std::chrono::steady_clock::now();
      auto written = write_known_bytes(self->state, from);
      if (!written)
        return to_caf(written.error());
      self->send(listener, from,
                 job_progress{from.job, job_stage::write, *written, *written});
      return stage_figure{std::chrono::duration<double>(
                            std::chrono::steady_clock::now() - started)
                            .count(),
                          *written};
    },
    [self](const envelope&,
           const write_scales& known) -> caf::result<acknowledged> {
      const auto& place = self->state.places.at(known.tensor).scales;
      if (!place)
        return to_caf({ec::internal, "scales without a place in the output"});
      const auto bytes = encoded_scales(*known.scales, place->type);
      if (bytes.size() != place->size)
        return to_caf(
          {ec::internal, std::to_string(bytes.size()) + " bytes of scales for "
                           + std::to_string(place->size) + " in the layout"});
      return answer(
        self->state.output->files.at(place->file)->write(place->offset, bytes));
    },
    [self](const envelope&, const finish_output& request) {
      return answer(finish(self->state, request));
    },
  };
}

} // namespace trivium::actors
