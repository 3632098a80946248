"""What each event of an account means for its contact and its mails, a file for each thing that events are about.

A rule is a pure function: what happened and what is known of the contact -> effects. Rules hold for any order and any
number of repeats of the events: a contact that is gone stays gone, what needs a contact that is not there yet waits
for it, and a dedup key lets a fact be told once. A late event changes nothing that a newer one has settled; a fact that
stands for itself (somebody signed in) is told all the same.
"""
