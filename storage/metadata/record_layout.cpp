#include "storage/metadata/record_layout.hpp"

#include "messages/values/names.hpp"

namespace trivium::storage::layout {

namespace {

constexpr char put_mark = 1;
constexpr char erase_mark = 2;

template <class Integer>
void append(std::string& out, Integer number) {
  for (int shift = 8 * (sizeof(number) - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<uint64_t>(number) >> shift & 0xff);
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

  bool is_erased() {
    const auto mark = bytes(1);
    is_good_ = is_good_ && (mark[0] == put_mark || mark[0] == erase_mark);
    return is_good_ && mark[0] == erase_mark;
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

char mark(bool is_erased) { return is_erased ? erase_mark : put_mark; }

} // namespace

std::string index_key(std::string_view key) {
  return std::string(1, index_space).append(key);
}

std::string value_prefix(std::string_view key) {
  return std::string("v").append(key).append(1, '\0');
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

std::string change_key(revision at) {
  std::string stored(1, change_space);
  append(stored, at);
  return stored;
}

expected<revision> revision_of(std::string_view stored_key) {
  if (stored_key.size() < 9)
    return damaged("key", stored_key);
  return decode_number(stored_key.substr(stored_key.size() - 8));
}

std::string encode(const index_entry& entry) {
  std::string out(1, mark(entry.is_erased));
  append(out, entry.created);
  append(out, entry.modified);
  append(out, entry.version);
  return out;
}

expected<index_entry> decode_index(std::string_view bytes) {
  reader in{bytes};
  index_entry entry;
  entry.is_erased = in.is_erased();
  entry.created = in.number<uint64_t>();
  entry.modified = in.number<uint64_t>();
  entry.version = in.number<uint64_t>();
  if (!in.is_finished() || entry.created > entry.modified)
    return damaged("index entry", bytes);
  return entry;
}

std::string encode(const value_record& record) {
  std::string out;
  out.reserve(17 + record.value.size());
  out += mark(record.is_erased);
  append(out, record.created);
  append(out, record.version);
  return out.append(record.value);
}

expected<value_record> decode_value(std::string_view bytes) {
  reader in{bytes};
  value_record record;
  record.is_erased = in.is_erased();
  record.created = in.number<uint64_t>();
  record.version = in.number<uint64_t>();
  record.value = in.rest();
  if (!in.is_good() || (record.is_erased && !record.value.empty()))
    return damaged("value", bytes);
  return record;
}

std::string encode(const change_record& record) {
  std::string out;
  append(out, record.committed_at);
  append(out, static_cast<uint32_t>(record.keys.size()));
  for (const auto& changed : record.keys) {
    out += mark(changed.is_erased);
    append(out, static_cast<uint16_t>(changed.key.size()));
    out += changed.key;
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
    changed.is_erased = in.is_erased();
    changed.key = in.bytes(in.number<uint16_t>());
    record.keys.push_back(std::move(changed));
  }
  if (!in.is_finished() || count == 0)
    return damaged("change", bytes);
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
