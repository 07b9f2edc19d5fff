#include "storage/formats/onnx/wire_scan.hpp"

#include "storage/formats/onnx/payload_token.hpp"
#include "storage/formats/onnx/wire_schema.hpp"

#include <string>
#include <string_view>

namespace trivium::storage::onnx_io {

namespace {

using kind = message_kind;

constexpr bool is_data_field(uint32_t field) {
  return field == float_data || field == int32_data || field == int64_data
         || field == raw_data || field == double_data || field == uint64_data;
}

/// What was seen of one message so far.
struct progress {
  uint64_t once = 0;      ///< Bit a field that may stand once.
  size_t data_fields = 0; ///< TensorProto: data fields met …
  bool listed = false;    ///< … and whether one of them is a payload.
};

class scanner {
public:
  scanner(const byte_source& source, uint64_t more_than, uint64_t memory)
    : window_(source), more_than_(more_than), memory_(memory),
      memory_left_(memory) {}

  expected<wire_map> run() {
    map_.size = window_.size();
    TRIVIUM_CHECK(message(kind::model, map_.size, no_parent, 0));
    return std::move(map_);
  }

private:
  expected<void> message(kind is, uint64_t end, uint32_t self, unsigned depth) {
    progress seen;
    while (at_ < end) {
      const auto tag_at = at_;
      TRIVIUM_TRY(const auto tag, varint(end));
      const auto number = static_cast<uint32_t>(tag >> 3);
      if (tag > UINT32_MAX || number == 0)
        return refuse(tag_at, "field number out of range");
      TRIVIUM_CHECK(field(is, number, tag & 7, tag_at, end, self, depth, seen));
    }
    return {};
  }

  expected<void> field(kind is, uint32_t number, uint64_t wire_type,
                       uint64_t tag_at, uint64_t end, uint32_t self,
                       unsigned depth, progress& seen) {
    switch (wire_type) {
    case 0: {
      TRIVIUM_CHECK(varint(end));
      TRIVIUM_CHECK(spend(number_bytes));
      return data_element(is, number, tag_at, seen);
    }
    case 1:
      TRIVIUM_CHECK(skip(8, end, number));
      TRIVIUM_CHECK(spend(number_bytes));
      return data_element(is, number, tag_at, seen);
    case 2:
      return delimited(is, number, tag_at, end, self, depth, seen);
    case 5:
      TRIVIUM_CHECK(skip(4, end, number));
      TRIVIUM_CHECK(spend(number_bytes));
      return data_element(is, number, tag_at, seen);
    default:
      return refuse(tag_at, "wire type " + std::to_string(wire_type)
                              + " is not used by ONNX");
    }
  }

  expected<void> delimited(kind is, uint32_t number, uint64_t tag_at,
                           uint64_t end, uint32_t self, unsigned depth,
                           progress& seen) {
    const auto prefix = at_;
    TRIVIUM_TRY(const auto size, varint(end));
    if (size > end - at_)
      return refuse(prefix, "field " + std::to_string(number) + " declares "
                              + std::to_string(size) + " bytes, "
                              + std::to_string(end - at_) + " left");
    if (is == kind::tensor && is_data_field(number))
      return payload({tag_at, at_, size, self, number}, seen);
    const auto* const inner = find_message_field(is, number);
    if (inner == nullptr) {
      at_ += size;
      return spend(leaf_bytes(is, number, size));
    }
    const auto bit = uint64_t{1} << number;
    if (inner->once && (seen.once & bit) != 0)
      return refuse(tag_at, "field " + std::to_string(number)
                              + " may stand once, stands twice");
    seen.once |= inner->once ? bit : 0;
    TRIVIUM_CHECK(spend(object_bytes(inner->is)));
    return nested(inner->is, {prefix, at_, size, self}, depth + 1);
  }

