"""The demo: starts the whole system, plays the main job on it as a person would, and shows how long each step took."""
