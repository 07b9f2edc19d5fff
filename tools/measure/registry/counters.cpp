// Preloaded into a server, counts what it asks of the C library and of CAF, in
// the file that TRIVIUM_COUNTERS names (four numbers of 64 bits, shared in
// memory): allocations, their bytes, syncs of files, messages between actors.
// Far cheaper than a tracer.

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* before, size_t size);
}

namespace {

struct counters {
  std::atomic<uint64_t> allocations;
  std::atomic<uint64_t> bytes;
  std::atomic<uint64_t> syncs;
  std::atomic<uint64_t> messages;
};

counters before_start; ///< Until the file is mapped.
std::atomic<counters*> counted{&before_start};

void count_allocation(size_t size) {
  auto& now = *counted.load(std::memory_order_relaxed);
  now.allocations.fetch_add(1, std::memory_order_relaxed);
  now.bytes.fetch_add(size, std::memory_order_relaxed);
}

void count_sync() {
  counted.load(std::memory_order_relaxed)
    ->syncs.fetch_add(1, std::memory_order_relaxed);
}

using sync_function = int (*)(int);

/// The C library's own.
sync_function own(const char* name) {
  return reinterpret_cast<sync_function>(::dlsym(RTLD_NEXT, name));
}

__attribute__((constructor)) void map_counters() {
  const auto* const path = std::getenv("TRIVIUM_COUNTERS");
  if (path == nullptr)
    return;
  const auto file = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ::ftruncate(file, sizeof(counters)) != 0)
    std::abort();
  auto* const memory = ::mmap(nullptr, sizeof(counters), PROT_READ | PROT_WRITE,
                              MAP_SHARED, file, 0);
  if (memory == MAP_FAILED)
    std::abort();
  ::close(file);
  ::unsetenv("LD_PRELOAD"); // not for its children
  counted = static_cast<counters*>(memory);
}

} // namespace

extern "C" {

void* malloc(size_t size) {
  count_allocation(size);
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  count_allocation(count * size);
  return __libc_calloc(count, size);
}

void* realloc(void* before, size_t size) {
  count_allocation(size);
  return __libc_realloc(before, size);
}

int fsync(int file) {
  static const auto sync = own("fsync");
  count_sync();
  return sync(file);
}

int fdatasync(int file) {
  static const auto sync = own("fdatasync");
  count_sync();
  return sync(file);
}

// caf::scheduled_actor::enqueue(mailbox_element_ptr, execution_unit*), by which
// every message reaches its actor; the smart pointer travels by reference.
void _ZN3caf15scheduled_actor7enqueueESt10unique_ptrINS_15mailbox_elementENS_6detail8disposerEEPNS_14execution_unitE(
  void* actor, void* element, void* unit) {
  using enqueue_function = void (*)(void*, void*, void*);
  static const auto enqueue = reinterpret_cast<enqueue_function>(::dlsym(
    RTLD_NEXT, "_ZN3caf15scheduled_actor7enqueueESt10unique_ptrINS_15mailbox_"
               "elementENS_6detail8disposerEEPNS_14execution_unitE"));
  counted.load(std::memory_order_relaxed)
    ->messages.fetch_add(1, std::memory_order_relaxed);
  enqueue(actor, element, unit);
}

} // extern "C"
