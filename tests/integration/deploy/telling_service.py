"""A service that answers with the request it got and sets cookies. It runs in a container, with Python alone."""

import http.server


class Telling(http.server.BaseHTTPRequestHandler):
    """Answers with the request line and the headers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The answer."""
        body = f"{self.requestline}\n{self.headers}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "__Host-session=made-up; Secure; Path=/")
        self.send_header("Set-Cookie", "theme=dark")
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Telling).serve_forever()  # noqa: S104 - in a container
