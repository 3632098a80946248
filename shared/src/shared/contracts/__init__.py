"""The events that the services tell each other: pure Pydantic, no I/O.

Read `catalogue` top to bottom to know everything that crosses Kafka. Within a version of an event only additions
are allowed; a breaking change is a new type on a new topic, published side by side with the old one.
"""
