// What a script says, line by line, over one client:
//   client_registry ADDRESS|STORE
//     register MODEL VERSION [KEY]    get MODEL [cached|linearizable]
//     alias MODEL ALIAS VERSION       promote MODEL VERSION
//     rollback MODEL ALIAS            history MODEL ALIAS
//     list FILTER                     delete MODEL
//     grant SECONDS   keep LEASE   revoke LEASE   share MODEL LEASE
//     watch FROM PREFIX|-             unwatch      status
// Each answer is one line of JSON; so is each event of the watch, and its end.

#include "tests/integration/clients/client_program.hpp"

#include <iostream>
#include <iterator>
#include <mutex>
#include <sstream>
#include <vector>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;

/// Lines of several threads.
template <class Write>
void tell(Write write) {
  static std::mutex mutex;
  json_writer json;
  json.object([&] { write(json); });
  const std::lock_guard hold{mutex};
  say(json);
}

void tell_failure(const char* what, const error& failure) {
  tell([&](json_writer& json) {
    json.member(what, to_string(failure.code));
    json.member("text", failure.text);
  });
}

template <class T, class Write>
void answer(const expected<T>& result, Write write) {
  if (!result)
    return tell_failure("error", result.error());
  tell([&](json_writer& json) { write(json, *result); });
}

class console {
public:
  explicit console(client& node) : node_(node) {}

  bool run(const words& line) {
    const auto& command = line.at(0);
    if (command == "register" || command == "share")
      enter(line);
    else if (command == "get")
      get(line);
    else if (command == "alias" || command == "promote"
             || command == "rollback")
      move(line);
    else if (command == "history")
      history(line);
    else if (command == "list")
      list(line);
    else if (command == "grant" || command == "keep" || command == "revoke")
      lease(line);
    else if (command == "watch")
      watch(line);
    else if (command == "unwatch")
      unwatch();
    else if (command == "delete")
      remove(line);
    else if (command == "status")
      status();
    else
      return false;
    return true;
  }

private:
  static model_ref model_of(const words& line) {
    return {"default", line.at(1)};
  }

  void enter(const words& line) {
    trivium::register_model wanted;
    wanted.model = model_of(line);
    const auto is_shared = line.at(0) == "share";
    wanted.version =
      must(semver::parse(is_shared ? "1.0.0" : line.at(2)), "version");
    wanted.storage_uri =
      "s3://models/" + line.at(1) + "/" + to_string(wanted.version);
    if (is_shared)
      wanted.lease = std::stoull(line.at(2));
    else if (line.size() > 3)
      wanted.idempotency_key = line[3];
    answer(node_.register_model(wanted),
           [](json_writer& json, const model_registered& done) {
             json.member("revision", done.at);
             json.member("created", done.created);
             json.member("was_known", done.was_known);
             json.member("lease", done.lease);
           });
  }

  void get(const words& line) {
    version_query query{model_of(line)};
    if (line.size() > 2 && line[2] == "cached")
      query.wanted = consistency::cached;
    answer(node_.get(query),
           [](json_writer& json, const registered_version& found) {
             json.member("version", to_string(found.version.version));
             json.member("uri", found.version.storage_uri);
             json.member("revision", found.at);
             json.member("given", to_string(found.given));
           });
  }

  void move(const words& line) {
    const auto moved = [&]() -> expected<promoted> {
      if (line.at(0) == "promote") {
        promotion wanted;
        wanted.alias = {model_of(line), "production"};
        wanted.version = line.at(2);
        wanted.allow_unverified = true;
        wanted.reason = "better";
        return node_.promote(wanted);
      }
      if (line.at(0) == "rollback")
        return node_.roll_back({{model_of(line), line.at(2)}, 0, "it hurt"});
      alias_setting wanted{{model_of(line), line.at(2)}};
      wanted.version = line.at(3);
      wanted.weight = 10;
      return node_.set_alias(wanted);
    }();
    answer(moved, [](json_writer& json, const promoted& done) {
      json.member("version", to_string(done.alias.version));
      json.member("weight", done.alias.weight);
      json.member("revision", done.at);
    });
  }

  void history(const words& line) {
    answer(node_.history(model_of(line), line.at(2)),
           [](json_writer& json, const history_list& list) {
             json.key("reasons");
             json.array([&] {
               for (const auto& entry : list.entries)
                 json.value(entry.reason);
             });
           });
  }

  void list(const words& line) {
    registration_query query;
    query.filter = line.size() > 1 ? "model_id = \"" + line[1] + "\"" : "";
    answer(node_.registrations(query),
           [](json_writer& json, const registration_list& found) {
             json.key("models");
             json.array([&] {
               for (const auto& model : found.models)
                 json.object([&] {
                   json.member("model", model.version.model.model);
                   json.member("lease", model.lease);
                   json.member("remaining_ms", model.lease_remaining.count());
                 });
             });
           });
  }

  void remove(const words& line) {
    trivium::delete_model wanted;
    wanted.model = model_of(line);
    answer(node_.delete_model(wanted),
           [](json_writer& json, const model_deleted& gone) {
             json.member("deleted", gone.deleted);
           });
  }

  void lease(const words& line) {
    const auto number = std::stoull(line.at(1));
    if (line.at(0) == "revoke")
      return answer(node_.revoke_lease(number),
                    [](json_writer& json, const lease_ended& ended) {
                      json.member("released", ended.released);
                    });
    answer(line.at(0) == "grant"
             ? node_.grant_lease(std::chrono::seconds{number})
             : node_.keep_alive(number),
           [](json_writer& json, const lease_status& status) {
             json.member("lease", status.id);
             json.member("ttl", status.ttl_seconds);
             json.member("is_over", status.is_over);
           });
  }

  void watch(const words& line) {
    event_query wanted;
    wanted.from = std::stoull(line.at(1));
    wanted.prefix = line.at(2) == "-" ? "" : line[2];
    auto begun = node_.watch_events(
      wanted,
      [](const event_record& event) {
        tell([&](json_writer& json) {
          json.member("event", to_string(event.kind));
          json.member("revision", event.revision);
          json.member("model", event.model.model);
          json.member("version", event.version);
        });
      },
      [](const error& why) { tell_failure("ended", why); });
    if (!begun)
      return tell_failure("error", begun.error());
    watch_ = std::move(*begun);
    tell([](json_writer& json) { json.member("watching", true); });
  }

  void unwatch() {
    watch_.reset();
    tell([](json_writer& json) { json.member("watching", false); });
  }

  void status() {
    answer(node_.status(), [](json_writer& json, const node_status& status) {
      json.member("pid", status.pid);
    });
  }

  client& node_;
  subscription watch_;
};

} // namespace

int main(int count, char** arguments) {
  if (count != 2)
    return 2;
  client_options options;
  const std::string address = arguments[1];
  if (address.starts_with("grpc://") || address.ends_with(".sock"))
    options.address = address;
  else
    options.store = address;
  options.name = "test client";
  const auto node = must(client::connect(options), "connect");
  console console{*node};
  std::string text;
  while (std::getline(std::cin, text)) {
    std::istringstream split{text};
    const words line{std::istream_iterator<std::string>{split}, {}};
    if (line.empty() || !console.run(line))
      return 2;
  }
  return 0;
}
