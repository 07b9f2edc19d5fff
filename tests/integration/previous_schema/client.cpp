// previous_client SOCKET: greets, asks how the node stands, what models there
// are, for something that is not there, and watches jobs. Prints a line each.

#include "actors/transport/basp_link.hpp"
#include "actors/transport/local_socket.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <cstdio>
#include <unistd.h>

using namespace trivium;
using namespace std::chrono_literals;

namespace {

struct client_config : caf::actor_system_config {
  client_config() {
    load<caf::io::middleman>();
    add_message_types<caf::id_block::trivium_wire>();
  }
};

struct asker {
  caf::event_based_actor* self;
  gateway_actor node;
  uint64_t next_id = 1;

  template <class Next>
  void ask(v1::Request request, Next next) {
    request.set_id(next_id++);
    self->request(node, caf::timespan{5s}, request)
      .then(next, [](caf::error& e) {
        std::printf("error %s\n", caf::deep_to_string(e).c_str());
        std::fflush(stdout);
        ::_exit(1);
      });
  }
};

void converse(const std::shared_ptr<asker>& with) {
  v1::Request hello;
  hello.mutable_hello()->set_protocol(1);
  hello.mutable_hello()->set_version("0.0.9");
  hello.mutable_hello()->set_name("previous");
  with->ask(hello, [=](const v1::Reply& welcome) {
    std::printf("welcome protocol %u window %u\n", welcome.welcome().protocol(),
                welcome.welcome().notice_window());
    v1::Request status;
    status.mutable_status();
    with->ask(status, [=](const v1::Reply& stands) {
      std::printf("status lanes %d draining %d\n", stands.status().lanes_size(),
                  stands.status().is_draining());
      v1::Request models;
      models.mutable_models();
      with->ask(models, [=](const v1::Reply& list) {
        std::printf("models %d of a list: %d\n", list.models().models_size(),
                    list.has_models());
        v1::Request unknown;
        unknown.mutable_model()->set_model("absent");
        with->ask(unknown, [=](const v1::Reply& answer) {
          std::printf("failure %u\n", answer.failure().code());
          v1::Request watch;
          watch.mutable_watch()->set_id(7);
          watch.mutable_watch()->mutable_jobs();
          with->ask(watch, [=](const v1::Reply& begun) {
            std::printf("watching %d\n", begun.has_watching());
            std::fflush(stdout);
            ::_exit(0);
          });
        });
      });
    });
  });
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  client_config config;
  caf::actor_system system{config};
  system.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    actors::attach(
      self, actors::connect_local(argv[1]), caf::timespan{5s},
      [self](gateway_actor node) {
        converse(std::make_shared<asker>(asker{self, std::move(node)}));
      },
      [](const error& e) {
        std::printf("error %s\n", e.text.c_str());
        std::fflush(stdout);
        ::_exit(1);
      });
    return {[](const v1::Notice&) {}};
  });
  system.await_all_actors_done();
  return 1;
}
