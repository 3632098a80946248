"""`make bench`: how fast the way of an event is, each part beside the raw limit of what it stands on."""
