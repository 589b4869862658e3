#include "classify/text_shape.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tierway::classify {
namespace {

TEST(ShapeOf, NamesTheScriptOfMostLetters) {
    struct Case {
        const char* text;
        const char* script;
    };
    for (const Case& c : {
             Case{"Hello, world", "latin"},
             Case{"Größe, œuvre, çà, Żółć", "latin"},
             Case{"Привет, мир", "cyrillic"},
             Case{"Καλημέρα", "greek"},
             Case{"你好，世界", "han"},
             Case{"こんにちは", "kana"},
             Case{"안녕하세요", "hangul"},
             Case{"مرحبا بالعالم", "arabic"},
             Case{"שלום", "hebrew"},
             Case{"नमस्ते", "devanagari"},
             Case{"สวัสดี", "thai"},
             Case{"გამარჯობა", "georgian"},
             Case{"ᎣᏏᏲ", "other"},
             Case{"Переведи слово hello", "cyrillic"},
             Case{"Translate the word привет", "latin"},
             Case{"12 + 30 = 42", ""},
             Case{"😀🎉 — … €", ""},
             Case{"", ""},
             Case{"\xd0", ""},
             Case{"a\xff\xfe\xf0\x9f", "latin"},
         }) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(shape_of(c.text).script, c.script);
    }
}

TEST(ShapeOf, CountsDigitsPerByte) {
    EXPECT_EQ(shape_of("12ab").digit_share, 0.5);
    EXPECT_EQ(shape_of("no digits").digit_share, 0.0);
    EXPECT_EQ(shape_of("").digit_share, 0.0);
}

TEST(ShapeOf, ProseIsNoCode) {
    for (const char* line : {
             "Extract all dates from this text.",
             "import the data and clean it",
             "return a list of names, please",
             "let me know what you think",
             "class sizes vary",
             "for example: apples",
             "if you can, explain it:",
             "from Monday to Friday",
             "Dear Sir or Madam,",
             "",
         }) {
        SCOPED_TRACE(line);
        EXPECT_EQ(shape_of(line).code_share, 0.0);
    }
}

TEST(ShapeOf, CodeIsCodeLineByLine) {
    for (const char* line : {
             "def f(x):",
             "import os",
             "import numpy as np",
             "from os import path",
             "#include <vector>",
             "int main() {",
             "}",
             "    return x + 1",
             "\treturn",
             "x = 1;",
             "const answer = 42",
             "let x = f(y)",
             "class Parser:",
             "    for item in items:",
             "// a comment",
             "SELECT name FROM users",
             "function f(a, b)",
             "fn main()",
             ">>> 1 + 1",
             "    if x > 0:  ",
         }) {
        SCOPED_TRACE(line);
        EXPECT_EQ(shape_of(line).code_share, 1.0);
    }
}

TEST(ShapeOf, AFencedBlockIsCodeWhateverIsInIt) {
    EXPECT_EQ(shape_of("```\nanything at all\n```").code_share, 1.0);
    EXPECT_EQ(shape_of("~~~python\nanything\n~~~\n").code_share, 1.0);
    EXPECT_EQ(shape_of("  ```\nunclosed runs\nto the end").code_share, 1.0);
}

TEST(ShapeOf, TheShareIsInBytesWithTheirLineEnds) {
    // 10 bytes of prose, 10 of code.
    EXPECT_EQ(shape_of("Fix this:\nint x={1};").code_share, 0.5);
    EXPECT_EQ(shape_of("Fix this:\r\nint x=1;\r\n").code_share, 10.0 / 21.0);
    EXPECT_EQ(shape_of("```\nab\n```\nProse here.").code_share, 11.0 / 22.0);
}

}  // namespace
}  // namespace tierway::classify
