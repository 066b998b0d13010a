"""The commands of the database and of access control: functions of a store and an argument."""
