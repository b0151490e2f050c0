// SPDX-License-Identifier: Apache-2.0
//
// What a run has found, as one JSON object on one line of standard output.
#pragma once

#include <string>
#include <vector>

namespace bench {

/// Seconds of CLOCK_MONOTONIC.
double now();

/// User and system seconds of this process.
double own_cpu();

/// Times of single operations, in seconds.
class Latencies {
 public:
  void add(double seconds) { values_.push_back(static_cast<float>(seconds)); }
  /// Sorts, once all are added.
  void finish();
  /// The value below which this share (0 to 1) of all is, in microseconds; 0 without values.
  [[nodiscard]] double at(double share) const;
  [[nodiscard]] long count() const { return static_cast<long>(values_.size()); }

 private:
  std::vector<float> values_;
};

/// A JSON object of numbers, printed and flushed by print().
class Report {
 public:
  Report& add(const char* name, double value);
  /// p50, p90, p99 and max, in microseconds.
  Report& add(Latencies& latencies);
  /// seconds, and rate: operations a second.
  Report& add_rate(double seconds, long operations);
  void print();

 private:
  std::string text_;
};

}  // namespace bench
