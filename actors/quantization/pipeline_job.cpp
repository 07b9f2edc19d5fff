#include "actors/quantization/pipeline_job.hpp"

#include "actors/domain/gate.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "actors/quantization/ingest.hpp"
#include "actors/quantization/verify.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/control.hpp"
#include "messages/values/keys.hpp"
#include "storage/file_io/output_target.hpp"
#include "storage/records/records.hpp"

#include <optional>
#include <unistd.h>

namespace trivium::actors {

namespace {

/// 0.5 s, 1 s, … 8 s between the attempts to write a failure down.
constexpr std::chrono::milliseconds failure_pause{500};
constexpr uint32_t failure_attempts = 5;

} // namespace

/// One method a step; each ends by asking for the next one's answer.
class pipeline_run {
public:
  pipeline_run(caf::event_based_actor* self, job_services services,
               envelope from, pipeline_request request,
               job_listener_actor listener)
    : self_(self), request_(std::move(request)),
      recipe_(std::make_shared<const trivium::recipe>(request_.recipe)),
      steps_(self, std::move(services), std::move(from), std::move(listener),
             [this](error reason) { failed(std::move(reason)); }),
      started_(std::chrono::steady_clock::now()) {
    report_.job = steps_.from().job;
    report_.trace_id = trace_id_text(steps_.from().trace);
  }

  void start() {
    auto version =
      semver::parse(request_.version.empty() ? "1.0.0" : request_.version);
    if (!version)
      return steps_.fail(version.error());
    source_.model = request_.name;
    source_.version = *version;
    source_.subject = steps_.from().subject;
    source_.trace_id = report_.trace_id;
    report_.source = source_;
    variant_.model = source_.model;
    variant_.version = source_.version;
    variant_.recipe = recipe_->name;
    variant_.recipe_digest = recipe_->sha256;
    variant_.job = report_.job;
    variant_.subject = source_.subject;
    variant_.trace_id = source_.trace_id;
    if (!request_.out.empty()) {
      auto target = storage::output_target(request_.out);
      if (!target)
        return steps_.fail(target.error());
      request_.out = std::move(*target);
    }
    job_ = {report_.job,
            "pipeline",
            source_.model,
            source_.version,
            recipe_->name,
            job_state::running,
            {},
            source_.subject,
            report_.trace_id,
            ::getpid(),
            wall_clock(),
            0,
            request_.stored};
    if (request_.only_register)
      job_.kind = to_string(job_kind::register_model);
    else if (request_.model.empty())
      job_.kind = to_string(job_kind::quantize);
    put_job([this] {
      if (request_.model.empty())
        find_source();
      else
        take_in();
    });
  }

private:
  void take_in() {
    const auto worker =
      steps_.adopt(spawn_worker(self_->system(), steps_.services().mode, ingest,
                                steps_.services().store, steps_.listener()));
    steps_.ask<ingested>(
      job_stage::ingest, worker, ingest_model{request_.model},
      [this](const ingested& taken) {
        steps_.stages[0].bytes =
          taken.artifact.bytes_copied + taken.artifact.bytes_known;
        source_.artifact = taken.artifact.artifact;
        source_.format = taken.format;
        source_.size_bytes = taken.artifact.files.total_bytes();
        source_.storage_uri = taken.storage_uri;
        register_source();
      });
  }

  /// A version that is registered takes the place of a file.
  void find_source() {
    steps_.ask<version_record>(job_stage::ingest, registry(),
                               get_version{source_.model, source_.version},
                               [this](const version_record& known) {
                                 source_ = known;
                                 report_.source = known;
                                 report_.version_was_known = true;
                                 variant_.source = source_.artifact;
                                 begin(request_.force);
                               });
  }

  void register_source() {
    steps_.ask<version_registered>(
      job_stage::ingest, registry(), register_version{source_},
      [this](const version_registered& known) {
        report_.source = known.version;
        report_.version_was_known = known.was_known;
        report_.at = known.at;
        if (request_.only_register)
          return done();
        variant_.source = source_.artifact;
        begin(request_.force);
      });
  }

