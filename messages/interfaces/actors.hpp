#pragma once

// Who can be asked for what. Every request opens with the envelope: on whose
// behalf, until when, in which trace; an actor's messages to itself (`op::…`)
// do without. Errors are those of messages/values/ec.hpp.

#include "messages/interfaces/type_ids.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace trivium {

/// The only writer to the metadata engine. Detached; group commit: what waits
/// while one sync runs goes into the next write together.
using metadata_writer_actor = caf::typed_actor<
  // Applies the transaction, each with its own revision; answers when it is
  // durable. A lost compare is an answer (succeeded = false), not an error.
  // Answers whatever it took, without an end: who asks needs no time-out.
  // Errors: resource_exhausted (disk full), data_loss, unavailable,
  // deadline_exceeded (before it was written).
  caf::replies_to<envelope, transaction>::with<commit_result>,
  // The same for many; errors are those of each. The batch itself comes back.
  caf::replies_to<commit_batch_ptr>::with<commit_batch_ptr>,
  caf::reacts_to<op::flush>>;

/// Reads of the engine, off the pooled threads.
using metadata_reader_actor = caf::typed_actor<
  // The key's value. Errors: not_found, compacted.
  caf::replies_to<envelope, read_key>::with<key_value>,
  // All keys with the prefix, in order.
  caf::replies_to<envelope, read_prefix>::with<std::vector<key_value>>,
  // Every value that the key had, oldest first.
  caf::replies_to<envelope, read_history>::with<std::vector<change>>,
  // What some revisions changed, in order.
  caf::replies_to<envelope, read_changes>::with<std::vector<change>>,
  // The last revision.
  caf::replies_to<envelope, read_head>::with<uint64_t>>;

/// One active model: its versions, variants and aliases. Loads them on first
/// use; every change is durable before it is answered.
using model_actor = caf::typed_actor<
  // Errors: already_exists (the version with another artifact; names the next
  // free version), conflict.
  caf::replies_to<envelope, register_version>::with<version_registered>,
  // Errors: not_found (version), failed_precondition (another job makes it).
  caf::replies_to<envelope, begin_variant>::with<variant_begun>,
  // Errors: not_found, failed_precondition (no edge of the state graph).
  caf::replies_to<envelope, change_variant>::with<variant_record>,
  // Errors: not_found, failed_precondition (state, or verdict too weak; the
  // alias stays where it was).
  caf::replies_to<envelope, promote>::with<promoted>,
  // Errors: not_found, failed_precondition (an alias points there).
  caf::replies_to<envelope, delete_model>::with<model_deleted>,
  // Errors: not_found, conflict.
  caf::replies_to<envelope, delete_alias>::with<alias_deleted>,
  // Error: not_found.
  caf::replies_to<envelope, resolve_alias>::with<resolved_alias>,
  // Error: not_found.
  caf::replies_to<envelope, get_version>::with<version_record>,
  // Error: not_found.
  caf::replies_to<envelope, get_variant>::with<variant_record>>;

/// Finds or activates the model's actor and passes the command on: the same
/// messages, the same answers.
using registry_actor = model_actor::extend<caf::reacts_to<op::tick>>;

/// Registers versions of any models, those of different models side by side:
/// what arrives together is committed together. Calls are answered one by one,
/// through themselves, once they are durable.
using registrar_actor = caf::typed_actor<caf::reacts_to<registration_ptr>,
                                         caf::reacts_to<registration_calls>,
                                         caf::reacts_to<op::flush>>;

/// Ends leases: those whose time is over by itself.
using lease_actor = caf::typed_actor<
  // What it holds leaves discovery. Error: not_found.
  caf::replies_to<envelope, end_lease>::with<lease_ended>,
  caf::reacts_to<op::tick>>;

/// Tells listeners that there are new events: they read them in the log.
using event_bus_actor = caf::typed_actor<
  // The log goes up to this revision; the writer says so.
  caf::reacts_to<revision>,
  // Adds a listener; it is forgotten when it ends.
  caf::reacts_to<envelope, event_listener_actor>>;

/// Runs jobs, some at once, the others in the order of their coming. Submitting
/// answers with the job's id at once.
using job_runner_actor = caf::typed_actor<
  // Progress and the outcome go to the listener.
  caf::replies_to<envelope, pipeline_request,
                  job_listener_actor>::with<std::string>,
  caf::replies_to<envelope, quantize_request,
                  job_listener_actor>::with<std::string>,
  // Nobody in particular listens. Errors: invalid_argument,
  // resource_exhausted (too many wait), unavailable (the node stops).
  caf::replies_to<envelope, job_request>::with<std::string>,
  // Queued and running ones, oldest first.
  caf::replies_to<envelope, list_jobs>::with<std::vector<job_status>>,
  // Also of the last ones that ended. Error: not_found.
  caf::replies_to<envelope, get_job>::with<job_details_ptr>,
  // Answers when the job knows, not when it has ended. Errors: not_found,
  // failed_precondition (it has ended).
  caf::replies_to<envelope, stop_job>::with<acknowledged>,
  // Adds a watcher of every job's changes; it is forgotten when it ends.
  caf::replies_to<envelope, job_watcher_actor>::with<acknowledged>,
  // Goes on with the jobs that an earlier process parked.
  caf::replies_to<envelope, resume_jobs>::with<acknowledged>,
  // Takes no more, parks what runs and waits; answers when all have stopped.
  caf::replies_to<envelope, park_jobs>::with<acknowledged>,
  caf::reacts_to<envelope, job_progress>,
  caf::reacts_to<envelope, job_outcome>>;

} // namespace trivium
