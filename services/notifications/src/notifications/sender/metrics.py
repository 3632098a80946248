"""What the sender counts for Prometheus. No label holds an address or a domain."""

from prometheus_client import Counter, Gauge, Histogram

MAILS_SETTLED = Counter("dzwonek_mails_settled_total", "Mails that reached an end", ["lane", "state"])
MAILS_KEPT = Counter("dzwonek_mails_kept_total", "Mails that stay queued for another try", ["lane", "reason"])
SMTP_ANSWERS = Counter("dzwonek_smtp_answers_total", "What the relay answered to a mail, by class", ["lane", "answer"])
SECONDS_TO_ACCEPTED = Histogram(
    "dzwonek_mail_seconds",
    "From the event, or from when the mail was due, to the relay's acceptance",
    ["lane"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400),
)
DOMAINS_PAUSED = Gauge("dzwonek_domains_paused", "Destination domains that nothing is sent to for now")
CONNECTIONS = Gauge("dzwonek_smtp_connections", "Open connections to the relay", ["lane"])
RELAY_AWAY = Gauge("dzwonek_relay_away", "1 while the relay cannot be reached", ["lane"])
UNRECORDED = Gauge("dzwonek_mails_unrecorded", "Mails whose outcome waits to be written to the database")
