"""Speaking to models: connections, capabilities, requests, replies, tokens, prices, context, turns."""
