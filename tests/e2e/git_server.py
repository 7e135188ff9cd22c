"""A Git server on loopback that accepts pushes, and a working copy to push from."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from processes import LOOPBACK

_AUTHOR = {
    "GIT_AUTHOR_NAME": "e2e", "GIT_AUTHOR_EMAIL": "e2e@example.com",
    "GIT_COMMITTER_NAME": "e2e", "GIT_COMMITTER_EMAIL": "e2e@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
}  # fmt: skip


def git(*words: str, cwd: Path) -> str:
    """Run git with an identity of its own and none of the user's configuration; return its output, stripped."""
    done = subprocess.run(
        ["git", *words], cwd=cwd, env={**os.environ, **_AUTHOR}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"git {' '.join(words)}: {done.stderr or done.stdout}")
    return done.stdout.strip()


class _Handler(BaseHTTPRequestHandler):
    """Hands a request to git's own CGI program."""

    protocol_version = "HTTP/1.0"
    root: Path

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _serve(self, body: bytes) -> None:
        url = urlsplit(self.path)
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
            "REMOTE_USER": "e2e", "REMOTE_ADDR": LOOPBACK, "REQUEST_METHOD": self.command, "PATH_INFO": url.path,
            "QUERY_STRING": url.query, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }  # fmt: skip
        answer = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = answer.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


class GitServer:
    """Serves every bare repository below `folder`; pushes are accepted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        handler = type("Handler", (_Handler,), {"root": folder})
        self._server = ThreadingHTTPServer((LOOPBACK, 0), handler)
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"

    def __enter__(self) -> GitServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def create(self, name: str) -> str:
        """Make an empty bare repository and return its URL."""
        bare = self.folder / f"{name}.git"
        git("init", "--quiet", "--bare", "--initial-branch=main", str(bare), cwd=self.folder)
        git("config", "http.receivepack", "true", cwd=bare)
        return f"{self.url}/{name}.git"


class WorkingCopy:
    """A folder under version control whose every change is one commit, pushed at once."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        if not (folder / ".git").exists():
            git("init", "--quiet", "--initial-branch=main", cwd=folder)
        git("config", "http.postBuffer", "200000000", cwd=folder)
        git("remote", "add", "origin", url, cwd=folder)

    def commit(self, message: str, files: Mapping[str, str | None] | None = None) -> str:
        """Write `files` (text, or None for removing a file or folder), commit everything, push, return the commit."""
        for path, text in (files or {}).items():
            if text is None:
                git("rm", "-r", "--quiet", "--", path, cwd=self.folder)
            else:
                target = self.folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
        git("add", "--all", cwd=self.folder)
        git("commit", "--quiet", "--message", message, cwd=self.folder)
        git("push", "--quiet", "origin", "HEAD:main", cwd=self.folder)
        return self.head()

    def pushed(self) -> bool:
        """Whether anything has been pushed yet."""
        return bool(git("ls-remote", "origin", cwd=self.folder))

    def head(self) -> str:
        """Return the current commit."""
        return git("rev-parse", "HEAD", cwd=self.folder)

    def restore(self, commit: str, message: str) -> str:
        """Make all files what they were at `commit`, as a new commit, and push it."""
        git("read-tree", "-u", "--reset", commit, cwd=self.folder)
        return self.commit(message)

    def revert(self) -> str:
        """Revert the last commit, push, return the new one."""
        git("revert", "--no-edit", "HEAD", cwd=self.folder)
        git("push", "--quiet", "origin", "HEAD:main", cwd=self.folder)
        return self.head()

    def read(self, path: str) -> str:
        """Return the text of a file."""
        return (self.folder / path).read_text()
