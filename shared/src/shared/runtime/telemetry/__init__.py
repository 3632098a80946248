"""Traces: from the click to the mail, exported by OTLP where the settings name a collector, and else nothing at all.

A trace context goes by hand, as the W3C `traceparent` of a request, an event or a mail. Nothing of OpenTelemetry's is
kept in context variables, and its SDK is not even imported where nothing is traced (`switch.py`).
"""
