#include "actors/node/service_notify.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace trivium::test;
using trivium::actors::notify_service;

namespace {

/// A manager's end; `name` as in NOTIFY_SOCKET.
class manager {
public:
  explicit manager(std::string name) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.front() == '@')
      name.front() = '\0';
    std::memcpy(address.sun_path, name.data(), name.size());
    const auto length = offsetof(sockaddr_un, sun_path) + name.size();
    BOOST_TEST_REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address),
                              static_cast<socklen_t>(length))
                       == 0);
  }

  ~manager() {
    ::close(fd_);
    ::unsetenv("NOTIFY_SOCKET");
  }

  [[nodiscard]] std::string heard() const {
    char text[256];
    const auto got = ::recv(fd_, text, sizeof(text), MSG_DONTWAIT);
    return got < 0 ? "nothing" : std::string(text, static_cast<size_t>(got));
  }

private:
  int fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_service_manager)

BOOST_AUTO_TEST_CASE(is_told_at_its_path) {
  const temporary_folder folder;
  const manager manager{folder / "notify"};

  BOOST_TEST(notify_service("READY=1\nSTATUS=switched"));
  BOOST_TEST(manager.heard() == "READY=1\nSTATUS=switched");
}

BOOST_AUTO_TEST_CASE(is_told_in_the_abstract_namespace) {
  const manager manager{"@trivium-test-" + std::to_string(::getpid())};

  BOOST_TEST(notify_service("READY=1"));
  BOOST_TEST(manager.heard() == "READY=1");
}

BOOST_AUTO_TEST_CASE(that_is_not_there_is_no_trouble) {
  ::unsetenv("NOTIFY_SOCKET");
  BOOST_TEST(!notify_service("READY=1"));

  for (const auto& name :
       {std::string{}, std::string{"/"}, std::string{"/no/such/socket"},
        std::string{"name"}, std::string(300, '/')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    BOOST_TEST(!notify_service("READY=1"));
  }
  ::unsetenv("NOTIFY_SOCKET");
}

BOOST_AUTO_TEST_SUITE_END()
