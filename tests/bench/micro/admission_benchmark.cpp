// SPDX-License-Identifier: Apache-2.0
//
// The gate, alone and with everything that it may ask; the access list by its length; the rates by the number of
// sources.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <memory>

#include "admission/gate.h"

namespace porterd::admission {
namespace {

base::IpAddress ipv4(std::uint32_t number) {
  base::IpAddress address;
  for (std::size_t at = 0; at < 4; ++at) address.bytes[at] = static_cast<std::uint8_t>(number >> (24 - 8 * at));
  return address;
}

// /24s of which no two are neighbours, from 1.0.0.0 on.
config::AccessList prefixes(std::int64_t count) {
  config::AccessList list;
  for (std::uint32_t number = 0; number < count; ++number)
    list.emplace_back(base::prefix_of(ipv4((number * 2 + (1U << 16)) << 8), 24));
  return list;
}

// Addresses all over the table, half of them in it: one after the other none is where the last one was.
class Addresses {
 public:
  explicit Addresses(std::int64_t prefixes) : prefixes_(static_cast<std::uint32_t>(prefixes)) {}
  base::IpAddress next() {
    state_ = state_ * 1664525U + 1013904223U;
    return ipv4(((state_ >> 8) % (prefixes_ * 2) + (1U << 16)) << 8 | 77);
  }

 private:
  std::uint32_t prefixes_;
  std::uint32_t state_ = 1;
};

void access_list(benchmark::State& state) {
  const config::AccessList only_from = prefixes(state.range(0));
  const AccessList list(&only_from, {});
  Addresses addresses(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(list.verdict(addresses.next()));
}
BENCHMARK(access_list)->RangeMultiplier(10)->Range(1, 1'000'000);

void make_access_list(benchmark::State& state) {
  const config::AccessList only_from = prefixes(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(AccessList(&only_from, {}));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(make_access_list)->RangeMultiplier(10)->Range(1, 1'000'000)->Unit(benchmark::kMicrosecond);

void ask_gate(benchmark::State& state, const config::Service& service) {
  const Policy policy = make_policy(service);
  const auto tally = std::make_shared<Tally>();
  tally->global = std::make_shared<GlobalTally>();
  const base::Peer peer = base::Endpoint{ipv4(0x7f000001), 40001};
  Circumstances circumstances{base::now(), 0};
  for (auto _ : state) {
    circumstances.now.steady += std::chrono::microseconds(100);
    benchmark::DoNotOptimize(Gate(policy, tally).admit(peer, circumstances));
  }
}

void gate_without_checks(benchmark::State& state) { ask_gate(state, {}); }
BENCHMARK(gate_without_checks);

void gate_with_everything(benchmark::State& state) {
  config::Service service;
  service.has_only_from = true;
  service.only_from = prefixes(1000);
  service.only_from.emplace_back(base::prefix_of(ipv4(0x7f000000), 8));
  service.access_times = {{.first = 0, .last = 1439}};
  service.instances = 1000;
  service.per_source = {.limit = 100};
  service.cps = {.rate = 1'000'000, .burst = 1'000'000};
  service.cps_per_source = service.cps;
  service.max_load = 100;
  ask_gate(state, service);
}
BENCHMARK(gate_with_everything);

void gate_that_refuses(benchmark::State& state) {
  config::Service service;
  service.has_only_from = true;
  service.only_from = prefixes(state.range(0));
  ask_gate(state, service);
}
BENCHMARK(gate_that_refuses)->RangeMultiplier(1000)->Range(1, 1'000'000);

void source_rates(benchmark::State& state) {
  SourceRates rates;
  Addresses addresses(state.range(0));
  base::SteadyTime now{};
  for (auto _ : state) {
    now += std::chrono::microseconds(100);
    const auto source = base::prefix_of(addresses.next(), 32);
    benchmark::DoNotOptimize(rates.take(source, {.per_second = 10, .burst = 10}, now));
  }
}
BENCHMARK(source_rates)->RangeMultiplier(10)->Range(1, 100'000);

void source_count(benchmark::State& state) {
  SourceCount counts;
  Addresses addresses(state.range(0));
  for (std::int64_t added = 0; added < state.range(0); ++added) counts.add(base::prefix_of(addresses.next(), 32));
  for (auto _ : state) benchmark::DoNotOptimize(counts.count(base::prefix_of(addresses.next(), 32)));
}
BENCHMARK(source_count)->RangeMultiplier(10)->Range(1, 100'000);

void token_bucket(benchmark::State& state) {
  base::TokenBucket bucket;
  base::SteadyTime now{};
  for (auto _ : state) {
    now += std::chrono::microseconds(100);
    benchmark::DoNotOptimize(bucket.take({.per_second = 9999, .burst = 100}, now));
  }
}
BENCHMARK(token_bucket);

}  // namespace
}  // namespace porterd::admission
