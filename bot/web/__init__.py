"""The only process that is reachable from outside: REST, WebSocket, the widget and the pages."""
