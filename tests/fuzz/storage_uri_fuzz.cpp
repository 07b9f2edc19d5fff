#include "messages/values/names.hpp"
#include "messages/values/storage_uri.hpp"

#include <cstdlib>

/// What is taken reads back from its canonical text, and its path means nothing
/// else to whoever decodes, cuts or normalises it again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trivium;
  const auto uri =
    storage_uri::parse({reinterpret_cast<const char*>(data), size});
  if (!uri) {
    if (uri.error().text.empty()
        || printable(uri.error().text) != uri.error().text)
      std::abort();
    return 0;
  }
  const auto text = to_string(*uri);
  const auto again = storage_uri::parse(text);
  const auto is_file = uri->scheme() == storage_scheme::file;
  const auto path = is_file ? uri->path() : "/" + uri->path();
  if (!again || *again != *uri || to_string(*again) != text
      || text.size() > max_storage_uri_bytes || !is_plain_path(path)
      || path.find_first_of("%?#\\") != std::string::npos
      || printable(path) != path || uri->bucket().empty() != is_file)
    std::abort();
  return 0;
}
