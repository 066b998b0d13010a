"""What the pages ask for, by subject: each file has the rules of one."""
