"""A Kubernetes API client of a hundred lines: what the tests ask, and a recorder of what happened in which order."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

Json = dict[str, Any]

_PLURALS = {
    "applications": "argoproj.io/v1alpha1",
    "applicationsets": "argoproj.io/v1alpha1",
    "appprojects": "argoproj.io/v1alpha1",
    "deployments": "apps/v1",
    "statefulsets": "apps/v1",
    "daemonsets": "apps/v1",
    "replicasets": "apps/v1",
    "jobs": "batch/v1",
    "customresourcedefinitions": "apiextensions.k8s.io/v1",
    "clusterroles": "rbac.authorization.k8s.io/v1",
    "horizontalpodautoscalers": "autoscaling/v2",
}


class ApiError(RuntimeError):
    """The API server refused; `code` is the HTTP status."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def path_of(plural: str, namespace: str | None = None, name: str | None = None) -> str:
    """Return the URL path of a collection (no name) or an object; core kinds are v1, others from the table above."""
    version = _PLURALS.get(plural, "v1")
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    parts = [base, *(["namespaces", namespace] if namespace else []), plural, *([quote(name)] if name else [])]
    return "/".join(parts)


class Kube:
    """One API server, spoken to as an administrator."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        # The certificate is made by the very API server we started, on loopback: there is no one to mistake it for.
        self._tls = ssl._create_unverified_context()
        # A handshake costs both sides more than what is asked, and waiting asks several times a second.
        self._idle: list[http.client.HTTPSConnection] = []
        self._closed = False

    def connect(self, timeout: float) -> http.client.HTTPSConnection:
        """Return a connection; `timeout` in seconds holds for each read."""
        address = urlsplit(self.url)
        return http.client.HTTPSConnection(str(address.hostname), address.port, timeout=timeout, context=self._tls)

    def request(self, method: str, path: str, body: Json | None = None, content_type: str = "application/json") -> Json:
        """Send one request and return the decoded answer; raises ApiError (refused) or OSError (not reached)."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type}
        sent = (method, path, json.dumps(body) if body is not None else None, headers)
        try:
            kept = self._idle.pop()
        except IndexError:
            kept = None
        try:
            answer, text = self._ask(kept or self.connect(30), sent)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if kept is None:
                raise
            answer, text = self._ask(self.connect(30), sent)  # The server had closed it in the meantime.
        if answer.status >= 300:
            raise ApiError(answer.status, text)
        if not answer.getheader("Content-Type", "").startswith("application/json"):
            return {"text": text}
        decoded: Json = json.loads(text)
        return decoded

    def _ask(self, connection: http.client.HTTPSConnection, sent: Any) -> tuple[http.client.HTTPResponse, str]:
        try:
            connection.request(*sent)
            with connection.getresponse() as answer:
                text = answer.read().decode()
        except OSError:
            connection.close()
            raise
        except http.client.HTTPException as error:
            connection.close()
            raise ConnectionError(str(error)) from error
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
        return answer, text

    def close(self) -> None:
        """Close the connections that are kept, and keep no more."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def get(self, plural: str, name: str, namespace: str | None = None) -> Json | None:
        """Return the object, None if there is none."""
        try:
            return self.request("GET", path_of(plural, namespace, name))
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def list(self, plural: str, namespace: str | None = None) -> list[Json]:
        """Return all objects of a kind; none if the kind itself is not there (yet)."""
        try:
            items: list[Json] = self.request("GET", path_of(plural, namespace))["items"]
        except ApiError as error:
            if error.code == 404:
                return []
            raise
        return items

    def create(self, plural: str, body: Json, namespace: str | None = None) -> Json:
        """Create an object."""
        return self.request("POST", path_of(plural, namespace), body)

    def patch(
        self, plural: str, name: str, body: Json, namespace: str | None = None, kind: str = "merge-patch"
    ) -> Json:
        """Change an object by a merge patch (or `strategic-merge-patch`), as a person with kubectl edit would."""
        return self.request("PATCH", path_of(plural, namespace, name), body, f"application/{kind}+json")

    def delete(self, plural: str, name: str, namespace: str | None = None) -> None:
        """Delete an object; its absence is no error."""
        try:
            self.request("DELETE", path_of(plural, namespace, name))
        except ApiError as error:
            if error.code != 404:
                raise

    def watch(self, plural: str, stop: threading.Event) -> Iterator[tuple[str, Json]]:
        """Yield (ADDED | MODIFIED | DELETED, object) from the beginning of time until `stop`; reconnects by itself."""
        version = ""
        while not stop.is_set():
            try:
                if not version:
                    answer = self.request("GET", path_of(plural))
                    version = answer["metadata"]["resourceVersion"]
                    for item in answer["items"]:
                        yield "ADDED", item
                with closing(self.connect(2)) as connection:
                    query = f"?watch=1&resourceVersion={version}&allowWatchBookmarks=true"
                    headers = {"Authorization": f"Bearer {self.token}"}
                    connection.request("GET", path_of(plural) + query, headers=headers)
                    with connection.getresponse() as stream:
                        if stream.status != 200:
                            raise ApiError(stream.status, stream.read().decode())
                        while not stop.is_set() and (line := stream.readline()):
                            event = json.loads(line)
                            if event["type"] == "ERROR":
                                version = ""
                                break
                            version = event["object"]["metadata"]["resourceVersion"]
                            if event["type"] != "BOOKMARK":
                                yield event["type"], event["object"]
            except (OSError, http.client.HTTPException, ApiError, ValueError):
                # Not served yet, quiet for two seconds, or the API server was killed by a test: ask again.
                stop.wait(0.2)


@dataclass
class Event:
    """One change of one object. `order` is the store's own revision, so it orders events of all kinds."""

    at: float
    order: int
    plural: str
    change: str
    name: str
    namespace: str
    object: Json


@dataclass
class History:
    """Records every change of some kinds from `start` to `stop`."""

    kube: Kube
    plurals: tuple[str, ...] = ("applications", "applicationsets", "deployments")
    events: list[Event] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> History:
        """Begin to watch; returns itself."""
        for plural in self.plurals:
            thread = threading.Thread(target=self._follow, args=(plural,), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()
        for thread in self._threads:
            thread.join(5)

    def of(self, plural: str, name: str | None = None) -> list[Event]:
        """Return the events of one kind (and name), in the store's order."""
        found = [event for event in self.events if event.plural == plural and name in (None, event.name)]
        return sorted(found, key=lambda event: event.order)

    def _follow(self, plural: str) -> None:
        for change, item in self.kube.watch(plural, self._stop):
            meta = item["metadata"]
            self.events.append(
                Event(
                    time.time(),
                    int(meta["resourceVersion"]),
                    plural,
                    change,
                    meta["name"],
                    meta.get("namespace", ""),
                    item,
                )
            )
