#include "actors/gateway/link_relay.hpp"

#include "actors/gateway/frame_filter.hpp"
#include "actors/gateway/listening_socket.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <poll.h>
#include <set>
#include <span>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace trivium::actors {

namespace {

using steady = std::chrono::steady_clock;

constexpr auto left_by_client = "closed by the client";
constexpr size_t read_bytes = size_t{64} << 10;
/// So that one who sends without reading gets few requests through at once.
constexpr size_t client_read_bytes = size_t{16} << 10;
/// Reads of one link, and clients taken in, before others have their turn.
constexpr int longest_turn = 8;
/// A buffer that grew larger is given back once it is empty.
constexpr size_t kept_bytes = size_t{64} << 10;

enum class flow : uint8_t { open, blocked, ended };

/// Whose bytes are looked for: a system call each that finds none is dear.
struct readable {
  bool outer = true;
  bool inner = true;
};

/// Writes what it can of `bytes`; blocked while some is left.
flow write_some(int fd, std::string& bytes) {
  if (bytes.empty())
    return flow::open;
  while (!bytes.empty()) {
    const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0)
      bytes.erase(0, static_cast<size_t>(n));
    else if (n < 0 && errno == EINTR)
      continue;
    else
      return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? flow::blocked
                                                                : flow::ended;
  }
  if (bytes.capacity() > kept_bytes)
    bytes = {};
  return flow::open;
}

bool is_exhausted(int number) {
  return number == EMFILE || number == ENFILE || number == ENOBUFS
         || number == ENOMEM;
}

bool has_hung_up(int fd) {
  pollfd seen{fd, POLLRDHUP, 0};
  return ::poll(&seen, 1, 0) == 1;
}

struct link {
  link_id id = 0;
  int outer = -1; ///< The client.
  int inner = -1; ///< Our end of the pair to CAF.
  link_peer peer;
  frame_filter filter;
  std::string to_inner;
  std::string to_outer;
  bool is_permitted = false;
  bool is_opened = false; ///< The owner knows of it.
  steady::time_point since = steady::now();
  steady::time_point heard = since; ///< Last byte of the client's.
  steady::time_point stuck_since{}; ///< No answer was taken since then.
  steady::time_point frame_since{}; ///< The frame that is not whole began.
  uint32_t outer_events = 0;
  uint32_t inner_events = 0;

  explicit link(uint32_t max_frame) : filter(max_frame) {}
};

link_limits with_room_for_two(link_limits limits) {
  limits.max_held_bytes =
    std::max(limits.max_held_bytes, size_t{2} * limits.max_frame_bytes);
  return limits;
}

class epoll_relay final : public link_relay {
public:
  epoll_relay(listening_socket listener, const link_limits& limits,
              link_events events)
    : listener_(std::move(listener)), limits_(with_room_for_two(limits)),
      events_(std::move(events)), epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      spare_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}

  ~epoll_relay() override {
    is_stopping_ = true;
    wake();
    if (thread_.joinable())
      thread_.join();
    for (auto& [id, one] : links_) {
      ::close(one.outer);
      if (one.inner >= 0)
        ::close(one.inner);
    }
    for (const int fd : {epoll_, wake_, spare_})
      if (fd >= 0)
        ::close(fd);
  }

  expected<void> start() override {
    if (epoll_ < 0 || wake_ < 0)
      return fail(ec::resource_exhausted,
                  "door: no descriptors left for epoll; see `ulimit -n`");
    watch(listener_.fd(), EPOLLIN, listener_key);
    watch(wake_, EPOLLIN, wake_key);
    try {
      thread_ = std::thread{[this] { run(); }};
    } catch (const std::exception& e) {
      return fail(ec::resource_exhausted,
                  std::string{"door: cannot start its thread: "} + e.what());
    }
    return {};
  }

  void permit(link_id link, uint64_t gateway,
              const std::string& node) override {
    post([=, this] {
      const auto found = links_.find(link);
      if (found == links_.end())
        return;
      if (!found->second.filter.permit(gateway, node)) {
        ++refused_;
        return drop(link, "calls itself by this node's id");
      }
      found->second.is_permitted = true;
      pump(found->second);
    });
  }

  void close(link_id link, const std::string& why) override {
    post([=, this] { drop(link, why); });
  }

  void stop_accepting() override {
    post([this] {
      ::epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_.fd(), nullptr);
      listener_.close();
    });
  }

  relay_figures figures() const override {
    return {sessions_, accepted_, refused_};
  }

