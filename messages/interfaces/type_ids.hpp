#pragma once

// Every type that actors exchange through the interfaces of this folder. All
// stay inside one process: what leaves it is in wire.hpp, so none is
// serialized.

#include "messages/interfaces/commit_batch.hpp"
#include "messages/interfaces/registration_call.hpp"
#include "messages/interfaces/wire.hpp"
#include "messages/values/commands.hpp"
#include "messages/values/control.hpp"
#include "messages/values/envelope.hpp"
#include "messages/values/job.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <memory>
#include <vector>

namespace trivium {

/// Large reports are shared, not copied from mailbox to mailbox.
using pipeline_report_ptr = std::shared_ptr<const pipeline_report>;
using quantize_report_ptr = std::shared_ptr<const quantize_report>;
using transaction_ptr = std::shared_ptr<const transaction>;

using job_details_ptr = std::shared_ptr<const job_details>;

/// Of the job runner.
struct list_jobs {};
struct get_job {
  std::string job;
};
struct stop_job {
  std::string job;
};
struct resume_jobs {};
struct park_jobs {};

/// "Done", where there is nothing else to say. (CAF answers `unit` with an
/// empty message, which no typed continuation takes.)
struct acknowledged {};

/// How a job ended: one of the reports, or the error.
struct job_outcome {
  std::string job;
  pipeline_report_ptr pipeline;
  quantize_report_ptr quantize;
  error failure; ///< ec::none when it succeeded.
  std::shared_ptr<const version_registered> registered{};
};

} // namespace trivium

namespace trivium {

/// Hears that the log goes up to this revision.
using event_listener_actor = caf::typed_actor<caf::reacts_to<revision>>;

/// Hears every change of every job.
using job_watcher_actor =
  caf::typed_actor<caf::reacts_to<envelope, job_status>>;

/// Hears how a job goes on and, once, how it ended.
using job_listener_actor =
  caf::typed_actor<caf::reacts_to<envelope, job_progress>,
                   caf::reacts_to<envelope, job_outcome>>;

} // namespace trivium

#define TRIVIUM_MESSAGE_TYPES(apply)                                           \
  apply(trivium::envelope) apply(trivium::acknowledged)                        \
    apply(trivium::register_version) apply(trivium::version_registered)        \
      apply(trivium::begin_variant) apply(trivium::variant_begun)              \
        apply(trivium::change_variant) apply(trivium::promote)                 \
          apply(trivium::promoted) apply(trivium::resolve_alias) apply(        \
            trivium::get_variant) apply(trivium::variant_record)               \
            apply(trivium::resolved_alias) apply(trivium::job_record) apply(   \
              trivium::event_record) apply(trivium::transaction)               \
              apply(trivium::commit_result) apply(trivium::read_key) apply(    \
                trivium::read_prefix) apply(trivium::key_value)                \
                apply(std::vector<trivium::key_value>) apply(                  \
                  trivium::pipeline_request) apply(trivium::quantize_request)  \
                  apply(trivium::job_progress) apply(trivium::job_outcome)     \
                    apply(trivium::get_version) apply(trivium::version_record) \
                      apply(trivium::read_history)                             \
                        apply(trivium::read_changes) apply(trivium::read_head) \
                          apply(std::vector<trivium::change>) apply(           \
                            trivium::job_request) apply(trivium::list_jobs)    \
                            apply(std::vector<trivium::job_status>) apply(     \
                              trivium::job_status) apply(trivium::get_job)     \
                              apply(trivium::job_details_ptr) apply(           \
                                trivium::stop_job) apply(trivium::resume_jobs) \
                                apply(trivium::park_jobs)                      \
                                  apply(trivium::registration_ptr)             \
                                    apply(trivium::registration_calls)         \
                                      apply(trivium::commit_batch_ptr)         \
                                        apply(trivium::delete_model)           \
                                          apply(trivium::model_deleted)        \
                                            apply(trivium::delete_alias)       \
                                              apply(trivium::alias_deleted)    \
                                                apply(trivium::end_lease)      \
                                                  apply(trivium::lease_ended)

#define TRIVIUM_LOCAL_TYPE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)
TRIVIUM_MESSAGE_TYPES(TRIVIUM_LOCAL_TYPE)

#define TRIVIUM_TYPE_ID(type) CAF_ADD_TYPE_ID(trivium, (type))
CAF_BEGIN_TYPE_ID_BLOCK(trivium, caf::id_block::trivium_wire::end)
TRIVIUM_MESSAGE_TYPES(TRIVIUM_TYPE_ID)
CAF_ADD_TYPE_ID(trivium, (trivium::event_listener_actor))
CAF_ADD_TYPE_ID(trivium, (trivium::job_listener_actor))
CAF_ADD_TYPE_ID(trivium, (trivium::job_watcher_actor))
CAF_ADD_ATOM(trivium, trivium::op, flush, "flush")
CAF_ADD_ATOM(trivium, trivium::op, cancel, "cancel")
CAF_ADD_ATOM(trivium, trivium::op, probe, "probe")
CAF_ADD_ATOM(trivium, trivium::op, tick, "tick")
CAF_END_TYPE_ID_BLOCK(trivium)
