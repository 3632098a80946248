"""Who is asking: access tokens, their keys, revoked sessions, and whose forms are taken. For every service.

accounts signs a short access token (`access_tokens`). Every service checks it with public keys that it keeps
(`public_keys`) and against the sessions that were revoked (`revocations`), and a handler gets a `SignedIn` from
`signed_in` or, for pages, `signed_in_page` (`requests`). Forms are taken from our own pages alone (`own_site`).
"""
