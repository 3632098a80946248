"""What the pages of every service are made of: the frame, fields of forms, errors, the look (docs/design.md).

A service has its own `templates/`, which extend `shared/layout.html`, its own `locales/`, and a `Pages` in
`app.state.pages`. Its routes are of `PageRoute`, its application has the middleware `ErrorPages`.
"""
