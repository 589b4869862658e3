# cmake -D INPUT=file -D OUTPUT=file.cpp -D HEADER=path.hpp -D NAMESPACE=tierway::x -D FUNCTION=name -P embed_file.cmake
# Writes a source that defines `std::string_view FUNCTION() noexcept` with the bytes of INPUT, as an array: a string literal of such
# length is beyond what ISO C++ promises.
file(READ "${INPUT}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

namespace ${NAMESPACE} {
namespace {

constexpr unsigned char kBytes[] = {
${bytes}};

}  // namespace

std::string_view ${FUNCTION}() noexcept { return {reinterpret_cast<const char*>(kBytes), sizeof kBytes}; }

}  // namespace ${NAMESPACE}
")
