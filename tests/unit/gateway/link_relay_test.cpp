#include "actors/gateway/link_relay.hpp"
#include "actors/transport/local_socket.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/gateway/basp_frames.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;
using actors::link_id;
using actors::link_limits;
using actors::link_relay;
using steady = std::chrono::steady_clock;

namespace {

/// Only to tell a hang from a slow machine.
constexpr auto patience = 20s;
constexpr uint64_t gateway = 77;
const std::string node = node_id(999'999);

/// A descriptor of the test's: a client, or the node's end of a link.
class wire_end {
public:
  wire_end() = default;
  explicit wire_end(int fd) : fd_(fd) {}
  explicit wire_end(const std::filesystem::path& socket)
    : fd_(actors::connect_local(socket)) {
    if (fd_ >= 0)
      ::fcntl(fd_, F_SETFL, O_NONBLOCK);
  }
  wire_end(wire_end&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  wire_end& operator=(wire_end&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~wire_end() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  [[nodiscard]] bool is_connected() const { return fd_ >= 0; }

  void say(const std::string& bytes) const {
    std::string_view left = bytes;
    const auto until = steady::now() + patience;
    while (!left.empty() && steady::now() < until) {
      const auto n = ::send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
      if (n > 0)
        left.remove_prefix(static_cast<size_t>(n));
      else if (errno == EAGAIN)
        static_cast<void>(wait_for(POLLOUT, 100ms));
      else
        return;
    }
  }

  /// As often as it is taken, until nothing was for a while; bytes.
  size_t flood(const std::string& bytes) const {
    size_t taken = 0;
    do {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n > 0)
        taken += static_cast<size_t>(n);
      else if (errno != EAGAIN)
        break;
    } while (wait_for(POLLOUT, 500ms));
    return taken;
  }

  /// The next bytes, so many; less when it is closed or nothing comes.
  [[nodiscard]] std::string hear(size_t bytes) const {
    std::string heard;
    std::array<char, 65536> buffer;
    while (heard.size() < bytes) {
      const auto n = ::recv(fd_, buffer.data(),
                            std::min(buffer.size(), bytes - heard.size()), 0);
      if (n > 0)
        heard.append(buffer.data(), static_cast<size_t>(n));
      else if (n == 0 || errno != EAGAIN || !wait_for(POLLIN, patience))
        break;
    }
    return heard;
  }

  /// Waits until the other end is closed, reading what still comes.
  [[nodiscard]] bool is_closed_by(steady::time_point until) const {
    std::array<char, 65536> buffer;
    for (;;) {
      const auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (n == 0 || (n < 0 && errno != EAGAIN))
        return true;
      const auto left = until - steady::now();
      if (n < 0
          && (left <= 0s
              || !wait_for(
                POLLIN,
                std::chrono::duration_cast<std::chrono::milliseconds>(left))))
        return false;
    }
  }
  [[nodiscard]] bool is_closed() const {
    return is_closed_by(steady::now() + patience);
  }

  [[nodiscard]] bool is_silent() const {
    char byte = 0;
    return ::recv(fd_, &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
  }

  /// The other end is gone; nothing is read.
  [[nodiscard]] bool has_hung_up() const { return wait_for(POLLHUP, patience); }

private:
  [[nodiscard]] bool wait_for(int16_t event,
                              std::chrono::milliseconds limit) const {
    pollfd seen{fd_, event, 0};
    return ::poll(&seen, 1, static_cast<int>(limit.count())) > 0;
  }

  int fd_ = -1;
};

/// The node behind a relay: keeps what it was told.
class owner {
public:
  struct opened_link {
    link_id id = 0;
    wire_end inner;
    actors::link_peer peer;
  };

  actors::link_events events() {
    actors::link_events made;
    made.opened = [this](link_id id, int inner, actors::link_peer peer) {
      const std::lock_guard hold{mutex_};
      opened_.push_back({id, wire_end{inner}, peer});
      changed_.notify_all();
    };
    made.closed = [this](link_id id, const std::string& why) {
      const std::lock_guard hold{mutex_};
      closed_.emplace_back(id, why);
      changed_.notify_all();
    };
    return made;
  }

  /// The next link; id 0 if none comes.
  opened_link next_link() {
    std::unique_lock hold{mutex_};
    if (!changed_.wait_for(hold, patience, [&] { return !opened_.empty(); }))
      return {};
    auto link = std::move(opened_.front());
    opened_.pop_front();
    return link;
  }

  /// Why the next one was closed.
  std::string next_end() {
    std::unique_lock hold{mutex_};
    if (!changed_.wait_for(hold, patience, [&] { return !closed_.empty(); }))
      return "never";
    auto why = closed_.front().second;
    closed_.pop_front();
    return why;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<opened_link> opened_;
  std::deque<std::pair<link_id, std::string>> closed_;
};

struct open_door {
  explicit open_door(link_limits limits = {}) : open_door("door", limits) {}

  open_door(const std::string& name, link_limits limits)
    : socket(folder / name) {
    std::filesystem::create_directories(socket.parent_path());
    auto opened = link_relay::open(socket, limits, node_side.events());
    BOOST_TEST_REQUIRE(opened.has_value());
    relay = std::move(*opened);
    BOOST_TEST_REQUIRE(relay->start().has_value());
  }

  [[nodiscard]] wire_end client() const { return wire_end{socket}; }

  struct session {
    wire_end client;
    owner::opened_link link;
  };

  /// A client that was let through, its handshake read by the node.
  session session_of(uint32_t process) {
    session made{client(), {}};
    const auto handshake = client_handshake(node_id(process));
    made.client.say(handshake);
    made.link = node_side.next_link();
    relay->permit(made.link.id, gateway, node);
    BOOST_TEST_REQUIRE(made.link.inner.hear(handshake.size()) == handshake);
    return made;
  }

  temporary_folder folder;
  std::filesystem::path socket;
  owner node_side;
  std::unique_ptr<link_relay> relay;
};

bool comes_true(const std::function<bool()>& claim) {
  const auto until = steady::now() + patience;
  while (!claim()) {
    if (steady::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
}

void expect_service(open_door& door, uint32_t process) {
  auto session = door.session_of(process);
  const auto request = message_to(gateway);
  session.client.say(request);
  BOOST_TEST(session.link.inner.hear(request.size()) == request);
  session.link.inner.say("an answer");
  BOOST_TEST(session.client.hear(9) == "an answer");
}

std::chrono::nanoseconds processor_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec}
         + std::chrono::nanoseconds{used.tv_nsec};
}

size_t resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  size_t all = 0;
  size_t resident = 0;
  statm >> all >> resident;
  return resident * 4096;
}

link_limits short_limits() {
  link_limits limits;
  limits.handshake = 300ms;
  limits.idle = 600ms;
  limits.stuck = 300ms;
  return limits;
}

/// In a process of its own, whose limit is lowered. What is taken by others
/// meanwhile may be the very descriptor that the relay kept for this.
std::string without_descriptors() {
  open_door door;
  const auto old = door.session_of(1);
  std::vector<int> sockets;
  for (int i = 0; i < 40; ++i)
    sockets.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = 128;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::vector<wire_end> hoard;
  std::atomic<bool> is_over{false};
  std::thread hoarder{[&] {
    while (!is_over)
      if (const int fd = ::open("/dev/null", O_RDONLY); fd >= 0)
        hoard.emplace_back(fd);
  }};
  const actors::local_address address{door.socket};
  std::vector<wire_end> clients;
  for (const int fd : sockets) {
    if (::connect(fd, address.get(), actors::local_address::size) != 0)
      return "no place in the queue";
    clients.emplace_back(fd);
  }
  // Those who are there are served, and it does not turn in circles.
  old.client.say(message_to(gateway));
  if (old.link.inner.hear(message_to(gateway).size()) != message_to(gateway))
    return "a session is not served";
  is_over = true;
  hoarder.join();
  const auto before = processor_time();
  ::poll(nullptr, 0, 1000);
  if (processor_time() - before > 300ms)
    return "the processor is kept busy";

  hoard.clear();
  clients.clear();
  const auto late = door.client();
  late.say(client_handshake(node_id(2)));
  return door.node_side.next_link().id == 0 ? "nobody is let in" : "recovered";
}

} // namespace

// --- the socket --------------------------------------------------------------

BOOST_AUTO_TEST_SUITE(the_doors_socket)

BOOST_AUTO_TEST_CASE(is_its_owners_alone_whatever_the_umask) {
  const auto before = ::umask(0);
  const open_door door;
  ::umask(before);

  struct stat seen {};
  BOOST_TEST_REQUIRE(::stat(door.socket.c_str(), &seen) == 0);
  BOOST_TEST((seen.st_mode & 07777) == 0600u);
}

BOOST_AUTO_TEST_CASE(is_not_taken_from_a_living_node) {
  open_door door;

  const auto second = link_relay::open(door.socket, {}, {});

  BOOST_TEST_REQUIRE(!second.has_value());
  BOOST_TEST((second.error().code == ec::already_exists));
  expect_service(door, 1);
}

BOOST_AUTO_TEST_CASE(is_taken_from_a_dead_node) {
  const temporary_folder folder;
  const auto path = folder / "door";
  {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const actors::local_address address{path};
    BOOST_TEST_REQUIRE(::bind(fd, address.get(), actors::local_address::size)
                       == 0);
    BOOST_TEST_REQUIRE(::listen(fd, 1) == 0);
    ::close(fd);
  }
  BOOST_TEST_REQUIRE(std::filesystem::is_socket(path));

  BOOST_TEST(link_relay::open(path, {}, {}).has_value());
}

BOOST_AUTO_TEST_CASE(does_not_replace_a_file) {
  const temporary_folder folder;
  const auto path = folder / "door";
  std::ofstream{path} << "precious";

  const auto opened = link_relay::open(path, {}, {});

  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.error().code == ec::already_exists));
  BOOST_TEST(std::filesystem::file_size(path) == 8u);
}

BOOST_AUTO_TEST_CASE(may_have_a_path_longer_than_the_system_takes) {
  open_door door{std::string(100, 'a') + "/" + std::string(100, 'b') + "/door",
                 {}};
  BOOST_TEST(door.socket.native().size() > 200u);

  expect_service(door, 1);
  door.relay.reset();
  BOOST_TEST(!std::filesystem::exists(door.socket));
}

BOOST_AUTO_TEST_CASE(wants_a_folder) {
  const temporary_folder folder;

  const auto opened = link_relay::open(folder / "none" / "door", {}, {});

  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.error().code == ec::not_found));
}

