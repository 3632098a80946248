"""One origin before all services: a small reverse proxy for the demo and the tests, in Caddy's place in production.

`python -m devstack.gateway --port 8000 --route '/=http://127.0.0.1:8001,http://127.0.0.1:8002;session'`. Paths go
upstream as they are; only the route marked `session` ever sees the cookie `__Host-session`.
"""
