#include "messages/values/storage_uri.hpp"

#include "messages/values/names.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"

#include <array>
#include <random>

using namespace trivium;
using test::must;

namespace {

struct refusal {
  std::string text;
  std::string_view reason; ///< A part of the error's text.
};

void refuses_each(const std::vector<refusal>& rows) {
  for (const auto& [text, reason] : rows) {
    const auto made = storage_uri::parse(text);
    BOOST_TEST(test::code(made) == ec::invalid_argument, printable(text));
    BOOST_TEST(test::text(made).starts_with("storage_uri: "), printable(text));
    BOOST_TEST(test::text(made).find(reason) != std::string::npos,
               printable(text) << " → " << test::text(made));
  }
}

std::string canonical(std::string_view text) {
  return to_string(must(storage_uri::parse(text)));
}

/// What every value keeps to, whatever text it came from.
std::string broken_promise(const storage_uri& uri) {
  const auto again = storage_uri::parse(to_string(uri));
  if (!again || *again != uri)
    return "its canonical text is another URI";
  if (to_string(*again) != to_string(uri))
    return "two canonical texts";
  if (uri.path().find_first_of("%?#\\") != std::string::npos)
    return "a path that means something else when it is read again";
  if (printable(uri.path()) != uri.path())
    return "a path that cannot be shown";
  const auto is_file = uri.scheme() == storage_scheme::file;
  if (!is_plain_path(is_file ? uri.path() : "/" + uri.path()))
    return "a path that leads elsewhere";
  if (uri.bucket().empty() != is_file)
    return "a bucket";
  return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(storage_uris)

BOOST_AUTO_TEST_CASE(a_file_is_an_absolute_path) {
  const auto uri = must(storage_uri::parse("file:///models/resnet50/1.onnx"));

  BOOST_TEST(uri.is_set());
  BOOST_TEST((uri.scheme() == storage_scheme::file));
  BOOST_TEST(uri.bucket().empty());
  BOOST_TEST(uri.path() == "/models/resnet50/1.onnx");
}

BOOST_AUTO_TEST_CASE(an_s3_object_is_a_bucket_and_a_key) {
  const auto uri =
    must(storage_uri::parse("s3://my-models.eu/resnet50/1.onnx"));

  BOOST_TEST((uri.scheme() == storage_scheme::s3));
  BOOST_TEST(uri.bucket() == "my-models.eu");
  BOOST_TEST(uri.path() == "resnet50/1.onnx");
}

BOOST_AUTO_TEST_CASE(the_canonical_text_is_one) {
  BOOST_TEST(canonical("file:///a/b") == "file:///a/b");
  BOOST_TEST(canonical("s3://abc/date=2024/a+b") == "s3://abc/date=2024/a+b");
  BOOST_TEST(canonical("file:///%61") == "file:///a");
  BOOST_TEST(canonical("file:///a b") == "file:///a%20b");
  BOOST_TEST(canonical("file:///a%20b") == "file:///a%20b");
  BOOST_TEST(canonical("file:///%e6%a8%a1") == "file:///%E6%A8%A1");
  BOOST_TEST(canonical("file:///模") == "file:///%E6%A8%A1");
  BOOST_TEST(canonical("s3://abc/a@b:c") == "s3://abc/a@b:c");
  BOOST_TEST(canonical("file:///...") == "file:///...");
  BOOST_TEST(to_string(storage_uri{}).empty());
}

BOOST_AUTO_TEST_CASE(a_plus_is_no_space) {
  BOOST_TEST(must(storage_uri::parse("file:///a+b")).path() == "/a+b");
}

BOOST_AUTO_TEST_CASE(refuses_other_schemes) {
  refuses_each({{"", "no scheme"},
                {"/etc/passwd", "no scheme"},
                {"models/a", "no scheme"},
                {"file:/a", "no scheme"},
                {"file:a", "no scheme"},
                {"s3:bucket/key", "no scheme"},
                {"//host/share", "no scheme"},
                {"http://host/a", "\"http\""},
                {"https://host/a", "\"https\""},
                {"ftp://host/a", "\"ftp\""},
                {"gs://bucket/a", "\"gs\""},
                {"FILE:///a", "\"FILE\""},
                {"File:///a", "\"File\""},
                {"S3://bucket/a", "\"S3\""},
                {"s3a://bucket/a", "\"s3a\""},
                {" file:///a", "other characters"},
                {"fi%6ce:///a", "other characters"},
                {std::string("file\0:///a", 11), "other characters"}});
}

// Of public advisories against registries: what each let through.
BOOST_AUTO_TEST_CASE(refuses_what_others_let_through) {
  refuses_each({
    // CVE-2023-1177, CVE-2023-2356: dot segments
    {"file:///models/../../etc/passwd", "\"..\" at byte 15"},
    {"file:///../etc/passwd", "\"..\" at byte 8"},
    {"file:///models/./a", "\".\" at byte 15"},
    {"file:///models/..", "\"..\" at byte 15"},
    {"s3://bucket/a/../b", "\"..\" at byte 14"},
    // CVE-2023-2780: the same with backslashes
    {"file:///models/\\..\\..\\etc", "backslash"},
    {"file:///models/..\\a", "backslash"},
    {"file:///models/%5c..%5cetc", "\"%5c\" at byte 15"},
    // CVE-2023-6831, CVE-2024-1560: decoded once here, once more elsewhere
    {"file:///models/%2e%2e/etc/passwd", "\"..\" at byte 15"},
    {"file:///models/.%2E/etc/passwd", "\"..\" at byte 15"},
    {"file:///models/%252e%252e/etc/passwd", "\"%25\" at byte 15"},
    {"file:///models/%25252e%25252e/etc", "\"%25\" at byte 15"},
    {"file:///models/..%2f..%2fetc/passwd", "\"%2f\" at byte 17"},
    {"file:///models/%2e%2e%2Fetc", "\"%2F\" at byte 21"},
    // CVE-2024-3573: an empty scheme
    {"://etc/passwd", "scheme \"\""},
    {":///etc/passwd", "scheme \"\""},
    // CVE-2024-3848: a path that hides in the fragment
    {"file:///models/a#/../../etc/passwd", "a fragment at byte 16"},
    {"file:///models/a#", "a fragment"},
    {"file:///models/a%23/../../etc", "\"%23\" at byte 16"},
    {"http:///#/../../etc/passwd", "\"http\""},
    // The same in a query
    {"file:///models/a?b=/../../etc", "a query at byte 16"},
    {"s3://bucket/a?versionId=1", "a query"},
    {"s3://bucket/a%3fversionId=1", "\"%3f\""},
  });
}

BOOST_AUTO_TEST_CASE(refuses_hosts_users_and_ports) {
  refuses_each({{"file://host/a", "host \"host\" at byte 7"},
                {"file://localhost/a", "host"},
                {"file://C:/a", "a port"},
                {"file://127.0.0.1/a", "host"},
                {"s3://user@bucket/a", "userinfo before '@' at byte 9"},
                {"s3://bucket:9000/a", "a port after ':' at byte 11"},
                {"file://user@/a", "userinfo"},
                {"s3://buck%65t/a", "bucket"}});
}

BOOST_AUTO_TEST_CASE(refuses_paths_that_are_none) {
  refuses_each({{"file://", "without a path"},
                {"file:///", "is empty"},
                {"file:////a", "is empty"},
                {"file:///a/", "is empty"},
                {"file:///a//b", "segment \"\" at byte 10 is empty"},
                {"s3://bucket", "without a path"},
                {"s3://bucket/", "is empty"},
                {"s3://bucket//a", "is empty"},
                {"s3://bucket/a/", "is empty"}});
}

BOOST_AUTO_TEST_CASE(refuses_bytes_that_are_no_text) {
  refuses_each({{"file:///a%00b", "control character"},
                {std::string("file:///a\0b", 11), "control character"},
                {"file:///a\nb", "control character"},
                {"file:///a%0d%0ab", "control character"},
                {"file:///a%1b[2J", "\\x1b"},
                {"file:///a%7f", "control character"},
                {"file:///a%c2%85", "control character"},
                {"file:///a%e2%80%ae", "control character"},
                {"file:///a%ff", "no UTF-8"},
                {"file:///a\xff", "no UTF-8"},
                {"file:///%c0%ae%c0%ae/a", "no UTF-8"}, // overlong ".."
                {"file:///%c0%af", "no UTF-8"},         // overlong "/"
                {"file:///%ed%a0%80", "no UTF-8"},      // a surrogate
                {"file:///%e6%a8/%a1", "no UTF-8"}});
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_encoding) {
  refuses_each({{"file:///a%", "'%' at byte 9"},
                {"file:///a%2", "'%' at byte 9"},
                {"file:///a%2/b", "'%' at byte 9"},
                {"file:///a%zz", "'%' at byte 9"},
                {"file:///a% 1", "'%' at byte 9"},
                {"file:///%+1", "'%' at byte 8"},
                {"file:///%u002e", "'%' at byte 8"}});
}

BOOST_AUTO_TEST_CASE(buckets_keep_to_the_rules_of_aws) {
  for (const auto& bucket :
       {std::string{"abc"}, std::string(63, 'a'), std::string{"1.2.3"},
        std::string{"a-b.c-d"}, std::string{"1.2.3.4a"}, std::string{"123"}})
    BOOST_TEST(storage_uri::parse("s3://" + bucket + "/k").has_value(), bucket);
  refuses_each({{"s3:///key", "3 to 63"},
                {"s3://ab/key", "3 to 63"},
                {"s3://" + std::string(64, 'a') + "/key", "3 to 63"},
                {"s3://Bucket/key", "may hold only lower-case"},
                {"s3://my_bucket/key", "may hold only lower-case"},
                {"s3://b\xc3\xbc"
                 "cher/key",
                 "may hold only lower-case"},
                {"s3://-bucket/key", "must begin"},
                {"s3://bucket-/key", "must begin"},
                {"s3://.bucket/key", "must begin"},
                {"s3://bucket./key", "must begin"},
                {"s3://bu..ket/key", "\"..\""},
                {"s3://192.168.5.4/key", "IP address"},
                {"s3://169.254.169.254/latest", "IP address"}});
}

BOOST_AUTO_TEST_CASE(a_uri_has_at_most_1024_bytes_in_either_form) {
  const std::string front = "file:///";
  const auto longest = front + std::string(1024 - front.size(), 'a');
  BOOST_TEST(storage_uri::parse(longest).has_value());
  refuses_each({{longest + "a", "1025 bytes; at most 1024"},
                {front + std::string(400, ' '), "1208 bytes when"},
                {std::string(1 << 20, 'a'), "at most 1024"}});
}

BOOST_AUTO_TEST_CASE(a_refusal_repeats_no_secret_and_no_control_character) {
  for (const auto& text :
       {std::string{"s3://key:hunter2"} + "@bucket/a",
        std::string{"s3://bucket/a?X-Amz-Signature=hunter2"},
        std::string{"file:///a#hunter2"}, std::string{"hunter2"},
        std::string{"key:hunter2"} + "@host://x"}) {
    const auto said = test::text(storage_uri::parse(text));
    BOOST_TEST(said.find("hunter2") == std::string::npos, said);
  }
  const auto said =
    test::text(storage_uri::parse("file:///\x1b[2J" + std::string(900, 'x')));
  BOOST_TEST(said.size() < 200u);
  BOOST_TEST(printable(said) == said);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(storage_uri_properties)

namespace {

constexpr int rounds = 20'000;
constexpr uint32_t seed = 21;

template <size_t N>
std::string_view one_of(std::mt19937& random,
                        const std::array<std::string_view, N>& parts) {
  return parts.at(random() % N);
}

/// A path that is allowed, and a text of it with some bytes encoded.
std::pair<std::string, std::string> random_path(std::mt19937& random) {
  constexpr std::array<std::string_view, 14> characters{
    "a", "Z", "7", ".", "-", "_", "~", " ", "+", "=", "@", "é", "模", "😀"};
  constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
  std::string path;
  std::string text;
  for (auto segments = random() % 4 + 1; segments > 0; --segments) {
    std::string segment = "x"; // so that it is never "." or ".."
    for (auto size = random() % 8; size > 0; --size)
      segment += one_of(random, characters);
    path += '/';
    text += '/';
    path += segment;
    const auto upper = random() % 2 * 16;
    for (const char c : segment) {
      const auto byte = static_cast<unsigned char>(c);
      if (random() % 2 == 0)
        text += c;
      else
        (text += '%')
          .append({digits[upper + (byte >> 4)], digits[upper + (byte & 15)]});
    }
  }
  return {path, text};
}

} // namespace

BOOST_AUTO_TEST_CASE(any_spelling_of_a_path_is_that_path) {
  std::mt19937 random{seed};
  for (int round = 0; round < rounds; ++round) {
    const auto [path, text] = random_path(random);
    const auto is_file = random() % 2 == 0;

    const auto uri =
      storage_uri::parse((is_file ? "file://" : "s3://bucket") + text);

    if (!uri || uri->path() != (is_file ? path : path.substr(1)))
      BOOST_FAIL("seed " << seed << ", round " << round << ": " << text);
    if (const auto broken = broken_promise(*uri); !broken.empty())
      BOOST_FAIL("seed " << seed << ", round " << round << ": " << broken);
  }
}

BOOST_AUTO_TEST_CASE(what_is_taken_keeps_its_promises_whatever_came) {
  constexpr std::array<std::string_view, 26> parts{
    "file", "s3",  "://",  "/",   "//", ".",      "..", "%2e", "%25",
    "%2f",  "%5c", "\\",   "a",   "B",  "?",      "#",  "@",   ":",
    "%",    "%c3", "\xa9", "%00", " ",  "bucket", "模", "\x7f"};
  std::mt19937 random{seed};
  int taken = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string text;
    if (random() % 4 != 0)
      text = random() % 2 == 0 ? "file:///a" : "s3://bucket/a";
    for (auto size = random() % 6; size > 0; --size)
      text += one_of(random, parts);

    const auto uri = storage_uri::parse(text);

    taken += uri ? 1 : 0;
    if (const auto broken = uri ? broken_promise(*uri) : std::string{};
        !broken.empty())
      BOOST_FAIL("seed " << seed << ", round " << round << ": \""
                         << printable(text) << "\": " << broken);
  }
  BOOST_TEST(taken > rounds / 20);
  BOOST_TEST(taken < rounds / 2);
}

// Every input that a fuzzer found, and its seeds: tests/fuzz.
BOOST_AUTO_TEST_CASE(the_fuzz_corpus_ends_in_a_uri_or_a_reason) {
  const std::filesystem::path folder =
    TRIVIUM_SOURCE_DIR "/tests/fuzz/corpus/storage_uri";
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const auto uri = storage_uri::parse(test::content(entry.path()));
    BOOST_TEST((uri ? broken_promise(*uri).empty() : !uri.error().text.empty()),
               entry.path().filename());
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(paths_below_a_root)

BOOST_AUTO_TEST_CASE(what_is_below_is_so_by_components) {
  BOOST_TEST(is_below("/models/a", "/models"));
  BOOST_TEST(is_below("/models/a/b", "/models"));
  BOOST_TEST(is_below("/models/a/b", "/models/a"));
  BOOST_TEST(is_below("/a", "/"));
  BOOST_TEST(is_below("/models/..a", "/models"));

  BOOST_TEST(!is_below("/modelsx", "/models"));
  BOOST_TEST(!is_below("/models-old/a", "/models"));
  BOOST_TEST(!is_below("/models", "/models"));
  BOOST_TEST(!is_below("/model", "/models"));
  BOOST_TEST(!is_below("/", "/"));
  BOOST_TEST(!is_below("/Models/a", "/models"));
}

BOOST_AUTO_TEST_CASE(nothing_is_below_or_above_what_is_not_plain) {
  for (const auto* path :
       {"", "models/a", "/models/../etc", "/models/./a", "/models//a",
        "/models/a/", "/models/..", "//models/a"})
    BOOST_TEST(!is_below(path, "/models"), path);
  for (const auto* root :
       {"", "models", "/models/", "/x/../models", "//", "/models/.", "."})
    BOOST_TEST(!is_below("/models/a", root), root);
}

BOOST_AUTO_TEST_SUITE_END()
