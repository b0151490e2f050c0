// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace bench {

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void Latencies::finish() { std::ranges::sort(values_); }

double Latencies::at(double share) const {
  if (values_.empty()) return 0;
  const auto index = static_cast<std::size_t>(share * static_cast<double>(values_.size()));
  return static_cast<double>(values_[std::min(index, values_.size() - 1)]) * 1e6;
}

Report& Report::add(const char* name, double value) {
  char text[128];
  std::snprintf(text, sizeof text, "%s\"%s\": %.10g", text_.empty() ? "" : ", ", name, value);
  text_ += text;
  return *this;
}

Report& Report::add(Latencies& latencies) {
  latencies.finish();
  return add("p50", latencies.at(0.5))
      .add("p90", latencies.at(0.9))
      .add("p99", latencies.at(0.99))
      .add("max", latencies.at(1));
}

Report& Report::add_rate(double seconds, long operations) {
  return add("seconds", seconds).add("rate", seconds > 0 ? static_cast<double>(operations) / seconds : 0);
}

void Report::print() {
  std::printf("{%s}\n", text_.c_str());
  std::fflush(stdout);
}

}  // namespace bench
