"""The pages that people see, working without JavaScript, in Polish, English and Ukrainian.

A GET changes nothing; a POST ends in a redirect or in the page with what is wrong. Every path that takes a form also
shows it: a form whose session has ended leads to signing in, and from there back to its page.
"""
