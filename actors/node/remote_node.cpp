#include "actors/node/remote_node.hpp"

#include "messages/values/names.hpp"

#include <utility>

namespace trivium::actors {

namespace {

/// Jobs are as long as models are large.
constexpr std::chrono::minutes long_limit{24 * 60};

std::string full_path(const std::filesystem::path& path) {
  if (path.empty())
    return {};
  std::error_code ignored;
  return std::filesystem::absolute(path, ignored).lexically_normal().native();
}

job_request job_of(const pipeline_request& request) {
  job_request wanted;
  wanted.kind = job_kind::pipeline;
  wanted.path = full_path(request.model);
  wanted.model = request.name;
  wanted.version = request.version;
  wanted.recipe = request.recipe.name;
  wanted.recipe_text = request.recipe.yaml;
  wanted.golden = full_path(request.golden);
  wanted.out = full_path(request.out);
  wanted.memory_bytes = request.memory_bytes;
  wanted.allow_unverified = request.allow_unverified;
  wanted.force = request.force;
  wanted.alias = request.alias;
  wanted.hints = request.hints;
  return wanted;
}

class remote_node final : public node {
public:
  explicit remote_node(std::unique_ptr<client> connection)
    : client_(std::move(connection)) {}

  pipeline_end pipeline(const envelope& from, const pipeline_request& request,
                        const progress& report) override {
    pipeline_end end;
    auto details = run(from, job_of(request), report);
    if (!details) {
      end.failure = details.error();
      return end;
    }
    if (details->report)
      end.report = std::move(*details->report);
    end.report.job = details->status.record.id;
    end.failure = std::move(details->failure);
    return end;
  }

  expected<quantize_report> quantize(const envelope&, const quantize_request&,
                                     const progress&) override {
    return fail(ec::unsupported, "a file is quantized without a node");
  }

  expected<version_registered> register_model(const envelope& from,
                                              const std::filesystem::path& path,
                                              const model_ref& model,
                                              const semver& version,
                                              const progress& report) override {
    job_request wanted;
    wanted.kind = job_kind::register_model;
    wanted.path = full_path(path);
    wanted.model = model;
    wanted.version = to_string(version);
    TRIVIUM_TRY(auto details, run(from, wanted, report));
    if (details.failure.code != ec::none)
      return fail(std::move(details.failure));
    if (!details.registered)
      return fail(ec::unavailable, "the node no longer remembers what job "
                                     + details.status.record.id + " gave");
    return std::move(*details.registered);
  }

  expected<golden_report> record(const envelope& from,
                                 const record_golden& request) override {
    golden_request wanted;
    wanted.model = full_path(request.model);
    wanted.golden = full_path(request.out);
    wanted.record = true;
    wanted.inputs = full_path(request.inputs);
    wanted.hints = request.hints;
    wanted.created = request.created;
    return client_->golden(wanted, {long_limit, from.cancel});
  }

  expected<golden_report> check(const envelope& from,
                                const check_golden& request) override {
    golden_request wanted;
    wanted.model = full_path(request.model);
    wanted.golden = full_path(request.golden);
    return client_->golden(wanted, {long_limit, from.cancel});
  }

  expected<pulled> pull(const envelope&, const pull_model&) override {
    return fail(ec::unsupported, "what pulls copies itself");
  }

  expected<collected_garbage> collect(const envelope& from,
                                      std::chrono::seconds keep_for,
                                      bool dry_run) override {
    return client_->collect_garbage(keep_for, dry_run,
                                    {long_limit, from.cancel});
  }

private:
  expected<job_details> run(const envelope& from, const job_request& wanted,
                            const progress& report) {
    TRIVIUM_TRY(const auto id, client_->submit(wanted));
    return client_->await_job(
      id,
      [&](const job_status& status) {
        if (report && !status.is_queued)
          report({id, status.stage, status.done, status.total});
      },
      from.cancel);
  }

  std::unique_ptr<client> client_;
};

} // namespace

std::unique_ptr<node> make_remote_node(std::unique_ptr<client> connection) {
  return std::make_unique<remote_node>(std::move(connection));
}

} // namespace trivium::actors
