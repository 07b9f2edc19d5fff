#include "messages/values/human.hpp"
#include "tools/trivium/repl/command.hpp"
#include "tools/trivium/repl/command_options.hpp"
#include "tools/trivium/repl/json.hpp"
#include "tools/trivium/repl/session.hpp"

#include <algorithm>

namespace trivium::tools::repl {

namespace {

// --- registrations -----------------------------------------------------------

struct list_options {
  std::string prefix;
  std::string filter;
  uint32_t limit = 1000;

  [[nodiscard]] expected<registration_query> read(const session& s) const {
    registration_query query;
    query.name_space = s.link.name_space();
    query.filter = filter;
    if (!prefix.empty()) {
      TRIVIUM_CHECK(check_name("prefix", prefix));
      query.filter = "model_id = \"" + prefix + "*\""
                     + (filter.empty() ? "" : " AND " + filter);
    }
    return query;
  }
};

/// Page by page, all of one revision.
expected<std::vector<registered_version>> list(session& s,
                                               const list_options& given) {
  constexpr uint32_t longest_page = 1000;
  TRIVIUM_TRY(auto query, given.read(s));
  TRIVIUM_TRY(auto* const node, s.link.get());
  std::vector<registered_version> all;
  do {
    query.page_size =
      std::min(longest_page, given.limit - static_cast<uint32_t>(all.size()));
    TRIVIUM_TRY(auto page, node->registrations(query, s.reading()));
    std::move(page.models.begin(), page.models.end(), std::back_inserter(all));
    query.page_token = page.next_page_token;
  } while (!query.page_token.empty() && all.size() < given.limit);
  return all;
}

void prepare_registrations(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<list_options>();
  app.add_option("prefix", given->prefix, "How their names begin")
    ->type_name("PREFIX");
  app
    .add_option("--filter", given->filter,
                "As labels.team = \"search\" AND version >= 1.2.0")
    ->type_name("TEXT");
  app.add_option("--limit", given->limit, "At most so many [1000]")
    ->type_name("N")
    ->check(CLI::Range(1u, 1'000'000u));
  bound.run = [given](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto found, list(s, *given));
    const auto text = registrations_text(found, s.talk.look());
    s.answer(text.empty() ? "nothing is registered\n" : text, json_of(found));
    return {};
  };
}

// --- unregister --------------------------------------------------------------

void prepare_unregister(CLI::App& app, bound_command& bound) {
  struct options {
    std::string text;
    std::string reason;

    [[nodiscard]] expected<trivium::delete_model> read(const session& s) const {
      TRIVIUM_TRY(auto which, s.parse(text, form::maybe_version));
      trivium::delete_model wanted;
      wanted.model = std::move(which.model);
      if (!which.version.empty()) {
        TRIVIUM_TRY(wanted.version, semver::parse(which.version));
      }
      wanted.reason = reason;
      return wanted;
    }
  };
  const auto given = std::make_shared<options>();
  add_target(app, given->text, form::maybe_version);
  add_reason(app, given->reason);
  bound.question = [given](session& s) -> expected<std::string> {
    TRIVIUM_TRY(const auto wanted, given->read(s));
    return "remove " + to_string(wanted.model)
           + (wanted.version ? " " + to_string(*wanted.version)
                             : " with all its versions and variants")
           + "?";
  };
  bound.run = [given](session& s) -> expected<void> {
    TRIVIUM_TRY(const auto wanted, given->read(s));
    TRIVIUM_TRY(auto* const node, s.link.get());
    TRIVIUM_TRY(const auto gone, node->delete_model(wanted, s.changing()));
    s.answer(std::to_string(gone.deleted) + " entries removed, revision "
               + std::to_string(gone.at) + "; history stays\n",
             json_of(gone));
    return {};
  };
}

// --- lease -------------------------------------------------------------------

struct lease_options {
  std::string ttl;
  lease_id lease = 0;
};

std::string text_of(const lease_status& lease) {
  const auto name = "lease " + std::to_string(lease.id);
  if (lease.is_over)
    return name + " is over\n";
  return name + ", "
         + human_seconds(static_cast<double>(lease.remaining.count()) / 1000)
         + " left\n";
}

void add_lease(CLI::App& app, lease_id& lease) {
  app.add_option("lease", lease, "Its number, as `lease list` shows it")
    ->type_name("LEASE")
    ->required();
}

expected<void> grant(session& s, const lease_options& given) {
  TRIVIUM_TRY(const auto ttl, parse_duration(given.ttl));
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto lease,
              node->grant_lease(std::chrono::ceil<std::chrono::seconds>(ttl),
                                s.changing()));
  s.answer(text_of(lease), json_of(lease));
  return {};
}

