"""How it is measured, judged and shown."""
