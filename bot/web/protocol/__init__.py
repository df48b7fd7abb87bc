"""What goes over REST and WebSocket, in both directions, by structs. The OpenAPI document is made from them."""
