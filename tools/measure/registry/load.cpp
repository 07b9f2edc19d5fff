// bench_registry load TARGET OPERATION ADDRESS [NAME=VALUE…]
//
//   trivium   register, stream, again, get  (echo answers register too)
//   etcd      put, txn, range
//
// outstanding=64 channels=4 seconds=3 warm_up=0.5 rate=0 first=0 most=0
// prefix=load known=0 (ids that are registered) ttl=… watch=1 (times events
// too)

#include "tools/measure/registry/commands.hpp"
#include "tools/measure/registry/load_run.hpp"

#include <cstdio>
#include <map>
#include <stdexcept>
#include <sys/resource.h>

namespace trivium::bench {

namespace {

class options {
public:
  explicit options(words arguments) {
    for (const std::string word : arguments) {
      const auto equals = word.find('=');
      if (equals == std::string::npos)
        throw std::invalid_argument{word + " is not NAME=VALUE"};
      values_[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }

  std::string text(const std::string& name, const std::string& otherwise) {
    const auto found = values_.extract(name);
    return found ? found.mapped() : otherwise;
  }
  double number(const std::string& name, double otherwise) {
    const auto value = text(name, "");
    return value.empty() ? otherwise : std::stod(value);
  }
  uint64_t natural(const std::string& name, uint64_t otherwise) {
    return static_cast<uint64_t>(number(name, static_cast<double>(otherwise)));
  }

  void refuse_rest() const {
    if (!values_.empty())
      throw std::invalid_argument{"unknown option " + values_.begin()->first};
  }

private:
  std::map<std::string, std::string> values_;
};

/// Connections of their own: channels with equal arguments would share one.
std::vector<channel> connect(const std::string& address, size_t count) {
  std::vector<channel> channels;
  for (size_t i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("trivium.bench.channel", static_cast<int>(i));
    // Half of a call's cost here is gRPC's preparation for what is not asked.
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
    channels.push_back(grpc::CreateCustomChannel(
      address, grpc::InsecureChannelCredentials(), arguments));
    if (!channels.back()->WaitForConnected(std::chrono::system_clock::now()
                                           + std::chrono::seconds{10}))
      throw std::runtime_error{"no connection to " + address};
  }
  return channels;
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec)
           + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string quoted(std::string text) {
  for (auto& c : text)
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20)
      c = ' ';
  return "\"" + text + "\"";
}

void print_times(const char* front, const histogram& times) {
  std::printf("\"%sp50_us\":%.1f,\"%sp99_us\":%.1f,\"%sp999_us\":%.1f,"
              "\"%smax_us\":%.1f,",
              front, times.at_us(0.5), front, times.at_us(0.99), front,
              times.at_us(0.999), front, times.largest_us());
}

void print(const load_report& report, bool is_watched) {
  const auto calls = report.latency.count();
  std::printf("{\"per_second\":%.1f,\"calls\":%llu,",
              static_cast<double>(calls) / report.seconds,
              static_cast<unsigned long long>(calls));
  print_times("", report.latency);
  if (is_watched) {
    const auto& events = report.events;
    print_times("event_", events.latency);
    std::printf("\"acknowledged\":%llu,\"seen\":%llu,\"twice\":%llu,",
                static_cast<unsigned long long>(events.acknowledged),
                static_cast<unsigned long long>(events.seen),
                static_cast<unsigned long long>(events.twice));
  }
  std::printf("\"bytes\":%llu,\"next\":%llu,\"cpu_seconds\":%.2f,"
              "\"errors\":%llu,\"error\":%s}\n",
              static_cast<unsigned long long>(report.bytes),
              static_cast<unsigned long long>(report.next), cpu_seconds(),
              static_cast<unsigned long long>(report.errors),
              quoted(report.error).c_str());
}

} // namespace

int run_load(words arguments) {
  if (arguments.size() < 3)
    return 2;
  const std::string target = arguments[0];
  options given{arguments.subspan(3)};
  workload work;
  work.operation = arguments[1];
  work.prefix = given.text("prefix", work.prefix);
  work.known = given.natural("known", 0);
  if (const auto ttl = given.text("ttl", ""); !ttl.empty())
    work.ttl_seconds = std::stoll(ttl);
  load_plan plan;
  plan.outstanding = given.natural("outstanding", plan.outstanding);
  plan.seconds = given.number("seconds", plan.seconds);
  plan.warm_up = given.number("warm_up", plan.warm_up);
  plan.rate = given.number("rate", plan.rate);
  plan.first = given.natural("first", plan.first);
  plan.most = given.natural("most", plan.most);
  const auto is_watched = given.natural("watch", 0) == 1;
  const auto channel_count = given.natural("channels", 4);
  given.refuse_rest();

  const auto is_etcd = target == "etcd";
  const auto make = is_etcd ? etcd_slots(work) : trivium_slots(work);
  if (!make || (!is_etcd && target != "trivium"))
    throw std::invalid_argument{"no operation " + work.operation + " of "
                                + target};
  // The watch comes through a connection of its own.
  auto channels = connect(arguments[2], channel_count + (is_watched ? 1 : 0));
  std::unique_ptr<feed> watch;
  if (is_watched) {
    watch = is_etcd ? etcd_feed(channels.back(), work)
                    : trivium_feed(channels.back(), work);
    channels.pop_back();
  }
  load_run run{plan, channels, make, std::move(watch)};
  print(run.run(), is_watched);
  return 0;
}

} // namespace trivium::bench
