#include "tools/trivium/repl/register_uri.hpp"

#include "messages/values/human.hpp"
#include "messages/values/shown_name.hpp"
#include "tools/trivium/repl/json.hpp"

namespace trivium::tools::repl {

namespace {

expected<int64_t> seconds_of(const std::string& ttl) {
  if (ttl.empty())
    return 0;
  TRIVIUM_TRY(const auto time, parse_duration(ttl));
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).count();
  if (seconds == 0)
    return fail(ec::invalid_argument,
                "--ttl is 0; leave it out for a registration that stays");
  return seconds;
}

expected<void> read_labels(const std::vector<std::string>& given,
                           std::map<std::string, std::string>& labels) {
  for (const auto& label : given) {
    const auto equals = label.find('=');
    if (equals == 0 || equals == std::string::npos)
      return fail(ec::invalid_argument,
                  "--label " + shown_name(label) + ": wanted NAME=VALUE");
    labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  return {};
}

} // namespace

bool is_uri(std::string_view path) {
  return path.find("://") != std::string_view::npos;
}

expected<void> register_uri(session& s, const std::string& uri,
                            const std::string& name, const std::string& version,
                            const uri_options& more) {
  if (name.empty())
    return fail(ec::invalid_argument, "a URI needs --name, the model's");
  trivium::register_model wanted;
  TRIVIUM_TRY(auto which, s.parse(name, form::model));
  wanted.model = std::move(which.model);
  TRIVIUM_TRY(wanted.version, semver::parse(version));
  wanted.storage_uri = uri;
  TRIVIUM_TRY(wanted.ttl_seconds, seconds_of(more.ttl));
  TRIVIUM_CHECK(read_labels(more.labels, wanted.labels));
  wanted.lease = more.lease;
  wanted.idempotency_key = more.key;
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto done, node->register_model(wanted, s.changing()));
  s.answer(to_string(wanted.model) + " " + to_string(done.version)
             + (done.was_known ? " was registered" : " registered")
             + ", revision " + std::to_string(done.at)
             + (done.lease == 0 ? "" : ", lease " + std::to_string(done.lease))
             + "\n",
           json_of(done));
  return {};
}

} // namespace trivium::tools::repl
