"""The JSON API of the service: /api/v1, described by OpenAPI 3.1."""
