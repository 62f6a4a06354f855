"""runtime: what runs the engine: settings, logging, keys, Temporal client and codec, servers, relay."""
