// A worker that a hostile graph has taken over: what follows the last '.' of
// the name it is started under says which lie it tells.

#include "accelerators/executor/frames.hpp"

#include <limits>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace trivium;
using namespace trivium::accelerators;

void put(byte_channel& channel, std::string_view bytes) {
  (void)channel.write(std::as_bytes(std::span{bytes}));
}

void send_loaded(byte_channel& channel, double load_ms) {
  v1::ExecutorReply reply;
  reply.mutable_loaded()->set_load_ms(load_ms);
  (void)send_frame(channel, reply);
}

/// Loads like an honest worker, takes the first case, then announces one
/// tensor.
void announce(byte_channel& channel, const char* type, uint64_t dimension,
              uint64_t bytes) {
  send_loaded(channel, 1);
  v1::ExecutorTensors fed;
  (void)receive_frame(channel, fed);
  (void)receive_tensors(channel, fed, 1 << 20);
  v1::ExecutorReply reply;
  auto& tensor = *reply.mutable_outputs()->add_tensors();
  tensor.set_name("y");
  tensor.set_type(type);
  tensor.add_shape(dimension);
  tensor.add_shape(dimension);
  tensor.set_bytes(bytes);
  (void)send_frame(channel, reply);
}

void announce_many(byte_channel& channel) {
  send_loaded(channel, 1);
  v1::ExecutorReply reply;
  for (int i = 0; i <= max_tensors; ++i)
    reply.mutable_outputs()->add_tensors()->set_type("f32");
  (void)send_frame(channel, reply);
}

void lie(byte_channel& channel, std::string_view which) {
  if (which == "magic")
    put(channel, "HTTP/1.1 200 OK\r\n\r\n");
  if (which == "huge_frame")
    put(channel, {"TXF1\xff\xff\xff\xff", 8});
  if (which == "no_message")
    put(channel, {"TXF1\x04\0\0\0\xff\xff\xff\xff", 12});
  if (which == "other_answer")
    (void)send_frame(channel, v1::ExecutorReply{});
  if (which == "not_a_time")
    send_loaded(channel, std::numeric_limits<double>::quiet_NaN());
  if (which == "product_wraps")
    announce(channel, "f32", uint64_t{1} << 32, 0);
  if (which == "bytes_differ")
    announce(channel, "f32", 2, 8);
  if (which == "type_without_size")
    announce(channel, "opaque", 2, 4);
  if (which == "above_the_limit")
    announce(channel, "u8", uint64_t{1} << 25, uint64_t{1} << 50);
  if (which == "too_many")
    announce_many(channel);
}

/// Uses up its processor time, of which it leaves itself one second, with as
/// much between SIGXCPU and SIGKILL as it was given.
void spin() {
  rlimit given{};
  ::getrlimit(RLIMIT_CPU, &given);
  const rlimit short_time{1, 1 + given.rlim_max - given.rlim_cur};
  ::setrlimit(RLIMIT_CPU, &short_time);
  for (volatile uint64_t turns = 0;;)
    turns = turns + 1;
}

} // namespace

int main(int, char** arguments) {
  const std::string name = arguments[0];
  const auto which = name.substr(name.rfind('.') + 1);
  descriptor_channel channel{STDIN_FILENO};
  v1::ExecutorRequest request;
  (void)receive_frame(channel, request);
  lie(channel, which);
  if (which == "spin")
    spin();
  if (which == "flood_stderr")
    for (const std::string noise(4096, '!');;)
      if (::write(STDERR_FILENO, noise.data(), noise.size()) < 0)
        return 1;
  if (which == "close_and_stay") {
    ::close(STDIN_FILENO);
    ::close(STDOUT_FILENO);
  }
  for (;;) // whoever believes the lie waits for the rest of it
    ::pause();
}
