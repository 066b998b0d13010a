"""The pages' requests, by subject: each file has the rules of one."""