  expected<void> nested(kind is, const wire_message& where, unsigned depth) {
    if (depth >= max_depth)
      return refuse(where.prefix,
                    "messages nest deeper than " + std::to_string(max_depth));
    const auto self = static_cast<uint32_t>(map_.messages.size());
    const auto payloads = map_.payloads.size();
    map_.messages.push_back(where);
    TRIVIUM_CHECK(message(is, where.begin + where.size, self, depth));
    if (map_.payloads.size() == payloads)
      map_.messages.pop_back();
    return {};
  }

  expected<void> payload(const wire_payload& found, progress& seen) {
    auto listed = found.size > more_than_;
    if (!listed && found.field == raw_data) {
      TRIVIUM_TRY(const auto head, window_.at(found.begin, token_magic_bytes));
      listed = head.size() <= found.size && begins_like_token(head);
    }
    if (listed) {
      if (map_.payloads.size() == max_payloads)
        return fail(ec::resource_exhausted, "onnx: more than "
                                              + std::to_string(max_payloads)
                                              + " tensors with data");
      map_.payloads.push_back(found);
      seen.listed = true;
    }
    TRIVIUM_CHECK(spend(leaf_bytes(kind::tensor, found.field,
                                   listed ? token_bytes : found.size)));
    at_ += found.size;
    if (found.size == 0 && found.field != raw_data)
      return {};
    return count_data(found.field, found.tag, seen);
  }

  /// An element of a repeated field that is not packed.
  expected<void> data_element(kind is, uint32_t number, uint64_t tag_at,
                              progress& seen) {
    if (is == kind::tensor && is_data_field(number) && number != raw_data)
      return count_data(number, tag_at, seen);
    return {};
  }

  /// A payload is the whole data of its tensor, or nobody could say what the
  /// tensor is.
  expected<void> count_data(uint32_t number, uint64_t tag_at, progress& seen) {
    ++seen.data_fields;
    const auto bit = uint64_t{1} << raw_data;
    if ((seen.listed && seen.data_fields > 1)
        || (number == raw_data && (seen.once & bit) != 0))
      return refuse(tag_at, "tensor data is given in more than one piece");
    if (number == raw_data)
      seen.once |= bit;
    return {};
  }

  expected<uint64_t> varint(uint64_t end) {
    const auto begin = at_;
    TRIVIUM_TRY(const auto bytes, window_.at(at_, 10));
    uint64_t value = 0;
    for (size_t i = 0; i < 10; ++i) {
      if (at_ == end)
        return refuse(begin, "number cut short");
      const auto byte = static_cast<unsigned char>(bytes[i]);
      ++at_;
      if (i == 9 && byte > 1)
        break;
      value |= uint64_t{byte & 0x7fU} << (7 * i);
      if (byte < 0x80)
        return value;
    }
    return refuse(begin, "number exceeds 64 bits");
  }

  expected<void> skip(uint64_t count, uint64_t end, uint32_t number) {
    if (count > end - at_)
      return refuse(at_, "field " + std::to_string(number) + " cut short");
    at_ += count;
    return {};
  }

  /// Counts what libprotobuf will hold of what was read.
  expected<void> spend(uint64_t bytes) {
    if (bytes > memory_left_)
      return fail(ec::resource_exhausted,
                  "onnx: the graph would take more than "
                    + std::to_string(memory_ >> 20) + " MiB of memory");
    memory_left_ -= bytes;
    return {};
  }

  static tl::unexpected<error> refuse(uint64_t offset, const std::string& why) {
    return fail(ec::invalid_argument,
                "onnx: offset " + std::to_string(offset) + ": " + why);
  }

  source_window window_;
  uint64_t more_than_;
  uint64_t memory_;
  uint64_t memory_left_;
  uint64_t at_ = 0;
  wire_map map_;
};

} // namespace

expected<wire_map> scan_model(const byte_source& bytes, uint64_t more_than,
                              uint64_t memory) {
  return scanner{bytes, more_than, memory}.run();
}

} // namespace trivium::storage::onnx_io
