"""The client side: connections, blocking and asyncio, and the pools that keep them."""
