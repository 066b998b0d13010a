"""The store by its subjects: devices, servers, properties, aliases, rights, event channels."""
