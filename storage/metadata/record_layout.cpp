#include "storage/metadata/record_layout.hpp"

#include "messages/values/names.hpp"

namespace trivium::storage::layout {

namespace {

constexpr char put_mark = 1;
constexpr char erase_mark = 2;

/// Gives where it ended.
template <class Integer>
char* write(char* to, Integer number) {
  for (int shift = 8 * (sizeof(number) - 1); shift >= 0; shift -= 8)
    *to++ = static_cast<char>(static_cast<uint64_t>(number) >> shift & 0xff);
  return to;
}

template <class Integer>
void append(std::string& out, Integer number) {
  std::array<char, sizeof(number)> bytes;
  write(bytes.data(), number);
  out.append(bytes.data(), bytes.size());
}

/// Takes fields off the front; `is_good` turns false at the first that is cut
/// or senseless, and everything after reads as zero.
class reader {
public:
  explicit reader(std::string_view bytes) : left_(bytes) {}

  template <class Integer>
  Integer number() {
    uint64_t value = 0;
    for (const auto c : bytes(sizeof(Integer)))
      value = value << 8 | static_cast<unsigned char>(c);
    return static_cast<Integer>(value);
  }

  std::string_view bytes(size_t count) {
    if (count > left_.size()) {
      is_good_ = false;
      return {};
    }
    const auto taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }

  /// One of `kinds`, which begin at 1.
  char mark(char kinds) {
    const auto mark = bytes(1);
    is_good_ = is_good_ && mark[0] >= 1 && mark[0] <= kinds;
    return is_good_ ? mark[0] : '\0';
  }

  std::string_view rest() { return bytes(left_.size()); }

  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] bool is_finished() const { return is_good_ && left_.empty(); }

private:
  std::string_view left_;
  bool is_good_ = true;
};

tl::unexpected<error> damaged(std::string_view what, std::string_view bytes) {
  return fail(ec::data_loss, "metadata: " + std::string{what} + " of "
                               + std::to_string(bytes.size())
                               + " bytes is damaged");
}

} // namespace

std::string value_prefix(std::string_view key) {
  return std::string(1, value_space).append(key).append(1, '\0');
}

std::string value_key(std::string_view key, revision at) {
  auto stored = value_prefix(key);
  append(stored, at);
  return stored;
}

std::string_view key_of(std::string_view value_key) {
  constexpr size_t around = 1 + 1 + 8; // 'v', 0x00, revision
  return value_key.size() < around
           ? std::string_view{}
           : value_key.substr(1, value_key.size() - around);
}

std::array<char, 9> value_suffix(revision at) {
  std::array<char, 9> suffix{};
  write(suffix.data() + 1, at);
  return suffix;
}

std::string change_key(revision at) { return encode_number(at); }

expected<revision> revision_of(std::string_view stored_key) {
  if (stored_key.size() < 8)
    return damaged("key", stored_key);
  return decode_number(stored_key.substr(stored_key.size() - 8));
}

std::array<char, 25> encode_head(const value_record& record) {
  std::array<char, 25> head;
  head[0] = record.is_erased ? erase_mark : put_mark;
  auto* to = write(head.data() + 1, record.created);
  to = write(to, record.version);
  write(to, record.lease);
  return head;
}

std::string encode(const value_record& record) {
  const auto head = encode_head(record);
  return std::string{head.data(), head.size()}.append(record.value);
}

expected<value_record> decode_value(std::string_view bytes) {
  reader in{bytes};
  value_record record;
  record.is_erased = in.mark(erase_mark) == erase_mark;
  record.created = in.number<uint64_t>();
  record.version = in.number<uint64_t>();
  record.lease = in.number<uint64_t>();
  record.value = in.rest();
  if (!in.is_good() || (record.is_erased && !record.value.empty()))
    return damaged("value", bytes);
  return record;
}

std::string encode(const change_record& record) {
  size_t size = 12;
  for (const auto& changed : record.keys)
    size += 5 + changed.key.size() + changed.value.size();
  std::string out;
  out.reserve(size);
  append(out, record.committed_at);
  append(out, static_cast<uint32_t>(record.keys.size()));
  for (const auto& changed : record.keys) {
    out += static_cast<char>(changed.kind);
    if (changed.kind == changed_key::what::event) {
      append(out, static_cast<uint32_t>(changed.value.size()));
      out += changed.value;
    } else {
      append(out, static_cast<uint16_t>(changed.key.size()));
      out += changed.key;
    }
  }
  return out;
}

expected<change_record> decode_change(std::string_view bytes) {
  reader in{bytes};
  change_record record;
  record.committed_at = in.number<int64_t>();
  const auto count = in.number<uint32_t>();
  for (uint32_t i = 0; i < count && in.is_good(); ++i) {
    changed_key changed;
    changed.kind = static_cast<changed_key::what>(
      in.mark(static_cast<char>(changed_key::what::event)));
    if (changed.kind == changed_key::what::event)
      changed.value = in.bytes(in.number<uint32_t>());
    else
      changed.key = in.bytes(in.number<uint16_t>());
    record.keys.push_back(changed);
  }
  if (!in.is_finished() || count == 0)
    return damaged("change", bytes);
  return record;
}

std::string encode(const lease_record& record) {
  return encode_number(record.ttl_ms);
}

expected<lease_record> decode_lease(std::string_view bytes) {
  reader in{bytes};
  const lease_record record{in.number<uint64_t>()};
  if (!in.is_finished() || record.ttl_ms == 0)
    return damaged("lease", bytes);
  return record;
}

std::string encode_number(uint64_t number) {
  std::string out;
  append(out, number);
  return out;
}

expected<uint64_t> decode_number(std::string_view bytes) {
  reader in{bytes};
  const auto number = in.number<uint64_t>();
  if (!in.is_finished())
    return damaged("number", bytes);
  return number;
}

} // namespace trivium::storage::layout
