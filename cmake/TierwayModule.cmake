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
