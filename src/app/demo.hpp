#pragma once

#include <string>

namespace tierway::app {

struct DemoOptions {
    std::string listen = "127.0.0.1:8080";
    std::string admin = "127.0.0.1:8081";
    std::string ready_file;
};

/// `tierway demo`: three simulated tiers and the gateway on loopback, a handful of requests with one printed line each, then
/// serves on.
int demo(const DemoOptions& options);

}  // namespace tierway::app
