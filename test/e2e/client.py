"""Owns one HTTP call to the server and the reading of its response. Never retries, never judges a response.
Called by every test module."""
import http.client
import json
import urllib.parse


def multipart(fields, boundary="----WebKitFormBoundary7MA4YWxkTrZu0gW"):
    """(media type, bytes) of a form with these text fields, as a browser sends a FormData."""
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
             for name, value in dict(fields).items()]
    return f"multipart/form-data; boundary={boundary}", ("".join(parts) + f"--{boundary}--\r\n").encode()


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def data(self):
        return self.json["data"]

    def __repr__(self):
        return f"<{self.status} {self.body[:400]!r}>"


class Client:
    """Calls one server. `source` is the client's address, for tests of limits by address."""

    def __init__(self, address, token=None, source=None):
        host, port = address.rsplit(":", 1)
        self.host, self.port = host.strip("[]"), int(port)
        self.token = token
        self.source = source

    def connection(self):
        source = (self.source, 0) if self.source else None
        return http.client.HTTPConnection(self.host, self.port, timeout=60, source_address=source)

    def call(self, method, path, body=None, headers=None, token=None):
        headers = dict(headers or {})
        token = self.token if token is None else token
        if token:
            headers.setdefault("Authorization", f"Bearer {token}")
        connection = self.connection()
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def json(self, method, path, value, headers=None, **more):
        """`value` is either bytes, sent unchanged, or anything that json can encode."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
        return self.call(method, path, body=body, headers=headers, **more)

    def form(self, path, fields, headers=None, **more):
        body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.call("POST", path, body=body, headers=headers, **more)
