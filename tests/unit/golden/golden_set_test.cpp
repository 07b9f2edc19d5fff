#include "storage/golden/golden_set.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/golden/golden_folder.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace trivium;
using namespace trivium::storage;
using namespace trivium::storage::test;
using namespace trivium::test;

namespace {

namespace fs = std::filesystem;

golden_set small_set() {
  golden_set set;
  set.source = *digest::parse(std::string(64, 'a'));
  set.executor = "OpenVINO 2026.4.1";
  set.precision = "f32";
  set.cpu = "a \"quoted\" processor";
  set.created = "2026-01-02T03:04:05Z";
  set.notes = "two cases";
  for (const auto* name : {"line-1", "line-2"})
    set.cases.push_back(
      {name,
       {tensor<float>("in/put:0", tensor_type::f32, {1, 2}, {1, 2})},
       {tensor<float>("y", tensor_type::f32, {2}, {3, 4}),
        tensor<int64_t>("label", tensor_type::i64, {}, {7})}});
  return set;
}

struct bench : golden_folder {
  fs::path set_folder = path() / "golden";

  /// A saved small_set whose golden.json has `seen` replaced by `wanted`.
  void spoil(const std::string& seen, const std::string& wanted) const {
    BOOST_REQUIRE(save_golden(small_set(), set_folder));
    auto json = content_of(set_folder / "golden.json");
    const auto at = json.find(seen);
    BOOST_REQUIRE(at != std::string::npos);
    json.replace(at, seen.size(), wanted);
    (void)file("golden/golden.json", json);
  }

  ec refusal() const {
    const auto set = load_golden(set_folder);
    return set ? ec::none : set.error().code;
  }

  size_t entries() const {
    return static_cast<size_t>(
      std::distance(fs::directory_iterator{path()}, fs::directory_iterator{}));
  }
};

bool same(const std::vector<tensor_value>& a,
          const std::vector<tensor_value>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) {
                      return x.name == y.name && x.type == y.type
                             && x.shape == y.shape && x.bytes == y.bytes;
                    });
}

/// What a stranger's golden.json may say instead of what we wrote.
struct change {
  const char* seen;
  const char* wanted;
};

std::ostream& operator<<(std::ostream& out, const change& c) {
  return out << c.wanted;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeping_golden_sets, bench)

BOOST_AUTO_TEST_CASE(reads_back_what_was_saved) {
  const auto set = small_set();

  const auto saved = save_golden(set, set_folder);
  const auto loaded = load_golden(set_folder);

  BOOST_REQUIRE_MESSAGE(saved, text(saved));
  BOOST_REQUIRE_MESSAGE(loaded, text(loaded));
  BOOST_TEST((loaded->source == set.source));
  BOOST_TEST(loaded->executor == set.executor);
  BOOST_TEST(loaded->precision == set.precision);
  BOOST_TEST(loaded->cpu == set.cpu);
  BOOST_TEST(loaded->created == set.created);
  BOOST_TEST(loaded->notes == set.notes);
  BOOST_TEST(!loaded->has_made_up_inputs);
  BOOST_REQUIRE_EQUAL(loaded->cases.size(), 2);
  for (size_t i = 0; i < 2; ++i) {
    BOOST_TEST(loaded->cases[i].name == set.cases[i].name);
    BOOST_TEST(same(loaded->cases[i].inputs, set.cases[i].inputs));
    BOOST_TEST(same(loaded->cases[i].outputs, set.cases[i].outputs));
  }
}

BOOST_AUTO_TEST_CASE(remembers_that_inputs_were_made_up) {
  auto set = small_set();
  set.has_made_up_inputs = true;

  BOOST_REQUIRE(save_golden(set, set_folder));

  BOOST_TEST(load_golden(set_folder)->has_made_up_inputs);
}

BOOST_AUTO_TEST_CASE(leaves_nothing_else_beside_the_folder) {
  BOOST_REQUIRE(save_golden(small_set(), set_folder));

  BOOST_TEST(entries() == 1);
}

BOOST_AUTO_TEST_CASE(replaces_no_folder_that_holds_something) {
  const auto kept = file("golden/mine.txt", "mine");

  const auto saved = save_golden(small_set(), set_folder);

  BOOST_TEST(code(saved) == ec::already_exists);
  BOOST_TEST(content_of(kept) == "mine");
  BOOST_TEST(entries() == 1);
}

BOOST_AUTO_TEST_CASE(saves_into_an_empty_folder_named_with_a_slash) {
  fs::create_directory(set_folder);

  BOOST_TEST(save_golden(small_set(), set_folder.native() + "/").has_value());

  BOOST_TEST(load_golden(set_folder).has_value());
}

