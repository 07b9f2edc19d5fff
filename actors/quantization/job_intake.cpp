#include "actors/quantization/job_intake.hpp"

#include "config/recipe_file.hpp"
#include "messages/wire/control.hpp"

#include <chrono>
#include <unistd.h>

namespace trivium::actors {

std::string new_job_id(uint64_t count) {
  using namespace std::chrono;
  const auto now =
    duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return "job-" + std::to_string(now) + "-" + std::to_string(::getpid()) + "-"
         + std::to_string(count);
}

expected<pipeline_request> intake(const job_request& request) {
  pipeline_request wanted;
  wanted.model = request.path;
  wanted.name = request.model;
  wanted.version = request.version;
  TRIVIUM_CHECK(check_name("namespace", wanted.name.name_space));
  TRIVIUM_CHECK(check_name("model name", wanted.name.model));
  TRIVIUM_CHECK(semver::parse(wanted.version));
  wanted.golden = request.golden;
  wanted.out = request.out;
  wanted.hints = request.hints;
  wanted.memory_bytes = request.memory_bytes;
  wanted.allow_unverified = request.allow_unverified;
  wanted.force = request.force;
  wanted.only_register = request.kind == job_kind::register_model;
  wanted.alias =
    request.kind == job_kind::pipeline ? request.alias : std::string{};
  wanted.stored = to_wire(request).SerializeAsString();
  if (wanted.only_register)
    return wanted;
  if (request.recipe_text.empty()) {
    TRIVIUM_TRY(wanted.recipe, config::load_recipe(request.recipe, {}));
  } else {
    TRIVIUM_TRY(wanted.recipe,
                config::parse_recipe(request.recipe_text, request.recipe));
  }
  return wanted;
}

job_record waiting_record(const job_request& request, const std::string& id,
                          const std::string& subject,
                          const std::string& trace_id, unix_ms now) {
  job_record record;
  record.id = id;
  record.kind = to_string(request.kind);
  record.model = request.model;
  record.version = semver::parse(request.version).value_or(semver{});
  record.recipe = request.recipe;
  record.state = job_state::parked;
  record.subject = subject;
  record.trace_id = trace_id;
  record.pid = ::getpid();
  record.started_at = now;
  record.request = to_wire(request).SerializeAsString();
  return record;
}

expected<job_request> stored_request(const job_record& record) {
  v1::JobRequest stored;
  if (record.request.empty() || !stored.ParseFromString(record.request))
    return fail(ec::data_loss,
                "job " + record.id + ": its request cannot be read");
  return from_wire(stored);
}

} // namespace trivium::actors
