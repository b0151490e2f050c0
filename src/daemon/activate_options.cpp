// SPDX-License-Identifier: Apache-2.0
#include "daemon/activate_options.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "config/codec.h"
#include "daemon/option_table.h"

namespace porterd::daemon {
namespace {

using config::list_of;
using config::plain;
using config::quotable;
using config::Value;

/// What the options say, until all have been seen.
struct Activation : Options {
  std::vector<Value> places;
  std::vector<Value> variables;  ///< "NAME=VALUE"
  std::vector<Value> passed{plain("TERM"), plain("PATH"), plain("USER"), plain("HOME")};
  std::string names;  ///< of descriptors, with ':' between them
  std::string_view socket_type = "stream";
  bool accepts = false;
  bool is_stdio = false;
};

/// The rows below are used with an Activation only.
Activation& activation(Options& options) { return static_cast<Activation&>(options); }

// "2000" is a number in a file, and stays one here.
Value place(const std::string& text) { return base::parse_unsigned(text) ? plain(text) : quotable(text); }

base::Status add_place(Options& options, const char* argument) {
  activation(options).places.push_back(place(argument));
  return {};
}

base::Status add_variable(Options& options, const char* argument) {
  auto& made = activation(options);
  const bool has_value = std::string_view(argument).contains('=');
  (has_value ? made.variables : made.passed).push_back(quotable(argument));
  return {};
}

base::Status add_names(Options& options, const char* argument) {
  auto& names = activation(options).names;
  if (!names.empty()) names += ':';
  names += argument;
  return {};
}

base::Status set_type(Options& options, std::string_view type) {
  auto& made = activation(options).socket_type;
  if (made != "stream" && made != type) return base::failure("--datagram and --seqpacket exclude each other");
  return made = type, base::Status{};
}

constexpr OptionRow kRows[] = {
    {.name = "listen",
     .argument = required_argument,
     .value = "ADDRESS",
     .help = "listen there; may be given more than once",
     .apply = &add_place,
     .letter = 'l'},
    {.name = "accept",
     .help = "accept, and run one program for each connection",
     .apply = [](Options& options, const char*) -> base::Status {
       return activation(options).accepts = true, base::Status{};
     },
     .letter = 'a'},
    {.name = "datagram",
     .help = "listen for datagrams",
     .apply = [](Options& options, const char*) { return set_type(options, "dgram"); },
     .letter = 'd'},
    {.name = "seqpacket",
     .help = "listen for sequenced packets",
     .apply = [](Options& options, const char*) { return set_type(options, "seqpacket"); }},
    {.name = "inetd",
     .help = "pass the socket as standard input and output",
     .apply = [](Options& options, const char*) -> base::Status {
       return activation(options).is_stdio = true, base::Status{};
     }},
    {.name = "fdname",
     .argument = required_argument,
     .value = "NAME[:NAME…]",
     .help = "names of the passed sockets, LISTEN_FDNAMES",
     .apply = &add_names},
    {.name = "setenv",
     .argument = required_argument,
     .value = "NAME[=VALUE]",
     .help = "add a variable to the program's environment",
     .apply = &add_variable,
     .letter = 'E'},
};

/// A service whose file is the command line.
class ServiceWriter {
 public:
  ServiceWriter(std::string name, std::span<char* const> arguments) {
    auto file = std::make_shared<config::SourceFile>();
    file->path = "(command line)";
    for (const std::string_view word : arguments) file->text.append(file->text.empty() ? "" : " ").append(word);
    section_.name = std::move(name);
    section_.where = {.file = std::move(file), .line = 1, .column = 1};
    section_.takes_defaults = false;
  }

  void add(std::string name, Value value) {
    locate(value);
    for (auto& item : value.items) locate(item);
    auto where = value.where;
    section_.settings.push_back({.name = std::move(name), .value = std::move(value), .where = std::move(where)});
  }

  config::Section take() { return std::move(section_); }

