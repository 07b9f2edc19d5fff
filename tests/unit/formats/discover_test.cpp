#include "tests/support/expected_checks.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/formats/flat_files.hpp"
#include "tests/unit/formats/hostile_file.hpp"
#include "tests/unit/formats/opened_model.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sys/stat.h>

namespace trivium::test {

namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using storage::discover_model;

const std::string small_safetensors = safetensors_file(
  "{" + safetensors_member("a.weight", "F32", {2, 3}, 0, 24) + "}",
  ramp_f32(6));
const std::string small_gguf = gguf_bytes{}.start(0, 0).bytes();
/// ModelProto{ir_version: 8, graph: {name: "g"}, opset_import: {version: 17}}
const std::string small_onnx = "\x08\x08\x3a\x03\x12\x01g\x42\x02\x10\x11"s;

const std::string sharded_index =
  R"({"metadata":{},"weight_map":{"a.weight":"model-1.safetensors"}})";

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string error_of(const fs::path& path) {
  return text(discover_model(path));
}

/// "path:role" of each file that belongs to the model at `path`.
std::vector<std::string> files_of(const fs::path& path) {
  std::vector<std::string> files;
  for (const auto& file : must(discover_model(path)).files)
    files.push_back(file.path + ":" + std::string{to_string(file.role)});
  return files;
}

model_format format_of(const fs::path& path) {
  return must(discover_model(path)).format;
}

struct fixture {
  temporary_folder folder;
};

const std::vector<hostile_file> foreign_files{
  {"pickle 2", "\x80\x02}q", "a Python pickle"},
  {"pickle 3", "\x80\x03}q", "a Python pickle"},
  {"pickle 4", "\x80\x04\x95", "a Python pickle"},
  {"pickle 5", "\x80\x05\x95", "a Python pickle"},
  {"torch archive", "PK\x03\x04" + std::string(26, '\0') + "archive/data.pkl",
   "a PyTorch archive"},
  {"keras archive", "PK\x03\x04" + std::string(26, '\0') + "metadata.json",
   "a Keras archive"},
  {"npz", "PK\x03\x04" + std::string(26, '\0') + "arr_0.npy",
   "a NumPy archive"},
  {"zip", "PK\x03\x04" + std::string(26, '\0') + "readme", "a zip archive"},
  {"empty zip", "PK\x05\x06" + std::string(18, '\0'), "a zip archive"},
  {"HDF5", "\x89HDF\r\n\x1a\n and more", "an HDF5 file"},
  {"npy", "\x93NUMPY\x01", "a NumPy array"},
  {"gzip", "\x1f\x8b\x08", "a gzip archive"},
  {"zstd", "\x28\xb5\x2f\xfd", "a zstd archive"},
  {"tar", std::string(257, 'n') + "ustar\0"s, "a tar archive"},
  {"old ggml", "tjgg\x01"s, "a GGML file from before GGUF"},
  {"TensorFlow Lite", "\x1c\0\0\0TFL3"s, "a TensorFlow Lite model"},
  {"LFS pointer", "version https://git-lfs.github.com/spec/v1\noid",
   "a Git LFS pointer"},
  {"empty", "", "an empty file"},
  {"text", "hello\nworld\n", "text, not a model"},
  {"noise", "\x01\x02\x03\x04\xff\xfe"s, "no ONNX, safetensors or GGUF model"},
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(discovering_files, fixture)

BOOST_DATA_TEST_CASE(refuses_what_is_no_model_by_name,
                     boost::unit_test::data::make(foreign_files), file) {
  const auto path = write(folder / "model.bin", file.bytes);

  BOOST_TEST(holds(error_of(path), file.wanted_text), error_of(path));
}

BOOST_AUTO_TEST_CASE(refuses_a_pickle_that_is_called_safetensors) {
  const auto path = write(folder / "model.safetensors", "\x80\x02}q");

  BOOST_TEST(code(discover_model(path)) == ec::unsupported);
}

BOOST_AUTO_TEST_CASE(says_what_is_missing) {
  BOOST_TEST(code(discover_model(folder / "none.gguf")) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(refuses_a_fifo_without_waiting) {
  const auto path = folder / "model.gguf";
  BOOST_TEST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);

  BOOST_TEST(holds(error_of(path), "is not a regular file"));
}

BOOST_AUTO_TEST_CASE(tells_safetensors_by_content) {
  const auto path = write(folder / "weights", small_safetensors);

  BOOST_TEST((format_of(path) == model_format::safetensors));
}

BOOST_AUTO_TEST_CASE(tells_gguf_by_content) {
  const auto path = write(folder / "model.safetensors", small_gguf);

  BOOST_TEST((format_of(path) == model_format::gguf));
}

BOOST_AUTO_TEST_CASE(tells_onnx_by_content) {
  const auto path = write(folder / "network", small_onnx);

  BOOST_TEST((format_of(path) == model_format::onnx));
}

BOOST_AUTO_TEST_CASE(takes_a_protobuf_without_graph_for_no_model) {
  const auto path = write(folder / "network", small_onnx.substr(0, 2));

  BOOST_TEST(code(discover_model(path)) == ec::unsupported);
}

BOOST_AUTO_TEST_CASE(finds_config_and_tokenizer_beside_a_file) {
  for (const auto* name : {"config.json", "generation_config.json",
                           "tokenizer.json", "vocab.txt", "merges.txt"})
    write(folder / name, "{}");
  write(folder / "README.md", "not of the model");
  const auto path = write(folder / "model.safetensors", small_safetensors);

  const auto files = files_of(path);

  const std::vector<std::string> wanted{
    "model.safetensors:weights",     "config.json:config",
    "generation_config.json:config", "merges.txt:tokenizer",
    "tokenizer.json:tokenizer",      "vocab.txt:tokenizer"};
  BOOST_TEST(files == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(follows_a_link_that_a_person_names) {
  write(folder / "store/blob", small_gguf);
  fs::create_symlink(folder / "store/blob", folder / "model.gguf");

  BOOST_TEST((format_of(folder / "model.gguf") == model_format::gguf));
}

BOOST_AUTO_TEST_CASE(refuses_a_name_with_control_characters) {
  const auto path = write(folder / "mod\nel.gguf", small_gguf);

  BOOST_TEST(holds(error_of(path), "holds control characters"));
}

BOOST_AUTO_TEST_CASE(refuses_external_data_that_is_missing) {
  // graph { initializer { dims: 1 data_type: FLOAT name: "w"
  //   external_data { key: "location" value: "w.bin" } data_location: 1 } }
  const auto tensor = "\x08\x01\x10\x01\x42\x01w\x6a\x11\x0a\x08location"
                      "\x12\x05w.bin\x70\x01"s;
  const auto graph = "\x2a"s + static_cast<char>(tensor.size()) + tensor;
  const auto model = "\x08\x08\x3a"s + static_cast<char>(graph.size()) + graph;
  const auto path = write(folder / "model.onnx", model);

  BOOST_TEST(
    holds(error_of(path), "model.onnx needs a file that cannot be used"),
    error_of(path));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(discovering_folders, fixture)

BOOST_AUTO_TEST_CASE(finds_the_one_model) {
  write(folder / "model.safetensors", small_safetensors);
  write(folder / "README.md", "text");

  BOOST_TEST((format_of(folder.path()) == model_format::safetensors));
}

BOOST_AUTO_TEST_CASE(says_what_it_looked_for) {
  BOOST_TEST(holds(error_of(folder.path()),
                   "no model in this folder (looked for "
                   "*.safetensors.index.json, *.safetensors, *.gguf, *.onnx)"));
}

BOOST_AUTO_TEST_CASE(names_the_pickle_that_is_there_instead) {
  write(folder / "pytorch_model.bin", "\x80\x02}q");

  BOOST_TEST(
    holds(error_of(folder.path()), "pytorch_model.bin is a Python pickle"));
}

BOOST_AUTO_TEST_CASE(asks_which_of_two_networks) {
  write(folder / "a.onnx", small_onnx);
  write(folder / "b.onnx", small_onnx);

  BOOST_TEST(holds(error_of(folder.path()),
                   "holds 2 models (a.onnx, b.onnx); name one of them"));
}

BOOST_AUTO_TEST_CASE(asks_which_of_two_formats) {
  write(folder / "model.gguf", small_gguf);
  write(folder / "model.safetensors", small_safetensors);

  BOOST_TEST(code(discover_model(folder.path())) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(prefers_an_index_to_the_shards) {
  write(folder / "model-1.safetensors", small_safetensors);
  write(folder / "model.safetensors.index.json", sharded_index);

  const std::vector<std::string> wanted{"model.safetensors.index.json:weights",
                                        "model-1.safetensors:weights"};
  BOOST_TEST(files_of(folder.path()) == wanted,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_the_current_folder) {
  write(folder / "model.gguf", small_gguf);
  const auto before = fs::current_path();
  fs::current_path(folder.path());

  const auto format = format_of("model.gguf");

  fs::current_path(before);
  BOOST_TEST((format == model_format::gguf));
}

BOOST_AUTO_TEST_CASE(refuses_a_link_out_of_the_folder) {
  const temporary_folder elsewhere;
  write(elsewhere / "secret", "{}");
  write(folder / "model.safetensors", small_safetensors);
  fs::create_symlink(elsewhere / "secret", folder / "config.json");

  BOOST_TEST(code(discover_model(folder.path())) == ec::permission_denied);
}

BOOST_AUTO_TEST_CASE(follows_a_link_within_the_folder) {
  write(folder / "weights-v2", small_gguf);
  fs::create_symlink("weights-v2", folder / "model.gguf");

  BOOST_TEST((format_of(folder.path()) == model_format::gguf));
}

BOOST_AUTO_TEST_CASE(takes_a_file_with_hard_links_that_it_lists) {
  write(folder / "model.gguf", small_gguf);
  fs::create_hard_link(folder / "model.gguf", folder / "backup");

  BOOST_TEST((format_of(folder.path()) == model_format::gguf));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// As huggingface_hub lays it out: snapshots of links into blobs.
struct hugging_face_cache {
  hugging_face_cache() {
    add("aaaa", "model-1.safetensors", small_safetensors);
    add("bbbb", "model.safetensors.index.json", sharded_index);
    add("cccc", "config.json", "{}");
  }

  void add(const std::string& blob, const std::string& name,
           const std::string& bytes) const {
    write(folder / ("blobs/" + blob), bytes);
    fs::create_directories(snapshot());
    fs::create_symlink("../../blobs/" + blob, snapshot() / name);
  }

  [[nodiscard]] fs::path snapshot() const {
    return folder / "snapshots/5c38ec7c";
  }

  temporary_folder folder;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hugging_face_snapshots, hugging_face_cache)

BOOST_AUTO_TEST_CASE(are_models) {
  const std::vector<std::string> wanted{"model.safetensors.index.json:weights",
                                        "model-1.safetensors:weights",
                                        "config.json:config"};
  BOOST_TEST(files_of(snapshot()) == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(may_be_named_by_their_index) {
  BOOST_TEST(files_of(snapshot() / "model.safetensors.index.json").size()
             == 3u);
}

BOOST_AUTO_TEST_CASE(may_not_link_out_of_the_cache) {
  const temporary_folder elsewhere;
  write(elsewhere / "blobs/dddd", small_safetensors);
  fs::remove(snapshot() / "model-1.safetensors");
  fs::create_symlink(elsewhere / "blobs/dddd",
                     snapshot() / "model-1.safetensors");

  BOOST_TEST(code(discover_model(snapshot())) == ec::permission_denied);
}

BOOST_AUTO_TEST_CASE(may_not_reach_a_link_among_the_blobs) {
  const temporary_folder elsewhere;
  write(elsewhere / "secret", small_safetensors);
  fs::remove(folder / "blobs/aaaa");
  fs::create_symlink(elsewhere / "secret", folder / "blobs/aaaa");

  BOOST_TEST(code(discover_model(snapshot())) == ec::permission_denied);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::test