BOOST_AUTO_TEST_CASE(goes_with_the_relay) {
  open_door door;
  auto session = door.session_of(1);

  door.relay.reset();

  BOOST_TEST(!std::filesystem::exists(door.socket));
  BOOST_TEST(!door.client().is_connected());
  BOOST_TEST(session.client.is_closed());
  BOOST_TEST(session.link.inner.is_closed());
}

BOOST_AUTO_TEST_CASE(keeps_who_comes_before_the_start_waiting) {
  const temporary_folder folder;
  owner node_side;
  auto relay = link_relay::open(folder / "door", {}, node_side.events());
  BOOST_TEST_REQUIRE(relay.has_value());
  const wire_end early{folder / "door"};
  early.say(client_handshake());

  BOOST_TEST((*relay)->figures().sessions == 0u);
  BOOST_TEST_REQUIRE((*relay)->start().has_value());

  BOOST_TEST(node_side.next_link().id != 0u);
}

BOOST_AUTO_TEST_SUITE_END()

// --- links -------------------------------------------------------------------

BOOST_AUTO_TEST_SUITE(a_link)

BOOST_AUTO_TEST_CASE(is_opened_by_the_handshake_and_tells_who_it_is) {
  open_door door;

  const auto session = door.session_of(1);

  BOOST_TEST(session.link.peer.uid == ::geteuid());
  BOOST_TEST(session.link.peer.pid == ::getpid());
  BOOST_TEST(door.relay->figures().sessions == 1u);
  BOOST_TEST(door.relay->figures().accepted == 1u);
}

