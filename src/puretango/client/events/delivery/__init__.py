"""What a subscription asks for, and what it delivers: to a callback, or to a queue."""
