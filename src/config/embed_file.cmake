# cmake -D INPUT=file -D OUTPUT=file.cpp -P embed_file.cmake
# Writes a source that holds the bytes of INPUT as an array: a string literal of that length is beyond what ISO C++ promises.
file(READ "${INPUT}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"config/built_in_prices.hpp\"

namespace tierway::config {
namespace {

constexpr unsigned char kBytes[] = {
${bytes}};

}  // namespace

std::string_view built_in_prices() noexcept { return {reinterpret_cast<const char*>(kBytes), sizeof kBytes}; }

}  // namespace tierway::config
")
