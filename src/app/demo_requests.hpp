#pragma once

#include <string>
#include <vector>

namespace tierway::app {

/// One request of the demo.
struct DemoRequest {
    std::string title;
    std::string body;
};

/// A handful of varied requests: cheap tasks, hard ones, one that is escalated, one wish above its bound, one image.
std::vector<DemoRequest> demo_requests();

/// Sends the demo's requests to a running gateway, prints a line for each and the total saved. \returns false when one failed.
bool run_demo_requests(const std::string& gateway_address);

}  // namespace tierway::app
