#include "app/ready_file.hpp"

#include <cstdio>
#include <fstream>

namespace tierway::app {

bool write_ready_file(const std::string& path, const std::string& listen, const std::string& admin) {
    const std::string beside = path + ".part";
    {
        std::ofstream file(beside);
        file << R"({"listen":")" << listen << '"';
        if (!admin.empty()) {
            file << R"(,"admin":")" << admin << '"';
        }
        file << "}\n";
        if (!file.flush()) {
            return false;
        }
    }
    return std::rename(beside.c_str(), path.c_str()) == 0;
}

}  // namespace tierway::app
