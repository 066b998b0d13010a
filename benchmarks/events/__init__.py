"""Events and polling."""
