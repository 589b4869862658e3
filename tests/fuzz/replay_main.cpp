// Runs a fuzz target without libFuzzer: over its corpus, then over a bounded number of mutations that the seed determines.
//
//   fuzz_TARGET [--rounds N] [--seconds S] [--seed N] [--dictionary FILE] FILE-OR-FOLDER...
//
// An input that breaks a property or trips a sanitizer is written to `failed-input` in the working directory; given as FILE it
// fails again. Without --rounds only the corpus is run.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

constexpr std::size_t kInputBytesMax = 4096;
constexpr std::size_t kMutationsMax = 4;

const char* running = nullptr;
std::size_t running_size = 0;

/// Only calls that a signal handler may make.
void keep_failed_input() {
    const int file = open("failed-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file >= 0 && running != nullptr && write(file, running, running_size) == static_cast<ssize_t>(running_size)) {
        constexpr std::string_view kNote = "The input is in the file failed-input of the working directory.\n";
        static_cast<void>(!write(STDERR_FILENO, kNote.data(), kNote.size()));
    }
}

void on_abort(int) {
    keep_failed_input();
}

/// The input lies in a block of its exact size, so that the address sanitizer sees reads beyond it.
void run(std::string_view input) {
    const auto exact = std::make_unique<char[]>(input.size());
    std::copy(input.begin(), input.end(), exact.get());
    running = exact.get();
    running_size = input.size();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(exact.get()), input.size());
    running = nullptr;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "%s cannot be read.\n", path.c_str());
        std::exit(2);
    }
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> read_corpus(const std::vector<std::string>& paths) {
    std::vector<std::filesystem::path> files;
    for (const std::string& path : paths) {
        if (std::filesystem::is_directory(path)) {
            for (const auto& entry : std::filesystem::directory_iterator(path)) {
                files.push_back(entry.path());
            }
        } else {
            files.emplace_back(path);
        }
    }
    // The order of a folder is not determined; that of the rounds must be.
    std::sort(files.begin(), files.end());
    std::vector<std::string> inputs;
    for (const auto& file : files) {
        inputs.push_back(read_file(file));
    }
    return inputs;
}

/// The words of a libFuzzer dictionary: lines of `"text"`, `\xNN`, `\\` and `\"` escaped.
std::vector<std::string> read_dictionary(const std::string& path) {
    std::vector<std::string> words;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const std::size_t begin = line.find('"');
        const std::size_t end = line.rfind('"');
        if (line.starts_with('#') || begin == std::string::npos || end == begin) {
            continue;
        }
        std::string word;
        for (std::size_t i = begin + 1; i < end; ++i) {
            if (line[i] == '\\' && line[i + 1] == 'x') {
                word += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
                i += 3;
            } else {
                i += line[i] == '\\' ? 1 : 0;
                word += line[i];
            }
        }
        words.push_back(word);
    }
    return words;
}

class Mutator {
public:
    Mutator(const std::vector<std::string>& corpus, const std::vector<std::string>& words, std::uint64_t seed)
        : corpus_(corpus), words_(words), random_(seed) {}

    std::string next() {
        std::string input = corpus_[below(corpus_.size())];
        for (std::size_t left = 1 + below(kMutationsMax); left > 0; --left) {
            mutate(input);
        }
        input.resize(std::min(input.size(), kInputBytesMax));
        return input;
    }

private:
    // Not std::uniform_int_distribution, whose results differ between libraries.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

    void mutate(std::string& input) {
        const std::size_t at = below(input.size() + 1);
        const std::size_t left = input.size() - at;
        switch (below(7)) {
            case 0:
                input.insert(at, 1, static_cast<char>(below(256)));
                return;
            case 1:
                input.erase(at, 1 + below(8));
                return;
            case 2:
                if (left > 0) {
                    input[at] = static_cast<char>(static_cast<unsigned char>(input[at]) ^ (1U << below(8)));
                }
                return;
            case 3:
                input.insert(at, input.substr(below(input.size() + 1), 1 + below(32)));
                return;
            case 4: {
                const std::string& other = corpus_[below(corpus_.size())];
                input = input.substr(0, at) + other.substr(below(other.size() + 1));
                return;
            }
            case 5:
                if (!words_.empty()) {
                    input.insert(at, words_[below(words_.size())]);
                }
                return;
            default:
                if (!words_.empty() && left > 0) {
                    const std::string& word = words_[below(words_.size())];
                    input.replace(at, std::min(left, word.size()), word);
                }
        }
    }

    const std::vector<std::string>& corpus_;
    const std::vector<std::string>& words_;
    std::mt19937_64 random_;
};

}  // namespace

int main(int count, char** arguments) {
    std::uint64_t rounds = 0;
    std::uint64_t seed = 1;
    double seconds = 3600;
    std::vector<std::string> words;
    std::vector<std::string> paths;
    for (int i = 1; i < count; ++i) {
        const std::string name = arguments[i];
        const char* const value = i + 1 < count ? arguments[i + 1] : "";
        if (name == "--rounds") {
            rounds = std::strtoull(value, nullptr, 10);
        } else if (name == "--seed") {
            seed = std::strtoull(value, nullptr, 10);
        } else if (name == "--seconds") {
            seconds = std::strtod(value, nullptr);
        } else if (name == "--dictionary") {
            words = read_dictionary(value);
        } else {
            paths.push_back(name);
            continue;
        }
        ++i;
    }
    const std::vector<std::string> corpus = read_corpus(paths);
    if (corpus.empty()) {
        std::fprintf(stderr, "There is no input: name at least one file, or a folder with files in it.\n");
        return 2;
    }
    std::signal(SIGABRT, on_abort);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_set_death_callback(keep_failed_input);
#endif
    for (const std::string& input : corpus) {
        run(input);
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    Mutator mutator(corpus, words, seed);
    std::uint64_t round = 0;
    for (; round < rounds && std::chrono::steady_clock::now() < end; ++round) {
        run(mutator.next());
    }
    std::printf("%zu files of the corpus and %llu mutations (seed %llu): every property held.\n", corpus.size(),
                static_cast<unsigned long long>(round), static_cast<unsigned long long>(seed));
    return 0;
}
