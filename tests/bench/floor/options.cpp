// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <arpa/inet.h>
#include <getopt.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bench {
namespace {

constexpr option kOptions[] = {
    {"host", required_argument, nullptr, 'a'},      {"port", required_argument, nullptr, 'p'},
    {"epoll", no_argument, nullptr, 'e'},           {"reap", required_argument, nullptr, 'r'},
    {"listeners", required_argument, nullptr, 'L'}, {"first", required_argument, nullptr, 'B'},
    {"target", required_argument, nullptr, 'T'},    {nullptr, 0, nullptr, 0},
};

Reaping reaping_of(std::string_view name) {
  return name == "wait" ? Reaping::wait : name == "pidfd" ? Reaping::pidfd : Reaping::none;
}

void apply(Options& options, int letter, const char* argument) {
  const auto port = [argument] { return static_cast<std::uint16_t>(std::atoi(argument)); };
  switch (letter) {
    case 'a':
      options.host = ntohl(inet_addr(argument));
      break;
    case 'p':
      options.port = port();
      break;
    case 'e':
      options.uses_epoll = true;
      break;
    case 'r':
      options.reaping = reaping_of(argument);
      break;
    case 'L':
      options.more_listeners = std::atoi(argument);
      break;
    case 'B':
      options.first_port = port();
      break;
    case 'T':
      options.target_port = port();
      break;
    default:
      std::exit(2);  // getopt_long has said why
  }
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  for (int letter = 0; (letter = getopt_long(argc, argv, "+", kOptions, nullptr)) != -1;)
    apply(options, letter, optarg);
  if (optind >= argc || options.port == 0) {
    std::fputs("usage: floor --port PORT [OPTION…] MODE [PROGRAM [ARGUMENT…]]; see main.cpp\n", stderr);
    std::exit(2);
  }
  options.mode = argv[optind];
  options.service = argv + optind + 1;
  return options;
}

}  // namespace bench