BOOST_AUTO_TEST_CASE(passes_nothing_before_it_is_permitted) {
  open_door door;
  const auto client = door.client();
  client.say(client_handshake());
  const auto link = door.node_side.next_link();
  client.say(message_to(gateway));
  // Another link's whole life lies between: its bytes came later.
  expect_service(door, 2);

  BOOST_TEST(link.inner.is_silent());
  door.relay->permit(link.id, gateway, node);

  const auto all = client_handshake() + message_to(gateway);
  BOOST_TEST(link.inner.hear(all.size()) == all);
}

BOOST_AUTO_TEST_CASE(carries_large_frames_both_ways) {
  open_door door;
  const auto session = door.session_of(1);
  const auto large = message_to(gateway, request_payload(2'000'000));

  std::thread sender{[&] { session.client.say(large); }};
  BOOST_TEST((session.link.inner.hear(large.size()) == large));
  sender.join();
  std::thread answerer{[&] { session.link.inner.say(large); }};
  BOOST_TEST((session.client.hear(large.size()) == large));
  answerer.join();
}

BOOST_AUTO_TEST_CASE(ends_when_its_client_breaks_a_rule) {
  open_door door;
  const auto session = door.session_of(1);

  session.client.say(basp_frame{.operation = 3, .payload = "x"}.bytes());

  BOOST_TEST(session.client.is_closed());
  BOOST_TEST(session.link.inner.is_closed());
  BOOST_TEST(door.node_side.next_end() == "an operation that no client needs");
  BOOST_TEST(door.relay->figures().sessions == 0u);
  BOOST_TEST(door.relay->figures().refused == 1u);
}

