"""HTTP itself, apart from what is served: requests, replies, negotiation, problems, limits, caching, logs."""
