"""The citizen's side: conversations over REST and WebSocket."""
