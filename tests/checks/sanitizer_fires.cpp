// Built with the sanitizers only: does wrong what its argument names, so that
// tests/checks/sanitizer_fires can see that somebody is watching.
#include <cstdlib>
#include <limits>
#include <memory>
#include <string_view>

namespace {

int read_behind_the_end(int size) {
  auto block = std::make_unique<char[]>(static_cast<size_t>(size));
  volatile char* bytes = block.get();
  return bytes[size];
}

int overflow(int by) { return std::numeric_limits<int>::max() + by; }

int lose_a_block(int size) {
  static void* volatile block;
  block = std::malloc(static_cast<size_t>(size));
  int result = block == nullptr ? 1 : 0;
  block = nullptr;
  return result;
}

} // namespace

int main(int argc, char** argv) {
  std::string_view what = argc == 2 ? argv[1] : "";
  if (what == "heap")
    return read_behind_the_end(8 * argc);
  if (what == "undefined")
    return overflow(argc) == 0 ? 1 : 2;
  if (what == "leak")
    return lose_a_block(8 * argc);
  return 0;
}