BOOST_AUTO_TEST_CASE(ends_with_its_client) {
  open_door door;
  {
    auto session = door.session_of(1);
    session.client = {};
    BOOST_TEST(session.link.inner.is_closed());
  }
  BOOST_TEST(door.node_side.next_end() == "closed by the client");
}

BOOST_AUTO_TEST_CASE(ends_with_the_nodes_end) {
  open_door door;
  auto session = door.session_of(1);

  session.link.inner = {};

  BOOST_TEST(session.client.is_closed());
  BOOST_TEST(door.node_side.next_end() == "closed by the node");
}

BOOST_AUTO_TEST_CASE(ends_when_the_node_wants_it) {
  open_door door;
  const auto session = door.session_of(1);

  door.relay->close(session.link.id, "its session ended");

  BOOST_TEST(session.client.is_closed());
  BOOST_TEST(session.link.inner.is_closed());
  BOOST_TEST(door.node_side.next_end() == "its session ended");
}

BOOST_AUTO_TEST_CASE(that_is_gone_may_be_permitted_and_closed) {
  open_door door;
  auto session = door.session_of(1);
  session.client = {};
  BOOST_TEST(door.node_side.next_end() == "closed by the client");

  door.relay->permit(session.link.id, gateway, node);
  door.relay->close(session.link.id, "again");
  door.relay->permit(12'345, gateway, node);

  expect_service(door, 2);
}

BOOST_AUTO_TEST_CASE(of_a_client_that_says_it_is_the_node_is_refused) {
  open_door door;
  const auto client = door.client();
  client.say(client_handshake(node));
  const auto link = door.node_side.next_link();

  door.relay->permit(link.id, gateway, node);

  BOOST_TEST(client.is_closed());
  BOOST_TEST(link.inner.hear(1) == "");
  BOOST_TEST(door.node_side.next_end() == "calls itself by this node's id");
}

BOOST_AUTO_TEST_CASE(of_a_client_that_is_connected_already_is_refused) {
  open_door door;
  auto first = door.session_of(1);

  const auto second = door.client();
  second.say(client_handshake(node_id(1)));

  BOOST_TEST(second.is_closed());
  BOOST_TEST(door.relay->figures().refused == 1u);
  first.link.inner.say("still there");
  BOOST_TEST(first.client.hear(11) == "still there");
}

BOOST_AUTO_TEST_CASE(of_a_client_that_comes_again_is_opened_at_once) {
  open_door door;
  for (int i = 0; i < 200; ++i) {
    auto session = door.session_of(1);
    session.client = {};
    // Its next link may be seen before the end of this one.
  }
  BOOST_TEST(door.relay->figures().refused == 0u);
  BOOST_TEST(door.relay->figures().accepted == 200u);
}

BOOST_AUTO_TEST_CASE(stays_when_no_more_are_accepted) {
  open_door door;
  const auto session = door.session_of(1);

  door.relay->stop_accepting();

  BOOST_TEST(comes_true([&] { return !door.client().is_connected(); }));
  BOOST_TEST(comes_true([&] { return !std::filesystem::exists(door.socket); }));
  session.link.inner.say("still there");
  BOOST_TEST(session.client.hear(11) == "still there");
}

BOOST_AUTO_TEST_SUITE_END()

// --- limits ------------------------------------------------------------------

BOOST_AUTO_TEST_SUITE(the_doors_limits)

BOOST_AUTO_TEST_CASE(close_who_does_not_greet_in_time) {
  open_door door{short_limits()};
  const auto silent = door.client();
  const auto slow = door.client();
  slow.say(client_handshake().substr(0, 63));

  BOOST_TEST(silent.is_closed());
  BOOST_TEST(slow.is_closed());
  BOOST_TEST(door.relay->figures().accepted == 0u);
}

BOOST_AUTO_TEST_CASE(close_who_says_nothing_more) {
  open_door door{short_limits()};
  const auto session = door.session_of(1);

  BOOST_TEST(session.client.is_closed());
  BOOST_TEST(door.node_side.next_end() == "idle");
}

BOOST_AUTO_TEST_CASE(keep_who_sends_heartbeats) {
  open_door door{short_limits()};
  const auto session = door.session_of(1);
  const auto idle = door.session_of(2);

  for (int i = 0; i < 15; ++i) { // 1.5 s, more than twice the limit
    session.client.say(heartbeat());
    BOOST_TEST_REQUIRE(!session.client.is_closed_by(steady::now() + 100ms));
  }

  BOOST_TEST(idle.client.is_closed());
}

BOOST_AUTO_TEST_CASE(let_a_new_silent_one_displace_the_oldest) {
  link_limits limits;
  limits.max_silent = 4;
  open_door door{limits};
  std::vector<wire_end> silent;
  for (int i = 0; i < 6; ++i)
    silent.push_back(door.client());

  BOOST_TEST(silent[0].is_closed());
  BOOST_TEST(silent[1].is_closed());
  for (size_t i = 2; i < 6; ++i)
    silent[i].say(client_handshake(node_id(static_cast<uint32_t>(i))));
  for (size_t i = 2; i < 6; ++i)
    BOOST_TEST(door.node_side.next_link().id != 0u);
}

BOOST_AUTO_TEST_CASE(serve_clients_among_a_thousand_silent_ones) {
  open_door door;
  std::vector<wire_end> silent;
  for (uint32_t i = 0; i < 1000; ++i) {
    silent.push_back(door.client());
    if (i % 100 == 0)
      expect_service(door, i + 1);
  }
  BOOST_TEST(silent.front().is_closed());
}

BOOST_AUTO_TEST_CASE(count_sessions) {
  link_limits limits;
  limits.max_sessions = 2;
  open_door door{limits};
  auto first = door.session_of(1);
  const auto second = door.session_of(2);

  const auto third = door.client();
  third.say(client_handshake(node_id(3)));
  BOOST_TEST(third.is_closed());

  first.client = {};
  BOOST_TEST(door.node_side.next_end() == "closed by the client");
  expect_service(door, 3);
}

BOOST_AUTO_TEST_CASE(hold_no_large_handshake) {
  open_door door;
  const auto client = door.client();
  client.say(basp_frame{.operation = 1, .announced = 1 << 20}.bytes());

  BOOST_TEST(client.is_closed());
}

/// Frames that never end: the one that waits longest goes, whoever is served
/// meanwhile.
BOOST_AUTO_TEST_CASE(bound_what_unfinished_frames_take) {
  link_limits limits;
  limits.max_frame_bytes = 1 << 20;
  limits.max_held_bytes = 4 << 20;
  open_door door{limits};
  std::vector<open_door::session> slow;
  const auto part =
    message_to(gateway, request_payload(1'000'000)).substr(0, 900'000);
  for (uint32_t i = 0; i < 8; ++i) {
    slow.push_back(door.session_of(i + 10));
    slow.back().client.say(part);
  }

  for (size_t i = 0; i < 3; ++i) {
    BOOST_TEST(slow[i].client.is_closed());
    BOOST_TEST(door.node_side.next_end() == "too slow with a large frame");
  }
  expect_service(door, 1);
}

BOOST_AUTO_TEST_CASE(close_who_does_not_read_and_hold_little_for_it) {
  open_door door{short_limits()};
  const auto session = door.session_of(1);
  const auto before = resident_bytes();

  const auto taken = session.link.inner.flood(std::string(64 << 10, 'x'));

  BOOST_TEST(session.link.inner.has_hung_up());
  BOOST_TEST(door.node_side.next_end() == "does not read its answers");
  BOOST_TEST(taken < size_t{2} << 20);
  BOOST_TEST(resident_bytes() < before + (size_t{4} << 20));
}

BOOST_AUTO_TEST_CASE(do_not_read_from_who_does_not_read) {
  auto limits = short_limits();
  limits.stuck = 60s;
  open_door door{limits};
  const auto session = door.session_of(1);
  session.link.inner.flood(std::string(64 << 10, 'x'));

  const auto sent =
    session.client.flood(message_to(gateway, request_payload(60'000)));

  BOOST_TEST(sent < size_t{1} << 20); // what the sockets hold
  expect_service(door, 2);
}

/// Slow is not stuck: what counts is when it last took something.
BOOST_AUTO_TEST_CASE(keep_who_reads_late_or_slowly) {
  auto limits = short_limits();
  limits.idle = 60s;
  limits.stuck = 1500ms;
  open_door door{limits};
  const auto session = door.session_of(1);
  std::string answers;
  for (int i = 0; answers.size() < size_t{3} << 20; ++i)
    answers += std::to_string(i) + " ";
  std::thread answerer{[&] { session.link.inner.say(answers); }};

  // Nothing for 0.7 s, then a little every 0.3 s, longer than the limit in all.
  const auto begin = steady::now();
  BOOST_TEST(comes_true([&] { return steady::now() > begin + 700ms; }));
  std::string heard;
  for (auto next = steady::now(); heard.size() < size_t{1} << 20;) {
    heard += session.client.hear(size_t{128} << 10);
    next += 300ms;
    BOOST_TEST(comes_true([&] { return steady::now() > next; }));
  }
  heard += session.client.hear(answers.size() - heard.size());
  answerer.join();

  BOOST_TEST((heard == answers));
}

/// One that sends without end what nobody sees keeps nobody waiting.
BOOST_AUTO_TEST_CASE(give_every_link_its_turn) {
  open_door door;
  const auto session = door.session_of(1);
  std::string swallowed;
  while (swallowed.size() < size_t{256} << 10)
    swallowed += message_to(1, std::string(16, 'x'));
  std::atomic<bool> is_over{false};
  std::vector<std::thread> flooders;
  for (int i = 0; i < 2; ++i)
    flooders.emplace_back([&, i] {
      const auto flooding = door.client();
      flooding.say(client_handshake(node_id(100 + static_cast<uint32_t>(i))));
      while (!is_over)
        flooding.say(swallowed);
    });
  for (int i = 0; i < 2; ++i)
    door.relay->permit(door.node_side.next_link().id, gateway, node);

  for (uint32_t i = 0; i < 50; ++i)
    expect_service(door, i + 2);

  is_over = true;
  for (auto& flooder : flooders)
    flooder.join();
}

BOOST_AUTO_TEST_CASE(survive_that_no_descriptors_are_left) {
#ifdef __SANITIZE_ADDRESS__
  // UBSan asks the system, through descriptors, whether a vtable can be read,
  // and without any takes every object for a wrong one.
  BOOST_TEST_MESSAGE("release only: UBSan itself needs descriptors");
  return;
#endif
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(forked(without_descriptors) == "recovered");
}

BOOST_AUTO_TEST_SUITE_END()