  void begin(bool force, const std::string& gone = {}) {
    steps_.ask<variant_begun>(job_stage::plan, registry(),
                              begin_variant{variant_, force, gone},
                              [this, force](const variant_begun& begun) {
                                if (begun.is_taken)
                                  return take_over(begun.variant, force);
                                if (begun.is_done)
                                  return recognise(begun.variant);
                                is_begun_ = true;
                                stands_ = begun.stands;
                                if (stands_)
                                  variant_.started_at = wall_clock();
                                else
                                  variant_ = begun.variant;
                                plan();
                              });
  }

  /// A variant that is being made by a job of which nobody knows, or that has
  /// ended without saying so, is nobody's.
  void take_over(const variant_record& taken, bool force) {
    const auto runner = caf::actor_cast<job_runner_actor>(
      caf::actor_cast<caf::strong_actor_ptr>(steps_.listener()));
    self_->request(runner, command_limit, steps_.from(), get_job{taken.job})
      .then(
        [this, taken, force](const job_details_ptr& job) {
          if (job->status.has_ended())
            return begin(force, taken.job);
          steps_.fail(error{ec::failed_precondition,
                            to_string(taken.model) + " "
                              + to_string(taken.version) + " " + taken.recipe
                              + " is being made by job " + taken.job});
        },
        [this, taken, force](const caf::error& e) {
          if (from_caf(e).code == ec::not_found)
            return begin(force, taken.job);
          steps_.fail(e);
        });
  }

  [[nodiscard]] bool may_learn_more(const verification& checked) const {
    const auto has_hints =
      !request_.hints.shapes.empty() || !request_.hints.ranges.empty();
    const auto is_other_set =
      !request_.golden.empty()
      && !checked.inputs.ends_with(" " + request_.golden.filename().native());
    return (is_other_set && checked.verdict < verdict::verified)
           || (has_hints && checked.verdict < verdict::smoke);
  }

  /// What was made before counts while its files are there and nothing is given
  /// that could say more about it: a golden set, or inputs that were missing.
  void recognise(const variant_record& known) {
    if (may_learn_more(known.checked))
      return begin(true);
    self_
      ->request(steps_.services().artifacts, step_limit, steps_.from(),
                find_artifact{known.artifact, true})
      .then(
        [this, known](const manifest_ptr&) {
          variant_ = known;
          report_.variant_was_known = true;
          promote_it();
        },
        [this, known](caf::error& e) {
          log_warning(steps_.from(), "the variant's files are damaged",
                      {{"reason", from_caf(e).text}});
          lost_ = known;
          begin(true);
        });
  }

  void plan() {
    plan_job wanted;
    wanted.artifact = source_.artifact;
    wanted.recipe = recipe_;
    steps_.plan(wanted, [this](planned_job_ptr job) {
      planned_ = std::move(job);
      steps_.ask<std::string>(job_stage::write, steps_.services().artifacts,
                              make_staging{report_.job},
                              [this](const std::string& folder) {
                                staging_ = folder;
                                quantize();
                              });
    });
  }

  void quantize() {
    finish_output finish;
    finish.wants_digest = lost_.has_value();
    steps_.produce(planned_, staging_, request_.memory_bytes, finish,
                   [this](const quantize_report_ptr& done) {
                     report_.quantized = *done;
                     variant_.bytes_before = done->bytes_before;
                     variant_.bytes_after = done->bytes_after;
                     variant_.tensors = done->tensors.size();
                     variant_.tensors_quantized = planned_->plan.quantized();
                     if (lost_ && lost_->artifact == done->artifact)
                       return restore();
                     if (stands_)
                       return link_source();
                     change(variant_state::verifying, job_stage::verify,
                            [this] { link_source(); });
                   });
  }

  /// The bytes that were checked before are there again.
  void restore() {
    variant_.checked = lost_->checked;
    publish();
  }

