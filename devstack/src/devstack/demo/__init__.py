"""The demo: starts the whole system, plays the main job on it, and shows how long each step took.

It is played as a school's office would, by the commands, and as guardians would, over the pages.
"""
