"""The statements of the service, typed: a module and the .sql file of its name for each thing that is kept."""
