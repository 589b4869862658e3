# tierway_module(NAME SOURCES a.cpp … LINK other modules and libraries …)
# One static library for each module, with its links written out, so that a wrong include fails to link.
function(tierway_warnings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
    if(TIERWAY_SANITIZE)
        target_compile_options(${target} PUBLIC -fsanitize=${TIERWAY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=${TIERWAY_SANITIZE})
    endif()
endfunction()

function(tierway_module name)
    cmake_parse_arguments(PARSE_ARGV 1 MODULE "" "" "SOURCES;LINK")
    add_library(tierway_${name} STATIC ${MODULE_SOURCES})
    add_library(tierway::${name} ALIAS tierway_${name})
    target_include_directories(tierway_${name} PUBLIC "${PROJECT_SOURCE_DIR}/include" PRIVATE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(tierway_${name} PUBLIC ${MODULE_LINK})
    tierway_warnings(tierway_${name})
endfunction()

# For targets with coroutines: g++ 12 takes the error alternative of a `Result<void>` in a coroutine frame for uninitialised (variant2 never
# reads it), and Asio's frame allocation and deallocation for mismatched (they are a pair, inlined differently). Those two are off there.
function(tierway_coroutines target)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-mismatched-new-delete>)
endfunction()

# tierway_embed_file(VARIABLE INPUT file HEADER path.hpp NAMESPACE n FUNCTION f)
# Compiles a file into the program: sets VARIABLE to a generated source that defines `std::string_view n::f()`, declared in HEADER.
function(tierway_embed_file variable)
    cmake_parse_arguments(PARSE_ARGV 1 EMBED "" "INPUT;HEADER;NAMESPACE;FUNCTION" "")
    set(script "${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake")
    set(source "${CMAKE_CURRENT_BINARY_DIR}/${EMBED_FUNCTION}.cpp")
    add_custom_command(
        OUTPUT "${source}"
        COMMAND "${CMAKE_COMMAND}" -D "INPUT=${EMBED_INPUT}" -D "OUTPUT=${source}" -D "HEADER=${EMBED_HEADER}"
                -D "NAMESPACE=${EMBED_NAMESPACE}" -D "FUNCTION=${EMBED_FUNCTION}" -P "${script}"
        DEPENDS "${EMBED_INPUT}" "${script}"
        COMMENT "Embedding ${EMBED_INPUT}"
        VERBATIM)
    set(${variable} "${source}" PARENT_SCOPE)
endfunction()

# tierway_embed_files(VARIABLE FOLDER folder FILES a b/c … HEADER path.hpp NAMESPACE n FUNCTION f)
# Compiles files into the program: sets VARIABLE to a generated source that defines `std::span<const EmbeddedFile> n::f()`, declared in
# HEADER, which also declares `struct EmbeddedFile { std::string_view path, bytes; }` there.
function(tierway_embed_files variable)
    cmake_parse_arguments(PARSE_ARGV 1 EMBED "" "FOLDER;HEADER;NAMESPACE;FUNCTION" "FILES")
    set(script "${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake")
    set(source "${CMAKE_CURRENT_BINARY_DIR}/${EMBED_FUNCTION}.cpp")
    list(TRANSFORM EMBED_FILES PREPEND "${EMBED_FOLDER}/" OUTPUT_VARIABLE inputs)
    string(REPLACE ";" "|" files "${EMBED_FILES}")
    add_custom_command(
        OUTPUT "${source}"
        COMMAND "${CMAKE_COMMAND}" -D "FOLDER=${EMBED_FOLDER}" -D "FILES=${files}" -D "OUTPUT=${source}" -D "HEADER=${EMBED_HEADER}"
                -D "NAMESPACE=${EMBED_NAMESPACE}" -D "FUNCTION=${EMBED_FUNCTION}" -P "${script}"
        DEPENDS ${inputs} "${script}"
        COMMENT "Embedding ${EMBED_FOLDER}"
        VERBATIM)
    set(${variable} "${source}" PARENT_SCOPE)
endfunction()
