"""Events over ZMQ: publishing and subscribing sockets."""
