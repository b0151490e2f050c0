// SPDX-License-Identifier: Apache-2.0
//
// Records as lines, in each form.
#include <benchmark/benchmark.h>

#include <chrono>

#include "log/form.h"

namespace porterd::log {
namespace {

Connection connection() {
  return {.service = "finger",
          .id = 0x6b02bb2400000001,
          .peer = base::Endpoint{*base::parse_address("192.0.2.1"), 40001},
          .local = base::Endpoint{*base::parse_address("192.0.2.9"), 79}};
}

Record start() { return {.time = base::now().wall, .body = SessionStart{connection(), 12345}}; }

Record end() {
  return {.time = base::now().wall,
          .body = SessionEnd{.connection = connection(),
                             .pid = 12345,
                             .wait_status = 0,
                             .duration = std::chrono::microseconds(1890),
                             .user_time = std::chrono::microseconds(969),
                             .system_time = std::chrono::microseconds(512)}};
}

Record refusal() { return {.time = base::now().wall, .body = SessionRefusal{connection(), "address"}}; }

using Append = void (*)(Buffer& out, const Record& record, std::size_t limit);

void render(benchmark::State& state, const Record& record, Append append) {
  Buffer out;
  for (auto _ : state) {
    out.clear();
    append(out, record, kLongestLine - 1);
    benchmark::DoNotOptimize(out.data());
  }
}

void start_as_text(benchmark::State& state) { render(state, start(), &append_text); }
BENCHMARK(start_as_text);

void end_as_text(benchmark::State& state) { render(state, end(), &append_text); }
BENCHMARK(end_as_text);

void refusal_as_text(benchmark::State& state) { render(state, refusal(), &append_text); }
BENCHMARK(refusal_as_text);

void end_as_json(benchmark::State& state) { render(state, end(), &append_json); }
BENCHMARK(end_as_json);

void time_stamp(benchmark::State& state) {
  Buffer out;
  const auto now = base::now().wall;
  for (auto _ : state) {
    out.clear();
    append_time(out, now);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(time_stamp);

}  // namespace
}  // namespace porterd::log
