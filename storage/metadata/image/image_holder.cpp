#include "storage/metadata/image/image_holder.hpp"

#include <utility>

namespace trivium::storage {

image_holder::image_holder(image_ptr first) : newest_(first.detach()) {}

image_holder::~image_holder() {
  for (const auto& old : replaced_)
    intrusive_ptr_release(old.held);
  intrusive_ptr_release(newest_.load());
}

image_holder::place& image_holder::place_of_thread() const {
  static std::atomic<size_t> threads{0};
  thread_local const size_t own = threads++ % places;
  return places_.at(own);
}

image_ptr image_holder::newest() const {
  return with_newest([](const image& held) { return image_ptr{&held}; });
}

void image_holder::publish(image_ptr next) {
  // Sequentially consistent, as the marks are: who marked a place that is seen
  // unmarked from here on finds the next image.
  const auto* const old = newest_.exchange(next.detach());
  replaced_.push_back({old, std::bitset<places>{}.set()});
  give_back();
}

void image_holder::give_back() {
  std::bitset<places> is_marked;
  for (size_t i = 0; i < places; ++i)
    is_marked[i] = places_.at(i).readers.load() != 0;
  std::erase_if(replaced_, [&](old_image& old) {
    old.may_be_read &= is_marked;
    if (old.may_be_read.any())
      return false;
    intrusive_ptr_release(old.held);
    return true;
  });
}

} // namespace trivium::storage
