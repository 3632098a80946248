"""What every service stands on: settings, PostgreSQL, outbox and relay, consumers, HTTP defaults, health, logs."""
