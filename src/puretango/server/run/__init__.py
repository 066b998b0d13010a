"""run(), Util and the classic command line."""
