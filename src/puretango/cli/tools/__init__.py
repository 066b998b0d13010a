"""Commands of the larger tools, a file each; a tool is imported when its command runs."""
