#include "storage/formats/onnx/wire_edit.hpp"

namespace trivium::storage::onnx_io {

namespace {

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7)
    bytes += static_cast<char>((value & 0x7f) | 0x80);
  return bytes += static_cast<char>(value);
}

/// Tag and length of a delimited field.
std::string header(const replacement& r) {
  return static_cast<char>(r.field << 3 | 2) + varint(r.size);
}

/// Sizes are below 2^63, so differences fit a signed number.
struct growth {
  std::vector<int64_t> of_message; ///< Content of each message.
  int64_t of_model = 0;

  [[nodiscard]] bool add(uint32_t parent, int64_t change) {
    auto& total = parent == no_parent ? of_model : of_message[parent];
    return !__builtin_add_overflow(total, change, &total);
  }
};

bool grows_within_63_bits(const wire_map& map,
                          std::span<const replacement> replacements,
                          growth& grown) {
  constexpr auto most = static_cast<uint64_t>(INT64_MAX) / 4;
  for (size_t i = 0; i < map.payloads.size(); ++i) {
    const auto& p = map.payloads[i];
    if (replacements[i].size > most)
      return false;
    const auto before = p.begin + p.size - p.tag;
    const auto after = header(replacements[i]).size() + replacements[i].size;
    if (!grown.add(p.parent, static_cast<int64_t>(after - before)))
      return false;
  }
  // Children stand behind their parents in the list.
  for (auto i = map.messages.size(); i-- > 0;) {
    const auto& m = map.messages[i];
    const auto size = m.size + static_cast<uint64_t>(grown.of_message[i]);
    const auto prefix = static_cast<int64_t>(varint(size).size())
                        - static_cast<int64_t>(m.begin - m.prefix);
    if (!grown.add(m.parent, grown.of_message[i] + prefix))
      return false;
  }
  return true;
}

} // namespace

expected<edited_wire>
replace_payloads(const wire_map& map,
                 std::span<const replacement> replacements) {
  growth grown{std::vector<int64_t>(map.messages.size()), 0};
  if (!grows_within_63_bits(map, replacements, grown))
    return fail(ec::invalid_argument, "onnx: the model exceeds 2^61 bytes");

  edited_wire edited;
  edited.size = map.size + static_cast<uint64_t>(grown.of_model);
  edited.pieces.reserve(map.messages.size() + map.payloads.size() + 1);
  uint64_t done = 0; // of the source
  const auto emit = [&](uint64_t until, std::string literal, uint64_t resume,
                        size_t payload) {
    edited.pieces.push_back({done, until - done, std::move(literal), payload});
    done = resume;
  };
  size_t next = 0; // message
  const auto lengths_before = [&](uint64_t offset) {
    for (; next < map.messages.size() && map.messages[next].prefix < offset;
         ++next) {
      const auto& m = map.messages[next];
      const auto size = m.size + static_cast<uint64_t>(grown.of_message[next]);
      emit(m.prefix, varint(size), m.begin, wire_piece::none);
    }
  };
  for (size_t i = 0; i < map.payloads.size(); ++i) {
    const auto& p = map.payloads[i];
    lengths_before(p.tag);
    emit(p.tag, header(replacements[i]), p.begin + p.size, i);
  }
  emit(map.size, {}, map.size, wire_piece::none);
  return edited;
}

} // namespace trivium::storage::onnx_io
