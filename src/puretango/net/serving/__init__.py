"""The server side: listening sockets, their connections, and the threads that answer."""