  /// Gives the runtime the float model under its own file names.
  void link_source() {
    if (planned_->source->format() != model_format::onnx)
      return verify_it();
    steps_.ask<std::string>(
      job_stage::verify, steps_.services().artifacts,
      make_staging{report_.job + "-source"}, [this](const std::string& folder) {
        source_folder_ = folder;
        steps_.ask<std::string>(job_stage::verify, steps_.services().artifacts,
                                link_artifact{source_.artifact, source_folder_},
                                [this](const std::string&) { verify_it(); });
      });
  }

  void verify_it() {
    verify_variant what;
    what.job = planned_;
    what.folder = staging_;
    what.source = source_.artifact;
    what.source_graph =
      source_folder_ / planned_->source->files().files.front().path;
    what.golden = request_.golden;
    what.hints = request_.hints;
    what.recipe = recipe_;
    const auto worker =
      steps_.adopt(spawn_worker(self_->system(), steps_.services().mode, verify,
                                steps_.services().executor, steps_.listener()));
    steps_.ask<verification_ptr>(
      job_stage::verify, worker, what, [this](const verification_ptr& checked) {
        variant_.checked = *checked;
        if (!checked->gate_met)
          return steps_.fail(error{ec::failed_precondition,
                                   "gate missed: " + joined(checked->reasons)});
        if (stands_
            && !domain::may_promote(checked->verdict,
                                    request_.allow_unverified))
          return steps_.fail(error{
            ec::failed_precondition,
            "made anew it is only " + std::string{to_string(checked->verdict)}
              + " (" + joined(checked->reasons)
              + "); what stands stays, unless --allow-unverified"});
        publish();
      });
  }

  void publish() {
    adopt_staging what;
    what.format = planned_->source->format();
    what.folder = staging_;
    for (const auto& file : planned_->layout.files)
      what.files.emplace_back(file.path, file.role);
    steps_.ask<storage::ingest_result>(
      job_stage::publish, steps_.services().artifacts, what,
      [this](const storage::ingest_result& taken) {
        variant_.artifact = taken.artifact;
        report_.quantized->artifact = taken.artifact;
        change(variant_state::verified, job_stage::publish, [this] {
          is_begun_ = false; // from here on the variant stands
          promote_it();
        });
      });
  }

  void promote_it() {
    if (steps_.from().cancel.is_cancelled())
      return steps_.fail(error{ec::cancelled, "stopped before promoting"});
    if (request_.alias.empty())
      return copy_out();
    promote what;
    what.alias = request_.alias;
    what.model = source_.model;
    what.version = source_.version;
    what.recipe_digest = recipe_->sha256;
    what.allow_unverified = request_.allow_unverified;
    what.reason = "pipeline " + report_.job;
    steps_.ask<promoted>(job_stage::promote, registry(), what,
                         [this](const promoted& moved) {
                           report_.alias = moved.alias;
                           report_.alias_was_there = moved.was_there;
                           report_.at = moved.at;
                           variant_.state = variant_state::deployed;
                           copy_out();
                         });
  }

  void copy_out() {
    if (request_.out.empty())
      return done();
    steps_.ask<acknowledged>(job_stage::publish, steps_.services().pull,
                             export_model{variant_.artifact, {}, request_.out},
                             [this](const acknowledged&) { done(); });
  }

  void done() { end(error{ec::none, {}}); }

  void change(variant_state to, job_stage stage, std::function<void()> next) {
    variant_.state = to;
    steps_.ask<variant_record>(stage, registry(),
                               change_variant{variant_, stands_},
                               [this, next](const variant_record& changed) {
                                 variant_ = changed;
                                 next();
                               });
  }

