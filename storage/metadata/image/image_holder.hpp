#pragma once

#include "storage/metadata/image/image.hpp"

#include <array>
#include <atomic>
#include <bitset>
#include <cstddef>
#include <vector>

namespace trivium::storage {

/// The newest image, for any number of readers beside one writer. Nobody waits
/// for anybody: a reader marks its place, looks, and unmarks it; the writer
/// gives an old image back once it has seen each place unmarked after the image
/// was replaced, at the latest when the holder ends. (A std::atomic of a
/// shared_ptr is a lock in libstdc++.)
class image_holder {
public:
  explicit image_holder(image_ptr first);
  ~image_holder();
  image_holder(const image_holder&) = delete;
  image_holder& operator=(const image_holder&) = delete;

  /// The newest image, to keep as long as one likes.
  [[nodiscard]] image_ptr newest() const;

  /// Calls `look` with the newest image, which lives as long as the call; for
  /// what is short, since a mark keeps every image that is replaced meanwhile.
  template <class Look>
  auto with_newest(Look look) const {
    const mark marked{place_of_thread()};
    return look(*newest_.load());
  }

  /// For the writer.
  void publish(image_ptr next);
  /// Replaced and not given back yet. For the writer.
  [[nodiscard]] size_t replaced() const { return replaced_.size(); }

private:
  static constexpr size_t places = 32;

  struct alignas(64) place {
    std::atomic<uint32_t> readers{0};
  };

  class mark {
  public:
    explicit mark(place& at) : at_(at) { at_.readers.fetch_add(1); }
    ~mark() { at_.readers.fetch_sub(1, std::memory_order_release); }
    mark(const mark&) = delete;
    mark& operator=(const mark&) = delete;

  private:
    place& at_;
  };

  struct old_image {
    const image* held;
    std::bitset<places> may_be_read; ///< By place, until seen unmarked.
  };

  [[nodiscard]] place& place_of_thread() const;
  void give_back();

  mutable std::array<place, places> places_;
  std::atomic<const image*> newest_; ///< Counts as a reference.
  std::vector<old_image> replaced_;
};

} // namespace trivium::storage
