#include "messages/values/manifest.hpp"

#include "messages/values/sha256.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;

BOOST_AUTO_TEST_SUITE(manifests)

// Two files of the text "abc" and of nothing.
BOOST_AUTO_TEST_CASE(the_canonical_form_and_digest_are_fixed) {
  manifest files;
  files.format = model_format::safetensors;
  files.files = {
    {"config.json", file_role::config, 0, sha256("")},
    {"model.safetensors", file_role::weights, 3, sha256("abc")},
  };

  BOOST_TEST(
    files.canonical()
    == R"({"trivium_manifest":1,"format":"safetensors","files":[)"
       R"({"path":"config.json","role":"config","size":0,"sha256":)"
       R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},)"
       R"({"path":"model.safetensors","role":"weights","size":3,"sha256":)"
       R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]})");
  BOOST_TEST(to_string(sha256(files.canonical()))
             == "19b444fc65e5ce600cec106c94773c3c"
                "c5f94e30755529646c8d8d8bdea60355");
  BOOST_TEST(files.total_bytes() == 3u);
}

BOOST_AUTO_TEST_CASE(names_of_formats_and_roles_read_back) {
  for (int i = 0; i < 4; ++i) {
    const auto format = static_cast<model_format>(i);
    BOOST_TEST((model_format_from(to_string(format)) == format));
  }
  for (int i = 0; i < 6; ++i) {
    const auto role = static_cast<file_role>(i);
    BOOST_TEST((file_role_from(to_string(role)).value() == role));
  }
  BOOST_TEST((model_format_from("pickle") == model_format::unknown));
  BOOST_TEST(!file_role_from("virus").has_value());
}

BOOST_AUTO_TEST_CASE(plain_relative_paths_are_taken) {
  for (const auto* path : {"model.onnx", "a/b/c", "...", "a b", "模型.onnx",
                           "model.onnx.data", ".hidden", "a/..b"})
    BOOST_TEST(check_artifact_path(path).has_value(), path);
}

BOOST_AUTO_TEST_CASE(paths_that_leave_the_folder_or_hide_are_refused) {
  for (const std::string path :
       {"", "/", "/etc/passwd", "..", "../x", "a/../b", "a/..", ".", "./a",
        "a//b", "a/", "a\\b", "a\nb", "\x1b[2J", "\xff", "a/./b", "a\x7f"})
    BOOST_TEST(!check_artifact_path(path).has_value(), path);
  BOOST_TEST(!check_artifact_path(std::string("a\0b", 3)).has_value());
}

BOOST_AUTO_TEST_CASE(a_path_has_at_most_1024_bytes) {
  BOOST_TEST(check_artifact_path(std::string(1024, 'a')).has_value());
  BOOST_TEST(!check_artifact_path(std::string(1025, 'a')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
