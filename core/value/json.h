// JSON text: is it well-formed, and how much of it is there?
//
// The core keeps values as the author's JSON text and never builds a tree of it. A stranger's
// text is checked once, when it arrives: RFC 8259 grammar, UTF-8 as RFC 3629 has it, no lone
// surrogates, nesting within bounds. Our own checker is a hundred lines; a parser library would
// cost a fifth of everything that is shipped. tests/core compares the two on random texts.
#pragma once

#include <cstddef>
#include <string_view>

namespace danji {

// True when `text` is exactly one JSON value, nested at most `nestingMax` deep.
// Takes time linear in the text and no memory besides `nestingMax` bits.
bool isJson(std::string_view text, std::size_t nestingMax);

// True when `text` is well-formed UTF-8 without surrogates.
bool isUtf8(std::string_view text);

}  // namespace danji
