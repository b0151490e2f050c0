// SPDX-License-Identifier: Apache-2.0
#include "worker/http_request.h"

#include <gtest/gtest.h>

namespace porterd::worker {
namespace {

using State = HttpRequestHead::State;

State whole(std::string_view text) { return HttpRequestHead().take(text); }

TEST(HttpRequestHead, EndsWithAnEmptyLine) {
  EXPECT_EQ(whole("GET / HTTP/1.1\r\n\r\n"), State::complete);
  EXPECT_EQ(whole("GET / HTTP/1.0\n\n"), State::complete);
  EXPECT_EQ(whole("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\nrest"), State::complete);
  EXPECT_EQ(whole("GET / HTTP/1.1\r\nHost: x\r\n"), State::incomplete);
  EXPECT_EQ(whole(""), State::incomplete);
}

TEST(HttpRequestHead, MayComeInAnyPieces) {
  const std::string_view text = "GET /a%20b HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    HttpRequestHead head;
    EXPECT_EQ(head.take(text.substr(0, cut)), State::incomplete) << cut;
    EXPECT_EQ(head.take(text.substr(cut)), State::complete) << cut;
  }
}

TEST(HttpRequestHead, KnowsHead) {
  HttpRequestHead head;
  EXPECT_EQ(head.take("HEAD / HTTP/1.1\r\n\r\n"), State::complete);
  EXPECT_TRUE(head.is_head());
  HttpRequestHead other;
  EXPECT_EQ(other.take("HEADER / HTTP/1.1\r\n\r\n"), State::complete);
  EXPECT_FALSE(other.is_head());
}

TEST(HttpRequestHead, RefusesOtherFirstLines) {
  for (const auto* line : {"GET /\r\n", "GET  HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n", "GET / HTTP/2.0\r\n",
                           " / HTTP/1.1\r\n", "GET /\x01 HTTP/1.1\r\n", "GET / HTTP/1.1x\r\n", "\x16\x03\x01\x02\n"})
    EXPECT_EQ(whole(line), State::malformed) << line;
}

TEST(HttpRequestHead, IsBounded) {
  HttpRequestHead head;
  EXPECT_EQ(head.take(std::string(HttpRequestHead::kLongest, 'G')), State::incomplete);
  EXPECT_EQ(head.take("G"), State::too_long);
  EXPECT_EQ(head.take("GET / HTTP/1.1\r\n\r\n"), State::too_long);
}

}  // namespace
}  // namespace porterd::worker
