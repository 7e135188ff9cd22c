"""Plays the operators of the stand-in charts: tells every custom resource that it is what it wants to be."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress

from chart_server import CustomKind
from kube import ApiError, Json, Kube

# What the health checks that Argo CD brings ask of the kinds in use.
_CONDITIONS = ("Accepted", "Programmed", "ResolvedRefs", "Ready")
# What ours ask beside conditions, by kind.
_COUNTS = {"IPAddressPool": {"availableIPv4": 8}}


class Operators:
    """Sets the conditions of every object of some kinds, once a second, from `start` to `stop`."""

    def __init__(self, kube: Kube, kinds: Iterable[CustomKind]) -> None:
        self.kube = kube
        self.kinds = tuple(kinds)
        # Kinds whose objects it finds fault with instead.
        self.refused: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> Operators:
        """Begin; returns itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End, and wait for the end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(35)

    def _run(self) -> None:
        while not self._stop.wait(1):
            for kind in self.kinds:
                # The kind is not there yet, or the API server is not.
                with suppress(ApiError, OSError):
                    self._accept_all(kind)

    def _accept_all(self, kind: CustomKind) -> None:
        collection = f"/apis/{kind.group}/{kind.version}"
        for item in self.kube.request("GET", f"{collection}/{kind.plural}")["items"]:
            meta = item["metadata"]
            if item.get("status", {}).get("observedGeneration") == meta["generation"]:
                continue
            place = f"/namespaces/{meta['namespace']}" if kind.namespaced else ""
            self.kube.request(
                "PATCH", f"{collection}{place}/{kind.plural}/{meta['name']}/status",
                {"status": _judged(item, kind.kind not in self.refused)}, "application/merge-patch+json",
            )  # fmt: skip


def _judged(item: Json, good: bool) -> Json:
    generation = item["metadata"]["generation"]
    condition = {
        "status": str(good), "reason": "StandIn", "message": "", "observedGeneration": generation,
        "lastTransitionTime": "2024-01-01T00:00:00Z",
    }  # fmt: skip
    conditions = [{"type": each, **condition} for each in _CONDITIONS]
    parents = [
        {"parentRef": parent, "controllerName": "e2e.example.com/stand-in", "conditions": conditions}
        for parent in item.get("spec", {}).get("parentRefs", [])
    ]
    counts = _COUNTS.get(item["kind"], {}) if good else {}
    return {"observedGeneration": generation, "conditions": conditions, "parents": parents, **counts}
