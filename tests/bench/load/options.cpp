// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <arpa/inet.h>
#include <getopt.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace bench {
namespace {

constexpr option kOptions[] = {
    {"host", required_argument, nullptr, 'a'},     {"host", required_argument, nullptr, 'a'},
    {"port", required_argument, nullptr, 'p'},     {"clients", required_argument, nullptr, 'c'},
    {"count", required_argument, nullptr, 'n'},    {"seconds", required_argument, nullptr, 't'},
    {"patience", required_argument, nullptr, 'T'}, {"expect", required_argument, nullptr, 'e'},
    {"send", required_argument, nullptr, 's'},     {"half-close", no_argument, nullptr, 'x'},
    {"refused", no_argument, nullptr, 'd'},        {"bytes", required_argument, nullptr, 'b'},
    {"block", required_argument, nullptr, 'k'},    {nullptr, 0, nullptr, 0},
};

void set_host(Options& options, const char* host) {
  const bool is_address = inet_pton(AF_INET, host, &options.target.sin_addr) == 1;
  if (is_address && ntohl(options.target.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET) return;
  std::fprintf(stderr, "load: %s is not in 127.0.0.0/8\n", host);
  std::exit(2);
}

void apply(Options& options, int letter, const char* argument) {
  switch (letter) {
    case 'a':
      set_host(options, argument);
      break;
    case 'p':
      options.target.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argument)));
      break;
    case 'c':
      options.clients = std::atoi(argument);
      break;
    case 'n':
      options.count = std::atol(argument);
      break;
    case 't':
      options.seconds = std::atof(argument);
      break;
    case 'T':
      options.patience = std::atof(argument);
      break;
    case 'e':
      options.has_expect = true, options.expect = argument;
      break;
    case 's':
      options.send = argument;
      break;
    case 'x':
      options.half_closes = true;
      break;
    case 'd':
      options.is_refused = true;
      break;
    case 'b':
      options.bytes = std::atol(argument);
      break;
    case 'k':
      options.block = std::atol(argument);
      break;
    default:
      std::exit(2);  // getopt_long has said why
  }
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  options.target.sin_family = AF_INET;
  options.target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int letter = 0; (letter = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) apply(options, letter, optarg);
  if (optind + 1 != argc || options.target.sin_port == 0 || options.clients < 1) {
    std::fputs("usage: load --port PORT [OPTION…] MODE; see main.cpp\n", stderr);
    std::exit(2);
  }
  options.mode = argv[optind];
  return options;
}

}  // namespace bench
