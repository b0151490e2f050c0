// SPDX-License-Identifier: Apache-2.0
//
// From text to Config: services in YAML and in xinetd.conf, through the table; long lists. NSS and files are not asked.
#include <benchmark/benchmark.h>

#include <string>

#include "any_world.h"

namespace porterd::config {
namespace {

std::string yaml(std::int64_t count) {
  std::string text;
  for (std::int64_t number = 0; number < count; ++number)
    text += "---\nservice: s" + std::to_string(number) + "\nlisten: [\"127.0.0.1:" + std::to_string(20000 + number) +
            "\"]\nserver: /bin/cat\nuser: nobody\ninstances: 10\n";
  return text;
}

std::string xinetd(std::int64_t count) {
  std::string text;
  for (std::int64_t number = 0; number < count; ++number)
    text += "service s" + std::to_string(number) + "\n{\n type = UNLISTED\n port = " + std::to_string(20000 + number) +
            "\n socket_type = stream\n protocol = tcp\n wait = no\n user = nobody\n server = /bin/cat\n}\n";
  return text;
}

void load_yaml(benchmark::State& state) {
  const std::string text = "include: []\n" + yaml(state.range(0));
  const AnyWorld world("");
  for (auto _ : state) benchmark::DoNotOptimize(load({.main = "porterd.yaml", .text = text}, world));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(load_yaml)->RangeMultiplier(10)->Range(1, 1000)->Unit(benchmark::kMicrosecond);

void load_xinetd(benchmark::State& state) {
  const AnyWorld world(xinetd(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(load({.main = "", .xinetd = {"/etc/xinetd.conf"}}, world));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(load_xinetd)->RangeMultiplier(10)->Range(1, 1000)->Unit(benchmark::kMicrosecond);

void load_long_only_from(benchmark::State& state) {
  std::string text = "include: []\n---\nservice: s\nlisten: [79]\nserver: /bin/cat\nuser: nobody\nonly_from: [";
  for (std::int64_t number = 0; number < state.range(0); ++number)
    text += std::to_string(1 + number / 65536) + '.' + std::to_string(number / 256 % 256) + '.' +
            std::to_string(number % 256) + ".0/24,";
  text += "]\n";
  const AnyWorld world("");
  for (auto _ : state) benchmark::DoNotOptimize(load({.main = "porterd.yaml", .text = text}, world));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(load_long_only_from)->RangeMultiplier(10)->Range(10, 10'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace porterd::config
