// SPDX-License-Identifier: Apache-2.0
#include "log/quote.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "log/utf8.h"

namespace porterd::log {
namespace {

/// The longest escape, "\u{10ffff}", and room to spare.
using Piece = fmt::basic_memory_buffer<char, 16>;

constexpr std::string_view kCut = "...";

bool is_plain(char byte) { return byte > ' ' && byte < 0x7f && byte != '"' && byte != '=' && byte != '\\'; }

void add(Piece& piece, std::string_view text) { piece.append(text.data(), text.data() + text.size()); }

// The short escapes that both forms share; empty for all other characters.
std::string_view short_escape(char32_t point) {
  switch (point) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {};
  }
}

void append_text_piece(Piece& piece, const Character& character, std::string_view bytes) {
  if (!character.is_valid) {
    for (const char byte : bytes)
      fmt::format_to(std::back_inserter(piece), "\\x{:02x}", static_cast<std::uint8_t>(byte));
  } else if (const std::string_view escape = short_escape(character.point); !escape.empty()) {
    add(piece, escape);
  } else if (!is_control(character.point)) {
    add(piece, bytes);
  } else if (const auto point = static_cast<std::uint32_t>(character.point); point < 0x80) {
    fmt::format_to(std::back_inserter(piece), "\\x{:02x}", point);
  } else {
    fmt::format_to(std::back_inserter(piece), "\\u{{{:x}}}", point);
  }
}

// All control characters that is_control() knows lie below U+10000, so none needs a surrogate pair.
void append_json_piece(Piece& piece, const Character& character, std::string_view bytes) {
  if (!character.is_valid)
    add(piece, "\xef\xbf\xbd");
  else if (const std::string_view escape = short_escape(character.point); !escape.empty())
    add(piece, escape);
  else if (is_control(character.point))
    fmt::format_to(std::back_inserter(piece), "\\u{:04x}", static_cast<std::uint32_t>(character.point));
  else
    add(piece, bytes);
}

template <typename AppendPiece>
void append_pieces(Buffer& out, std::string_view value, std::size_t limit, AppendPiece append_piece) {
  const std::size_t reserve = kCut.size() + 1;
  while (!value.empty()) {
    if (is_plain(value.front()) && out.size() + 1 + reserve <= limit) {
      out.push_back(value.front());
      value.remove_prefix(1);
      continue;
    }
    const Character character = first_character(value);
    Piece piece;
    append_piece(piece, character, value.substr(0, character.length));
    if (out.size() + piece.size() + reserve > limit) {
      append(out, kCut);
      break;
    }
    append(out, {piece.data(), piece.size()});
    value.remove_prefix(character.length);
  }
}

template <typename AppendPiece>
void append_quoted(Buffer& out, std::string_view value, std::size_t limit, AppendPiece append_piece) {
  out.push_back('"');
  append_pieces(out, value, limit, append_piece);
  out.push_back('"');
}

// Without quotes around it a quote and a backslash are nothing special.
void append_bare_piece(Piece& piece, const Character& character, std::string_view bytes) {
  if (bytes == "\"" || bytes == "\\")
    add(piece, bytes);
  else
    append_text_piece(piece, character, bytes);
}

}  // namespace

void append(Buffer& out, std::string_view text) { out.append(text.data(), text.data() + text.size()); }

void append_value(Buffer& out, std::string_view value, Quotes quotes, std::size_t limit) {
  const bool is_bare = quotes == Quotes::when_needed && !value.empty() && out.size() + value.size() <= limit &&
                       std::all_of(value.begin(), value.end(), is_plain);
  if (is_bare)
    append(out, value);
  else if (quotes == Quotes::never)
    append_pieces(out, value, limit, append_bare_piece);
  else
    append_quoted(out, value, limit, append_text_piece);
}

void append_json(Buffer& out, std::string_view value, std::size_t limit) {
  append_quoted(out, value, limit, append_json_piece);
}

}  // namespace porterd::log
