# cmake -D FOLDER=folder -D FILES=a|b/c -D OUTPUT=file.cpp -D HEADER=path.hpp -D NAMESPACE=tierway::x -D FUNCTION=name -P embed_files.cmake
# Writes a source that defines `std::span<const EmbeddedFile> FUNCTION() noexcept`: each of FILES by its path below FOLDER, with its
# bytes as an array, because a string literal of such length is beyond what ISO C++ promises.
string(REPLACE "|" ";" files "${FILES}")
set(arrays "")
set(entries "")
set(number 0)
foreach(file IN LISTS files)
    file(READ "${FOLDER}/${file}" hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND arrays "constexpr unsigned char kBytes${number}[] = {${bytes}};\n")
    string(APPEND entries
        "    EmbeddedFile{\"${file}\", {reinterpret_cast<const char*>(kBytes${number}), sizeof kBytes${number}}},\n")
    math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUTPUT}" "#include \"${HEADER}\"

#include <array>

namespace ${NAMESPACE} {
namespace {

${arrays}
const std::array<EmbeddedFile, ${number}> kFiles{{
${entries}}};

}  // namespace

std::span<const EmbeddedFile> ${FUNCTION}() noexcept { return kFiles; }

}  // namespace ${NAMESPACE}
")
