#include "tools/measure/registry/load_run.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace trivium::bench {

namespace {

std::chrono::nanoseconds nanoseconds(double seconds) {
  return std::chrono::nanoseconds{static_cast<int64_t>(seconds * 1e9)};
}

/// What is outstanding cannot be taken back.
[[noreturn]] void give_up() {
  std::fprintf(stderr, "load: no call ended for %lld s\n",
               static_cast<long long>(longest_silence.count()));
  std::_Exit(1);
}

} // namespace

load_run::load_run(load_plan plan, const std::vector<channel>& channels,
                   const slot_maker& make, std::unique_ptr<feed> watch)
  : plan_(plan), feed_(std::move(watch)) {
  for (size_t i = 0; i < plan_.outstanding; ++i) {
    slots_.push_back(make(channels.at(i % channels.size())));
    slots_.back()->ended = [this](slot& with) { call_ended(with); };
    idle_.push_back(slots_.back().get());
  }
  if (feed_)
    feed_->seen = [this](uint64_t number) { told(number); };
}

load_report load_run::run() {
  await_feed();
  begin_ = heard_ = steady::now();
  counted_from_ = begin_ + nanoseconds(plan_.warm_up);
  until_ = counted_from_ + nanoseconds(plan_.seconds);
  do {
    begin_due_calls();
    handle_one(steady::now() + std::chrono::milliseconds{1});
    if (steady::now() - heard_ > longest_silence)
      give_up();
  } while (may_begin(steady::now()) || idle_.size() < slots_.size());
  // A run that was limited by its number of calls ended when they did.
  const auto ended = std::min(steady::now(), until_);
  report_.seconds =
    std::chrono::duration<double>(ended - counted_from_).count();
  report_.next = plan_.first + begun_;
  await_events();
  for (const auto& one : slots_)
    one->close();
  queue_.Shutdown();
  while (handle_one(steady::now() + std::chrono::seconds{10}))
    ;
  return std::move(report_);
}

bool load_run::may_begin(steady::time_point now) const {
  return now < until_ && (plan_.most == 0 || begun_ < plan_.most);
}

void load_run::begin_due_calls() {
  const auto now = steady::now();
  while (!idle_.empty() && may_begin(now)) {
    auto due = now;
    if (plan_.rate > 0) {
      due = begin_ + nanoseconds(static_cast<double>(begun_) / plan_.rate);
      if (due > now)
        return;
    }
    auto& next = *idle_.back();
    idle_.pop_back();
    begin_call(next, due);
  }
}

void load_run::begin_call(slot& with, steady::time_point due) {
  with.began = due;
  const auto number = plan_.first + begun_++;
  if (feed_) {
    began_.push_back(due);
    is_told_.push_back(false);
  }
  with.start(queue_, number);
}

void load_run::call_ended(slot& with) {
  const auto now = heard_ = steady::now();
  auto failure = with.failure();
  if (!failure.empty() && report_.errors++ == 0)
    report_.error = std::move(failure);
  if (told_from_ && with.number - plan_.first >= *told_from_ && failure.empty())
    ++report_.events.acknowledged;
  if (now >= counted_from_ && now < until_) {
    report_.latency.record(now - with.began);
    report_.bytes += with.bytes();
  }
  idle_.push_back(&with);
  if (plan_.rate == 0 && may_begin(now)) {
    idle_.pop_back();
    begin_call(with, now);
  }
}

void load_run::told(uint64_t number) {
  const auto index = number - plan_.first;
  if (!told_from_)
    told_from_ = begun_;
  if (index < *told_from_ || index >= began_.size())
    return;
  if (is_told_[index]) {
    ++report_.events.twice;
    return;
  }
  is_told_[index] = true;
  ++report_.events.seen;
  report_.events.latency.record(steady::now() - began_[index]);
}

bool load_run::handle_one(steady::time_point until) {
  void* tag = nullptr;
  auto is_fine = false;
  const auto wait = std::chrono::system_clock::now()
                    + std::max(until - steady::now(), steady::duration{0});
  if (queue_.AsyncNext(&tag, &is_fine, wait)
      != grpc::CompletionQueue::GOT_EVENT)
    return false;
  static_cast<completion*>(tag)->completed(is_fine);
  return true;
}

void load_run::await_feed() {
  if (!feed_)
    return;
  feed_->start(queue_);
  const auto limit = steady::now() + std::chrono::seconds{5};
  while (!feed_->is_reading() && steady::now() < limit)
    handle_one(limit);
}

void load_run::await_events() {
  if (!feed_)
    return;
  const auto limit = steady::now() + std::chrono::seconds{5};
  while (report_.events.seen < report_.events.acknowledged
         && steady::now() < limit)
    handle_one(limit);
  feed_->stop();
}

} // namespace trivium::bench
