"""What every room of the server stands on: monitor, black box, failures, the calling of author code."""