 private:
  // Where the word stands, if it does.
  void locate(Value& value) const {
    value.where = section_.where;
    const auto found = value.text.empty() ? std::string::npos : section_.where.file->text.find(value.text);
    if (found == std::string::npos) return;
    value.where.column = static_cast<std::uint32_t>(found) + 1;
    value.where.length = static_cast<std::uint32_t>(value.text.size());
  }

  config::Section section_;
};

bool is_program(const std::filesystem::path& path) { return ::access(path.c_str(), X_OK) == 0; }

// As execvp(3) does it.
base::Result<std::string> find_program(const std::string& word) {
  if (word.contains('/')) return std::filesystem::absolute(word).string();
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  for (const auto folder : base::split(path == nullptr ? "/bin:/usr/bin" : path, ':')) {
    const auto candidate = std::filesystem::absolute(folder.empty() ? "." : std::string(folder)) / word;
    if (is_program(candidate)) return candidate.string();
  }
  return base::failure(word + ": there is no such program along PATH");
}

base::Status check(const Activation& made, std::span<char* const> program) {
  if (program.empty()) return base::failure("no program is given; see porterd-socket-activate --help");
  if (made.places.empty()) return base::failure("no address to listen on is given: -l ADDRESS");
  if (made.accepts && made.socket_type == "dgram") return base::failure("--accept: datagrams have no connections");
  if (made.is_stdio && !made.accepts && made.places.size() > 1)
    return base::failure("--inetd without --accept passes one socket: there is more than one address");
  return {};
}

base::Result<config::Section> service_of(Activation& made, std::span<char* const> arguments,
                                         std::span<char* const> program) {
  const std::string word = program.front();
  PORTERD_TRY_ASSIGN(auto path, find_program(word));
  ServiceWriter service(std::filesystem::path(word).filename().string(), arguments);
  std::vector<Value> words;
  for (const char* argument : program.subspan(1)) words.push_back(quotable(argument));
  service.add("listen", list_of(std::move(made.places)));
  service.add("socket_type", plain(std::string(made.socket_type)));
  service.add("server", quotable(std::move(path)));
  service.add("argv0", quotable(word));
  service.add("server_args", list_of(std::move(words)));
  service.add("wait", plain(made.accepts ? "no" : "yes"));
  service.add("pass", plain(made.is_stdio ? "stdio" : "listen_fds"));
  service.add("stderr", plain("inherit"));
  service.add("working_directory", quotable(std::filesystem::current_path().string()));
  if (::geteuid() == 0) service.add("user", plain("root"));
  service.add("environment", plain("none"));
  service.add("connection_env", plain("none"));
  service.add("passenv", list_of(std::move(made.passed)));
  if (!made.names.empty() && !made.is_stdio) made.variables.push_back(quotable("LISTEN_FDNAMES=" + made.names));
  if (!made.variables.empty()) service.add("env", list_of(std::move(made.variables)));
  return service.take();
}

}  // namespace

base::Result<Options> parse_activate_options(std::span<char* const> arguments) {
  Activation made;
  made.personality = Personality::socket_activate;
  made.config.clear();
  made.is_strict = true;
  std::vector<OptionRow> rows(std::begin(kRows), std::end(kRows));
  const auto common = common_option_rows();
  rows.insert(rows.end(), common.begin(), common.end());
  made.help =
      "usage: porterd-socket-activate [OPTION…] PROGRAM [ARGUMENT…]\n"
      "Starts a program when a client connects; see porterd(8).\n\n" +
      help_lines(rows);
  PORTERD_TRY_ASSIGN(const auto program, apply_options(made, arguments, rows, Operands::end_it_all));
  if (made.action == Action::help || made.action == Action::version) return Options(std::move(made));
  PORTERD_TRY(check(made, program));
  PORTERD_TRY_ASSIGN(made.service, service_of(made, arguments, program));
  return Options(std::move(made));
}

}  // namespace porterd::daemon
