"""The admin device (DServer): its commands by subject."""