  /// The variant becomes Failed with the reason before anyone hears of it; one
  /// that stands and was made anew stays as it was.
  void failed(error reason) {
    drop_staging(); // a full disk has room again for what is to be written
    if (!is_begun_)
      return end(std::move(reason));
    variant_.state = variant_state::failed;
    variant_.reason = reason.text;
    failure_ = std::move(reason);
    write_failure(0);
  }

public:
  /// A disk that was full may have room again in a while.
  void write_failure(uint32_t attempt) {
    self_
      ->request(registry(), command_limit, steps_.from(),
                change_variant{variant_, stands_})
      .then(
        [this](const variant_record& now) {
          variant_.state = now.state;
          end(failure_);
        },
        [this, attempt](const caf::error& e) {
          const auto code = from_caf(e).code;
          const auto may_pass =
            code == ec::resource_exhausted || code == ec::unavailable;
          if (!may_pass || attempt == failure_attempts
              || steps_.from().cancel.is_cancelled()) {
            log_error(steps_.from(), "the variant's failure is not written",
                      {{"reason", from_caf(e).text}});
            return end(failure_); // the next job of it takes it over
          }
          self_->delayed_send(self_, failure_pause * (1 << attempt), op::tick_v,
                              attempt + 1);
        });
  }

private:
  [[nodiscard]] job_state state_after(const error& failure) const {
    if (failure.code == ec::none)
      return job_state::done;
    if (failure.code != ec::cancelled)
      return job_state::failed;
    return steps_.services().is_parking->load() && !request_.stored.empty()
             ? job_state::parked
             : job_state::cancelled;
  }

  void end(error failure) {
    steps_.stop();
    job_.state = state_after(failure);
    job_.reason = failure.text;
    job_.ended_at = wall_clock();
    report_.variant = variant_;
    report_.stages = steps_.stages;
    report_.seconds = job_steps::seconds_since(started_);
    drop_staging();
    put_job([this, failure] {
      self_->send(steps_.listener(), steps_.from(),
                  job_outcome{report_.job,
                              std::make_shared<const pipeline_report>(report_),
                              nullptr, failure});
      self_->quit();
    });
  }

  void drop_staging() {
    for (const auto& folder : {staging_, source_folder_})
      if (!folder.empty())
        self_->send(steps_.services().artifacts, steps_.from(),
                    remove_staging{folder});
  }

  /// Records the job; goes on even if that fails: the job's own outcome is
  /// what counts, and a job without its end is found interrupted at the next
  /// start.
  void put_job(std::function<void()> next) {
    auto key = keys::job(job_.id);
    if (!key)
      return next();
    transaction change;
    change.then.push_back(put{*key, storage::encode(job_), false});
    self_
      ->request(steps_.services().writer, command_limit, steps_.from(), change)
      .then([next](const commit_result&) { next(); },
            [this, next](caf::error& e) {
              log_error(steps_.from(), "job record not written",
                        {{"reason", from_caf(e).text}});
              if (job_.state == job_state::running)
                return steps_.fail(e);
              next();
            });
  }

  [[nodiscard]] const registry_actor& registry() const {
    return steps_.services().registry;
  }

  [[nodiscard]] static std::string
  joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts)
      text += (text.empty() ? "" : "; ") + part;
    return text;
  }

  caf::event_based_actor* self_;
  pipeline_request request_;
  std::shared_ptr<const trivium::recipe> recipe_;
  job_steps steps_;
  std::chrono::steady_clock::time_point started_;
  pipeline_report report_;
  version_record source_;
  variant_record variant_;
  job_record job_;
  error failure_; ///< Before the variant's record says it.
  planned_job_ptr planned_;
  std::filesystem::path staging_;       ///< Of the variant.
  std::filesystem::path source_folder_; ///< Links to the float model.
  std::optional<variant_record> lost_;  ///< What stands without its files.
  bool is_begun_ = false;               ///< The variant is being made.
  bool stands_ = false; ///< An older make of it is Verified or Deployed.
};

caf::behavior pipeline_job(caf::stateful_actor<pipeline_job_state>* self,
                           job_services services, envelope from,
                           pipeline_request request,
                           job_listener_actor listener) {
  enlist(self);
  self->state.run =
    std::make_shared<pipeline_run>(self, std::move(services), std::move(from),
                                   std::move(request), std::move(listener));
  self->state.run->start();
  // Keeps the actor alive while its requests are under way.
  return {[](op::cancel) {},
          [self](op::tick, uint32_t attempt) {
            self->state.run->write_failure(attempt);
          }};
}

} // namespace trivium::actors
