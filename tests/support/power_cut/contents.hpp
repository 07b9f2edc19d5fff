#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace trivium::test::power_cut {

/// The bytes of one file: those that a power cut leaves, and where others were
/// written since. What was written is read from the real file when it is
/// wanted.
class contents {
public:
  contents() = default;
  explicit contents(std::string synced) : synced_(std::move(synced)) {}

  void wrote(uint64_t offset, uint64_t size);
  /// Whatever lies behind may have changed, to zeros too.
  void cut_to(uint64_t size) { wrote(size, ~uint64_t{0} - size); }
  /// From now on it changes without a call.
  void map() { is_mapped_ = true; }

  /// Takes over what was written; `fd` is the real file, open for reading.
  /// False when a small file has bytes that no call was seen to write.
  [[nodiscard]] bool sync(int fd);

  [[nodiscard]] const std::string& synced() const { return synced_; }
  /// With the first few of the writes since, the last of them in part, as a
  /// disk may have. `fd` as above.
  [[nodiscard]] std::string torn(int fd, std::mt19937_64& turn) const;

private:
  struct range {
    uint64_t offset = 0;
    uint64_t size = 0;
  };

  std::string synced_;
  std::vector<range> written_;
  bool is_mapped_ = false;
};

/// All bytes of an open file.
[[nodiscard]] std::string bytes_of(int fd);

} // namespace trivium::test::power_cut