expected<void> keep(session& s, const lease_options& given) {
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto lease, node->keep_alive(given.lease, s.reading()));
  s.answer(text_of(lease), json_of(lease));
  if (lease.is_over)
    return fail(ec::not_found, "it expired, was revoked, or never was");
  return {};
}

expected<void> revoke(session& s, const lease_options& given) {
  TRIVIUM_TRY(auto* const node, s.link.get());
  TRIVIUM_TRY(const auto ended, node->revoke_lease(given.lease, s.changing()));
  s.answer("lease " + std::to_string(given.lease) + " is over, "
             + std::to_string(ended.released)
             + " registrations left discovery, revision "
             + std::to_string(ended.at) + "\n",
           json_of(ended));
  return {};
}

expected<void> list_leases(session& s) {
  list_options all;
  all.limit = 1'000'000;
  TRIVIUM_TRY(const auto found, list(s, all));
  const auto leases = leases_of(found);
  const auto text = leases_text(leases, s.talk.look());
  s.answer(text.empty() ? "no lease holds anything here\n" : text,
           json_of(leases));
  return {};
}

void prepare_lease(CLI::App& app, bound_command& bound) {
  const auto given = std::make_shared<lease_options>();
  app.require_subcommand(1);
  auto* const granting =
    app.add_subcommand("grant", "A new one, for `register --lease`");
  granting->add_option("ttl", given->ttl, "How long it lives, as '10 min'")
    ->type_name("TIME")
    ->required();
  granting->callback([given, &bound] {
    bound.run = [given](session& s) { return grant(s, *given); };
  });

  auto* const keeping =
    app.add_subcommand("keep", "Give it its whole time again");
  add_lease(*keeping, given->lease);
  keeping->callback([given, &bound] {
    bound.run = [given](session& s) { return keep(s, *given); };
  });

  auto* const revoking =
    app.add_subcommand("revoke", "End it: what it holds leaves discovery");
  add_lease(*revoking, given->lease);
  revoking->callback([given, &bound] {
    bound.question = [given](session&) -> expected<std::string> {
      return "end lease " + std::to_string(given->lease)
             + "? What it holds leaves discovery.";
    };
    bound.run = [given](session& s) { return revoke(s, *given); };
  });

  app.add_subcommand("list", "Those that hold registrations, with their time")
    ->callback([&bound] { bound.run = list_leases; });
}

} // namespace

std::vector<repl_command> registration_commands() {
  constexpr std::string_view group = "Registrations";
  return {
    {group, "registrations", "List what is registered, with its lease",
     "registrations\nregistrations mini --limit 20\n"
     "registrations --filter 'labels.team = \"search\"'",
     false, prepare_registrations},
    {group, "unregister", "Remove a version, or a model with all it has",
     "unregister minilm:1.2.0 --reason 'made by mistake'\n"
     "unregister minilm --yes",
     true, prepare_unregister},
    {group, "lease", "Leases: registrations end with theirs",
     "lease grant '10 min'\nlease keep 17\nlease revoke 17 --yes\nlease list",
     true, prepare_lease},
  };
}

} // namespace trivium::tools::repl