private:
  static constexpr uint64_t listener_key = 0;
  static constexpr uint64_t wake_key = 1;
  // A link's ends: its id times two, plus one for the inner.
  static uint64_t outer_key(link_id id) { return id * 2; }
  static uint64_t inner_key(link_id id) { return id * 2 + 1; }

  void watch(int fd, uint32_t events, uint64_t key) const {
    epoll_event wanted{events, {}};
    wanted.data.u64 = key;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &wanted);
  }

  void rewatch(int fd, uint32_t events, uint64_t key, uint32_t& now) const {
    if (events == now)
      return;
    epoll_event wanted{events, {}};
    wanted.data.u64 = key;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &wanted);
    now = events;
  }

  void wake() const {
    const uint64_t one = 1;
    static_cast<void>(::write(wake_, &one, sizeof(one)));
  }

  void post(std::function<void()> work) {
    {
      const std::lock_guard hold{posted_mutex_};
      posted_.push_back(std::move(work));
    }
    wake();
  }

  void run_posted() {
    uint64_t count = 0;
    static_cast<void>(::read(wake_, &count, sizeof(count)));
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard hold{posted_mutex_};
      work.swap(posted_);
    }
    for (const auto& one : work)
      one();
  }

  void run() {
    std::array<epoll_event, 64> ready{};
    while (!is_stopping_) {
      // Without links nobody has a deadline.
      const auto n =
        ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()),
                     links_.empty() && !is_paused_ ? -1 : 250);
      for (int i = 0; i < n; ++i) {
        const auto& event = ready.at(static_cast<size_t>(i));
        const auto key = event.data.u64;
        if (key == listener_key)
          accept_some();
        else if (key == wake_key)
          run_posted();
        else
          serve(key, event.events);
      }
      enforce_deadlines();
    }
  }

  void serve(uint64_t key, uint32_t events) {
    const auto id = key / 2;
    const auto found = links_.find(id);
    if (found == links_.end())
      return;
    const auto is_outer = key == outer_key(id);
    pump(found->second, {is_outer, !is_outer});
    // What has hung up stays ready for ever: it must go, read out or not.
    if ((events & (EPOLLHUP | EPOLLERR)) != 0)
      drop(id, is_outer ? left_by_client : "closed by the node");
  }

  void accept_some() {
    for (int turn = 0; turn < longest_turn && listener_.fd() >= 0; ++turn) {
      const int fd = ::accept4(listener_.fd(), nullptr, nullptr,
                               SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd >= 0)
        take_in(fd);
      else if (!is_exhausted(errno))
        return;
      else if (!turn_away())
        return pause(true);
    }
  }

  /// With no descriptor to be had the listener stays ready: lets one in by the
  /// spare one. False when that is gone too.
  bool turn_away() {
    if (spare_ < 0)
      return false;
    ::close(spare_);
    const int fd = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) {
      ::close(fd);
      ++refused_;
    }
    spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    return spare_ >= 0;
  }

  /// Who connects waits in the listener until the next look at deadlines.
  void pause(bool is_wanted) {
    if (is_paused_ == is_wanted || listener_.fd() < 0)
      return;
    is_paused_ = is_wanted;
    epoll_event wanted{is_wanted ? 0u : EPOLLIN, {}};
    wanted.data.u64 = listener_key;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, listener_.fd(), &wanted);
  }

  void refuse(link_peer peer, const std::string& why) {
    ++refused_;
    if (events_.refused)
      events_.refused(peer, why);
  }

  void take_in(int fd) {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0
        || (peer.uid != ::geteuid() && peer.uid != 0)) {
      ::close(fd);
      refuse({peer.uid, peer.pid}, "is another user's");
      return;
    }
    if (!silent_.empty() && silent_.size() >= limits_.max_silent) {
      ++refused_;
      drop(*silent_.begin(), "displaced before its handshake");
    }
    const auto id = ++last_link_;
    auto& one = links_.try_emplace(id, limits_.max_frame_bytes).first->second;
    one.id = id;
    one.outer = fd;
    one.peer = {peer.uid, peer.pid};
    one.outer_events = EPOLLIN;
    silent_.insert(id);
    watch(fd, EPOLLIN, outer_key(id));
    pump(one);
  }

  /// Moves bytes both ways, for one turn; may end the link. What is left
  /// makes epoll report it again.
  void pump(link& one, readable from = {}) {
    const auto id = one.id;
    if (auto why = pump_inward(one, from.outer); !why.empty())
      return drop(id, why);
    if (one.inner < 0)
      return rewatch(one.outer, EPOLLIN, outer_key(id), one.outer_events);
    if (auto why = pump_outward(one, from.inner); !why.empty())
      return drop(id, why);
    const auto wants_more =
      one.is_permitted && one.to_inner.empty() && one.to_outer.empty();
    rewatch(one.outer,
            (wants_more ? EPOLLIN : 0u)
              | (one.to_outer.empty() ? 0u : EPOLLOUT),
            outer_key(id), one.outer_events);
    rewatch(one.inner,
            (one.to_outer.empty() ? EPOLLIN : 0u)
              | (one.is_permitted && !one.to_inner.empty() ? EPOLLOUT : 0u),
            inner_key(id), one.inner_events);
  }

  /// Client → CAF. Returns why the link ends, if it does.
  std::string pump_inward(link& one, bool has_more) {
    std::array<char, client_read_bytes> buffer;
    for (int turn = 0; has_more && turn < longest_turn && one.to_inner.empty()
                       && one.to_outer.empty()
                       && (one.is_permitted || !one.filter.has_greeted());
         ++turn) {
      const auto n = ::recv(one.outer, buffer.data(), buffer.size(), 0);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        break;
      if (n <= 0)
        return left_by_client;
      has_more = static_cast<size_t>(n) == buffer.size();
      one.heard = steady::now();
      if (auto why = feed(one, {buffer.data(), static_cast<size_t>(n)});
          !why.empty())
        return why;
      if (one.filter.has_greeted() && one.inner < 0)
        return greet(one);
      if (write_some(one.inner, one.to_inner) == flow::ended)
        return "closed by the node";
    }
    if (one.is_permitted && !one.to_inner.empty()
        && write_some(one.inner, one.to_inner) == flow::ended)
      return "closed by the node";
    return {};
  }

  /// What passes of `bytes` goes to one.to_inner. Returns why the link ends.
  std::string feed(link& one, std::span<const char> bytes) {
    held_bytes_ -= one.filter.held_bytes();
    const auto is_fine = one.filter.feed(bytes, one.to_inner);
    const auto held = one.filter.held_bytes();
    held_bytes_ += held;
    if (!is_fine) {
      ++refused_;
      return std::string{one.filter.refusal()};
    }
    if (held <= bytes.size()) // it began with these
      one.frame_since = one.heard;
    if (held_bytes_ <= limits_.max_held_bytes)
      return {};
    link* slowest = &one;
    for (auto& [id, other] : links_)
      if (other.filter.held_bytes() > 0
          && other.frame_since < slowest->frame_since)
        slowest = &other;
    constexpr auto why = "too slow with a large frame";
    ++refused_;
    if (slowest == &one)
      return why;
    drop(slowest->id, why);
    return {};
  }

  /// CAF → client.
  static std::string pump_outward(link& one, bool has_more) {
    std::array<char, read_bytes> buffer;
    for (int turn = 0;
         turn < longest_turn && (has_more || !one.to_outer.empty()); ++turn) {
      if (one.to_outer.empty()) {
        const auto n = ::recv(one.inner, buffer.data(), buffer.size(), 0);
        if (n < 0 && errno == EINTR)
          continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
          return {};
        if (n <= 0)
          return "closed by the node";
        has_more = static_cast<size_t>(n) == buffer.size();
        one.to_outer.assign(buffer.data(), static_cast<size_t>(n));
        one.stuck_since = steady::now();
      }
      const auto waiting = one.to_outer.size();
      const auto state = write_some(one.outer, one.to_outer);
      if (state == flow::ended)
        return left_by_client;
      if (one.to_outer.size() < waiting)
        one.stuck_since = steady::now();
      if (state == flow::blocked)
        return {};
    }
    return {};
  }

  /// The handshake is there: a session begins, if there is room for it.
  std::string greet(link& one) {
    if (sessions_ >= limits_.max_sessions) {
      ++refused_;
      return "all sessions are taken";
    }
    // Who borrows a living client's node id would get that one's answers. One
    // that comes again is not to wait until its old link was looked at.
    if (const auto holder = handshakes_.find(one.filter.handshake());
        holder != handshakes_.end()) {
      if (!has_hung_up(links_.at(holder->second).outer)) {
        ++refused_;
        return "a client of that id is connected already";
      }
      drop(holder->second, left_by_client);
    }
    std::array<int, 2> pair{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                     pair.data())
        != 0) {
      ++refused_;
      return "no descriptors left";
    }
    handshakes_.emplace(one.filter.handshake(), one.id);
    silent_.erase(one.id);
    ++sessions_;
    ++accepted_;
    one.inner = pair[0];
    one.is_opened = true;
    one.inner_events = EPOLLIN;
    watch(one.inner, EPOLLIN, inner_key(one.id));
    events_.opened(one.id, pair[1], one.peer);
    return {};
  }

  void enforce_deadlines() {
    const auto now = steady::now();
    if (now < next_check_)
      return;
    next_check_ = now + std::chrono::milliseconds{250};
    if (spare_ < 0)
      spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    pause(false);
    std::vector<std::pair<link_id, const char*>> over;
    for (const auto& [id, one] : links_) {
      if (!one.is_opened && now - one.since > limits_.handshake)
        over.emplace_back(id, "no handshake in time");
      else if (one.is_opened && now - one.heard > limits_.idle
               && one.to_outer.empty())
        over.emplace_back(id, "idle");
      else if (!one.to_outer.empty() && now - one.stuck_since > limits_.stuck)
        over.emplace_back(id, "does not read its answers");
    }
    for (const auto& [id, why] : over)
      drop(id, why);
  }

  void drop(link_id id, const std::string& why) {
    auto gone = links_.extract(id);
    if (gone.empty())
      return;
    auto& one = gone.mapped();
    held_bytes_ -= one.filter.held_bytes();
    silent_.erase(id);
    ::close(one.outer);
    if (!one.is_opened) {
      if (why != left_by_client && events_.refused)
        events_.refused(one.peer, why);
      return;
    }
    --sessions_;
    handshakes_.erase(one.filter.handshake());
    ::close(one.inner);
    events_.closed(id, why);
  }

  listening_socket listener_;
  link_limits limits_;
  link_events events_;
  int epoll_;
  int wake_;
  int spare_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<uint64_t> sessions_{0};
  std::atomic<uint64_t> accepted_{0};
  std::atomic<uint64_t> refused_{0};
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;

  // Of the thread alone.
  std::map<link_id, link> links_;
  std::set<link_id> silent_; ///< Not greeted yet; ids grow, so oldest first.
  std::map<std::string, link_id> handshakes_; ///< Of opened links.
  size_t held_bytes_ = 0;                     ///< Of all filters.
  bool is_paused_ = false;                    ///< Takes nobody in.
  link_id last_link_ = 1; ///< 0 and 1 would clash with the other keys.
  steady::time_point next_check_{};
  std::thread thread_;
};

} // namespace

expected<std::unique_ptr<link_relay>>
link_relay::open(const std::filesystem::path& socket, const link_limits& limits,
                 link_events events) {
  TRIVIUM_TRY(auto listener, listening_socket::open(socket));
  return std::make_unique<epoll_relay>(std::move(listener), limits,
                                       std::move(events));
}

} // namespace trivium::actors
