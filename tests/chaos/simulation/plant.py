#!/usr/bin/env python3
"""Writes copies of the registry's sources with bugs in them, each asleep until
`--plant N` of the simulation wakes it.

    plant.py SOURCES OUT    writes OUT/NAME.cpp for each file of the table
    plant.py --files        names these files
    plant.py --names        names the bugs, the first one is number 1
"""

import pathlib
import sys

REGISTRY = "actors/registry/"

# (name, file, what is there, what is there instead). `PLANTED` asks whether
# this bug is awake.
BUGS = [
    ("a registration is written without its compare",
     REGISTRY + "registration_plan.cpp",
     "  change.when.push_back(\n"
     "    unchanged(key, standing != nullptr ? standing->modified : 0));\n",
     "  if (!PLANTED)\n"
     "    change.when.push_back(\n"
     "      unchanged(key, standing != nullptr ? standing->modified : 0));\n"),
    ("a compare takes any revision for the one that was read",
     REGISTRY + "book_steps.cpp",
     "    modified == 0 ? compare::what::absent : compare::what::modified_is;",
     "    modified == 0 ? compare::what::absent\n"
     "    : PLANTED     ? compare::what::exists\n"
     "                  : compare::what::modified_is;"),
    ("who waits behind a registration of its model is forgotten",
     REGISTRY + "registrar.cpp",
     "  auto& waiting = place->second;\n",
     "  auto& waiting = place->second;\n"
     "  if (PLANTED)\n"
     "    waiting.clear();\n"),
    ("a registration that lost its compare is not tried again",
     REGISTRY + "registrar.cpp",
     "    const auto is_lost = result && !result->succeeded && !result->lacks_lease;\n",
     "    const auto is_lost = !PLANTED && result && !result->succeeded\n"
     "                         && !result->lacks_lease;\n"),
    ("the answers of a batch are shifted by one",
     REGISTRY + "registrar.cpp",
     "    const auto& result = landed->batch->results[i];\n",
     "    const auto& result =\n"
     "      landed->batch->results[PLANTED ? (i + 1) % landed->calls.size() : i];\n"),
    ("a registration that is tried again is answered before that",
     REGISTRY + "registrar.cpp",
     "    if (!is_lost || tries >= most_tries)\n",
     "    if (PLANTED && is_lost)\n"
     "      tell(landed->calls[i], result);\n"
     "    if (!is_lost || tries >= most_tries)\n"),
    ("a deleted alias has no event",
     REGISTRY + "book_aliases.cpp",
     "  add_event(step,\n"
     "            event_of(event_kind::alias_deleted, model_,\n",
     "  if (!PLANTED)\n"
     "  add_event(step,\n"
     "            event_of(event_kind::alias_deleted, model_,\n"),
    ("a registration leaves its lease when it is repeated",
     REGISTRY + "registration_plan.cpp",
     "    if (lease == 0)\n      lease = standing->lease;\n",
     "    if (lease == 0 && !PLANTED)\n      lease = standing->lease;\n"),
    ("a standing registration is given a lease of its own",
     REGISTRY + "registration_plan.cpp",
     "  record.changed_at = now;\n",
     "  record.changed_at = now;\n"
     "  if (PLANTED && standing != nullptr && command.lease == 0\n"
     "      && command.ttl_seconds > 0) {\n"
     "    lease = new_lease;\n"
     "    change.then.emplace_back(\n"
     "      grant_lease{static_cast<uint64_t>(command.ttl_seconds) * 1000});\n"
     "  }\n"),
    ("the revision of the first registration is told as that of the last",
     REGISTRY + "registration_plan.cpp",
     "  if (answer.created == 0)\n",
     "  if (answer.created == 0 || PLANTED)\n"),
    ("idempotency keys are forgotten with the next registration",
     REGISTRY + "registration_plan.cpp",
     "    for (auto& seen : record.seen)\n",
     "    if (PLANTED)\n"
     "      record.seen.clear();\n"
     "    for (auto& seen : record.seen)\n"),
    ("an idempotency key is known whatever is asked under it",
     REGISTRY + "registration_plan.cpp",
     "      if (seen->fingerprint != fingerprint(command))\n",
     "      if (!PLANTED && seen->fingerprint != fingerprint(command))\n"),
    ("the newest version is the one that came last",
     REGISTRY + "registration_plan.cpp",
     "  record.newest = facts.highest != nullptr && command.version < *facts.highest\n",
     "  record.newest = facts.highest != nullptr && !PLANTED\n"
     "                      && command.version < *facts.highest\n"),
    ("a registration is written though its client is gone",
     REGISTRY + "registrar.cpp",
     "  if (call->from().cancel.is_cancelled()) {",
     "  if (!PLANTED && call->from().cancel.is_cancelled()) {"),
    ("a model that was read once is not looked at again",
     REGISTRY + "model.cpp",
     "  if (std::exchange(state.seen, head) == head && head != 0)\n",
     "  const auto seen = std::exchange(state.seen, head);\n"
     "  if ((seen == head || (PLANTED && seen != 0)) && head != 0)\n"),
    ("a model's book is changed before the commit, and stays so when it fails",
     REGISTRY + "model.cpp",
     "        todo->deliver(fail(from_caf(e)));\n",
     "        if (PLANTED) {\n"
     "          const auto head = services.store->head();\n"
     "          static_cast<void>(\n"
     "            self->state.book->committed(step->change, {true, head}));\n"
     "          return todo->deliver(fail(from_caf(e)));\n"
     "        }\n"
     "        todo->deliver(fail(from_caf(e)));\n"),
    ("a commit that failed is acknowledged",
     REGISTRY + "metadata_writer.cpp",
     "      tell(askers[i], fail(results.error()));\n",
     "      tell(askers[i],\n"
     "           PLANTED ? expected<commit_result>{commit_result{true,\n"
     "                                                           store.head()}}\n"
     "                   : fail(results.error()));\n"),
    ("a lease is ended a second before its time",
     REGISTRY + "lease_keeper.cpp",
     "  const auto over = services.store->expired(state.most);\n",
     "  auto over = services.store->expired(state.most);\n"
     "  if (PLANTED)\n"
     "    if (const auto leases = services.store->range(\"leases/\"); leases)\n"
     "      for (const auto& one : *leases)\n"
     "        if (const auto held = services.store->lease(one.created);\n"
     "            held && held->remaining_ms > 0 && held->remaining_ms < 1000)\n"
     "          over.push_back(one.created);\n"),
    ("a registration whose lease is over leaves without an event",
     REGISTRY + "lease_end.cpp",
     "    const auto is_registration = keys::is_registration(key);\n",
     "    const auto is_registration = !PLANTED && keys::is_registration(key);\n"),
    ("a version is deleted under an alias",
     REGISTRY + "book_registrations.cpp",
     "    if (!command.version || alias.record.version == *command.version)\n",
     "    if (!PLANTED\n"
     "        && (!command.version || alias.record.version == *command.version))\n"),
]


def planted(path, text):
    """The file's text with all of its bugs."""
    for number, (name, where, old, new) in enumerate(BUGS, 1):
        if where != path:
            continue
        asks = f"::trivium::test::is_planted({number})"
        if text.count(old) != 1:
            sys.exit(f"plant.py: bug {number} ({name}): its text stands "
                     f"{text.count(old)} times in {path}, not once")
        text = text.replace(old, new.replace("PLANTED", asks))
    return '#include "tests/chaos/simulation/planted.hpp"\n' + text


def files():
    return sorted({bug[1] for bug in BUGS})


def main(arguments):
    if arguments == ["--files"]:
        print(";".join(files()), end="")
    elif arguments == ["--names"]:
        print("\n".join(bug[0] for bug in BUGS))
    elif len(arguments) == 2:
        sources, out = map(pathlib.Path, arguments)
        out.mkdir(parents=True, exist_ok=True)
        for path in files():
            text = (sources / path).read_text(encoding="utf-8")
            (out / pathlib.Path(path).name).write_text(planted(path, text),
                                                       encoding="utf-8")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
