"""Reading and writing attributes, synchronous, asynchronous, histories."""