BOOST_AUTO_TEST_CASE(leaves_nothing_behind_when_a_tensor_cannot_be_saved) {
  auto set = small_set();
  set.cases[1].outputs[0].bytes.pop_back();

  BOOST_TEST(!save_golden(set, set_folder).has_value());

  BOOST_TEST(entries() == 0);
}

BOOST_AUTO_TEST_CASE(saves_no_set_without_a_case) {
  BOOST_TEST(code(save_golden({}, set_folder)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(reads_the_example_of_its_documentation) {
  const auto page = content_of(TRIVIUM_SOURCE_DIR "/docs/formats/golden.md");
  const auto begin = page.find("```json\n") + 8;
  (void)file("golden/golden.json",
             page.substr(begin, page.find("```", begin) - begin));
  BOOST_REQUIRE(save_golden(small_set(), path() / "other"));
  for (const auto* name : {"0000.in-00.npy", "0000.out-00.npy"})
    fs::copy_file(path() / "other" / name, set_folder / name);

  const auto loaded = load_golden(set_folder);

  BOOST_REQUIRE_MESSAGE(loaded, text(loaded));
  BOOST_TEST(loaded->cases.at(0).name == "line-1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(refusing_golden_sets, bench)

BOOST_AUTO_TEST_CASE(without_golden_json) {
  fs::create_directory(set_folder);

  BOOST_TEST(refusal() == ec::not_found);
}

BOOST_AUTO_TEST_CASE(whose_array_is_missing) {
  BOOST_REQUIRE(save_golden(small_set(), set_folder));
  fs::remove(set_folder / "0001.out-01.npy");

  BOOST_TEST(refusal() == ec::not_found);
}

BOOST_AUTO_TEST_CASE(whose_array_has_another_shape_than_declared) {
  BOOST_REQUIRE(save_golden(small_set(), set_folder));
  fs::copy_file(set_folder / "0000.out-00.npy", set_folder / "0001.in-00.npy",
                fs::copy_options::overwrite_existing);

  BOOST_TEST(refusal() == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(whose_array_is_a_symbolic_link) {
  BOOST_REQUIRE(save_golden(small_set(), set_folder));
  fs::rename(set_folder / "0000.in-00.npy", path() / "outside.npy");
  fs::create_symlink(path() / "outside.npy", set_folder / "0000.in-00.npy");

  BOOST_TEST(refusal() == ec::permission_denied);
}

BOOST_AUTO_TEST_CASE(of_another_version) {
  spoil(R"("version":1)", R"("version":2)");

  BOOST_TEST(refusal() == ec::unsupported);
}

BOOST_AUTO_TEST_CASE(of_more_bytes_than_allowed) {
  BOOST_REQUIRE(save_golden(small_set(), set_folder));

  BOOST_TEST(code(load_golden(set_folder, 47)) == ec::resource_exhausted);
}

BOOST_DATA_TEST_CASE_F(
  bench, whose_json_breaks_a_rule,
  boost::unit_test::data::make(std::vector<change>{
    {"{", ""},
    {R"("trivium-golden")", R"("tensors")"},
    {R"("version":1)", R"("version":"1")"},
    {R"("version":1)", R"("version":1,"version":1)"},
    {R"("version":1)", R"("version":1,"extra":0)"},
    {R"("source":"aaaa)", R"("source":"AAAA)"},
    {R"("made_up_inputs":false)", R"("made_up_inputs":0)"},
    {R"("created":)", R"("when":)"},
    {R"("name":"line-2")", R"("name":"line-1")"},
    {R"("name":"line-2")", R"("name":"../line")"},
    {R"("name":"label")", R"("name":"y")"},
    {R"("file":"0000.in-00.npy")", R"("file":"../0000.in-00.npy")"},
    {R"("file":"0000.in-00.npy")", R"("file":"/etc/passwd")"},
    {R"("file":"0000.in-00.npy")", R"("file":"")"},
    {R"("file":"0000.in-00.npy")", R"("file":"a\u0000.npy")"},
    {R"("type":"f32")", R"("type":"float")"},
    {R"("shape":[1,2])", R"("shape":[1,-2])"},
    {R"("shape":[1,2])", R"("shape":[1,2.0])"},
    {R"("shape":[1,2])", R"("shape":[2,1])"},
    {R"("shape":[1,2])", R"("shape":2)"},
  }),
  planted) {
  spoil(planted.seen, planted.wanted);

  const auto code = refusal();

  BOOST_TEST((code == ec::invalid_argument || code == ec::permission_denied),
             to_string(code));
}

BOOST_AUTO_TEST_SUITE_END()
