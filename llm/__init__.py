"""Speaking to models: servers, models, the wire, replies, and the turns that join them."""
