"""A Helm repository on loopback that serves stand-ins: charts of any name and version that run one pod."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from controlplane import GATE_LABEL
from processes import LOOPBACK

Json = dict[str, Any]


@dataclass(frozen=True)
class CustomKind:
    """A kind that a chart brings the definition of."""

    group: str
    version: str
    kind: str
    namespaced: bool

    @property
    def plural(self) -> str:
        """Name in URLs; good enough for the kinds there are (policies, gateways, classes)."""
        lower = self.kind.lower()
        return f"{lower[:-1]}ies" if lower.endswith("cy") else f"{lower}es" if lower.endswith("s") else f"{lower}s"

    def definition(self) -> Json:
        """Return a CustomResourceDefinition that accepts any content."""
        lower = self.kind.lower()
        schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {
                "name": f"{self.plural}.{self.group}",
                # Groups below k8s.io belong to Kubernetes; the API server wants to know who approved them.
                "annotations": {"api-approved.kubernetes.io": "unapproved, a stand-in"},
            },
            "spec": {
                "group": self.group,
                "names": {"kind": self.kind, "listKind": f"{self.kind}List", "plural": self.plural, "singular": lower},
                "scope": "Namespaced" if self.namespaced else "Cluster",
                "versions": [
                    {
                        "name": self.version,
                        "served": True,
                        "storage": True,
                        "schema": schema,
                        "subresources": {"status": {}},
                    },
                ],
            },
        }


@dataclass(frozen=True)
class StandIn:
    """One chart. `gate`: its pod waits for a node of that gate; `broken`: its Deployment reports failure after 2 s."""

    name: str
    version: str
    kinds: tuple[CustomKind, ...] = ()
    gate: str = ""
    broken: bool = False

    def files(self) -> dict[str, str]:
        """Return the chart's files: path -> text."""
        selector = f"\n      nodeSelector: {{{json.dumps(GATE_LABEL)}: {json.dumps(self.gate)}}}" if self.gate else ""
        files = {
            "Chart.yaml": json.dumps({"apiVersion": "v2", "name": self.name, "version": self.version}),
            "values.yaml": "{}\n",
            "templates/deployment.yaml": f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{{{ .Release.Name }}}}
  labels: {{app.kubernetes.io/name: {self.name}}}
spec:
  {"progressDeadlineSeconds: 2" if self.broken else "progressDeadlineSeconds: 3600"}
  selector: {{matchLabels: {{app: {{{{ .Release.Name }}}}}}}}
  template:
    metadata: {{labels: {{app: {{{{ .Release.Name }}}}, version: {json.dumps(self.version)}}}}}
    spec:{selector}
      containers:
        - name: main
          image: registry.invalid/{self.name}:{self.version.replace("+", "_")}
""",
        }
        if self.kinds:
            documents = [json.dumps(kind.definition()) for kind in self.kinds]
            files["templates/crds.yaml"] = "\n---\n".join(documents) + "\n"
        return files

    def archive(self) -> bytes:
        """Return the chart as `helm package` would write it."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for path, text in self.files().items():
                entry = tarfile.TarInfo(f"{self.name}/{path}")
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
        return buffer.getvalue()


class ChartServer:
    """Serves /index.yaml and the archives; a chart given again replaces the one of the same name and version."""

    def __init__(self, charts: Iterable[StandIn] = ()) -> None:
        self._archives: dict[str, bytes] = {}
        self._index: dict[str, dict[str, Json]] = {}
        self.charts: dict[tuple[str, str], StandIn] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = outer.content(self.path)
                self.send_response(200 if content is not None else 404)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"
        for chart in charts:
            self.add(chart)

    def __enter__(self) -> ChartServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(self, chart: StandIn) -> None:
        """Serve `chart` from now on. Argo CD keeps charts it has fetched: what differs needs a version of its own."""
        name = f"{chart.name}-{chart.version}.tgz"
        archive = chart.archive()
        self._archives[f"/{name}"] = archive
        self.charts[chart.name, chart.version] = chart
        self._index.setdefault(chart.name, {})[chart.version] = {
            "apiVersion": "v2", "name": chart.name, "version": chart.version,
            "urls": [f"{self.url}/{name}"], "digest": hashlib.sha256(archive).hexdigest(),
            "created": "2024-01-01T00:00:00Z",
        }  # fmt: skip

    def content(self, path: str) -> bytes | None:
        """Return what lies at `path`, None if nothing does."""
        if path == "/index.yaml":
            entries = {name: list(versions.values()) for name, versions in self._index.items()}
            return json.dumps({"apiVersion": "v1", "entries": entries}).encode()
        return self._archives.get(path)
