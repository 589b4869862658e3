"""What the outer tests are made of: the gateway as a process, upstreams that misbehave on demand, raw clients."""
