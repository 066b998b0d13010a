"""What all proxies of a client share: connections, databases, locks, pending calls."""
