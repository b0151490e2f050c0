// SPDX-License-Identifier: Apache-2.0

#include "worker/builtin_factories.h"
#include "worker/http_request.h"

namespace porterd::worker {
namespace {

/// RFC 9110, section 15; a client must not need the words (RFC 9112, section 4), so others have none.
std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 410:
      return "Gone";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

/// RFC 9110, section 6.4.1: these never have content.
bool has_content(unsigned status) { return status >= 200 && status != 204 && status != 304; }

/// Sends a text that it does not own, in pieces.
class Sending {
 public:
  explicit Sending(std::string_view text) : left_(text) {}
  Wish produce(std::string& out) {
    const auto part = left_.substr(0, kChunk);
    left_.remove_prefix(part.size());
    out += part;
    return left_.empty() ? Wish::finish : Wish::produce;
  }

 private:
  std::string_view left_;
};

class Plain final : public StreamBuiltin {
 public:
  explicit Plain(const BuiltinSettings& settings) : text_(settings.text) {}
  Wish begin(base::WallTime /*now*/, std::string& out) override { return text_.produce(out); }
  Wish produce(std::string& out) override { return text_.produce(out); }

 private:
  Sending text_;
};

class Http final : public StreamBuiltin {
 public:
  explicit Http(const BuiltinSettings& settings) : settings_(settings), content_("") {}

  Wish begin(base::WallTime /*now*/, std::string& /*out*/) override { return Wish::take; }

  Wish take(std::string_view bytes, std::string& out) override {
    has_bytes_ = true;
    switch (head_.take(bytes)) {
      case HttpRequestHead::State::incomplete:
        return Wish::take;
      case HttpRequestHead::State::complete:
        return respond(settings_.http_status, settings_.text, out);
      case HttpRequestHead::State::malformed:
        return respond(400, {}, out);
      case HttpRequestHead::State::too_long:
        return respond(431, {}, out);
    }
    return Wish::finish;
  }

  Wish produce(std::string& out) override { return content_.produce(out); }

  Wish end(std::string& out) override { return has_bytes_ ? respond(400, {}, out) : Wish::finish; }

 private:
  Wish respond(unsigned status, std::string_view content, std::string& out) {
    out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(reason_phrase(status)).append("\r\n");
    if (has_content(status)) {
      if (!content.empty()) out.append("Content-Type: ").append(settings_.content_type).append("\r\n");
      out.append("Content-Length: ").append(std::to_string(content.size())).append("\r\n");
    }
    out.append("Cache-Control: no-store\r\nConnection: close\r\n\r\n");
    if (!has_content(status) || head_.is_head() || content.empty()) return Wish::finish;
    content_ = Sending(content);
    return Wish::produce;
  }

  const BuiltinSettings& settings_;
  HttpRequestHead head_;
  Sending content_;
  bool has_bytes_ = false;
};

}  // namespace

std::unique_ptr<StreamBuiltin> make_respond(const BuiltinSettings& settings) {
  if (settings.http_status == 0) return std::make_unique<Plain>(settings);
  return std::make_unique<Http>(settings);
}

}  // namespace porterd::worker
