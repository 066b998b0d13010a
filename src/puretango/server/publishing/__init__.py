"""Events: feeds, detection, criteria, subscription."""
