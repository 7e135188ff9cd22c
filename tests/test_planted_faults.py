"""The validator finds at least what the loop finds that everybody writes: kustomize build of each overlay, piped into
kubeconform. Sixty apps have a fault each, and one has none."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from conftest import Bake
from gitops.validate import validate
from schemas import argocd_schemas, kubeconform, kubernetes_schemas

CACHE = Path(__file__).parent.parent / ".cache"
FILES = {
    "deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels:
    app: shop
spec:
  selector:
    matchLabels:
      app: shop
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
  template:
    metadata:
      labels:
        app: shop
    spec:
      serviceAccountName: shop
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
      containers:
        - name: shop
          image: ghcr.io/example/shop:1.2.3
          args:
            - serve
          env:
            - name: LEVEL
              value: info
            - name: TOKEN
              valueFrom:
                secretKeyRef:
                  name: shop
                  key: token
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 5
          resources:
            requests:
              cpu: 10m
              memory: 32Mi
            limits:
              memory: 64Mi
          volumeMounts:
            - name: data
              mountPath: /data
      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: shop
""",
    "service.yaml": """\
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  type: ClusterIP
  selector:
    app: shop
  ports:
    - name: http
      port: 80
      targetPort: http
""",
    "claim.yaml": """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: shop
  annotations:
    argocd.argoproj.io/sync-options: Prune=false,Delete=false
spec:
  accessModes:
    - ReadWriteOnce
  resources:
    requests:
      storage: 1Gi
""",
    "job.yaml": """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: shop
spec:
  schedule: "0 4 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec:
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
          containers:
            - name: clean
              image: ghcr.io/example/shop:1.2.3
              resources:
                requests:
                  memory: 32Mi
                limits:
                  memory: 64Mi
""",
    "ingress.yaml": """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
spec:
  rules:
    - host: shop.example.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: shop
                port:
                  name: http
""",
    "scaler.yaml": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: shop
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: shop
  minReplicas: 2
  maxReplicas: 5
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 80
""",
    "budget.yaml": """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: shop
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: shop
""",
    "settings.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
data:
  level: info
  size: "3"
""",
    "account.yaml": """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop
automountServiceAccountToken: false
""",
    "database.yaml": """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: database
spec:
  serviceName: database
  selector:
    matchLabels:
      app: database
  template:
    metadata:
      labels:
        app: database
    spec:
      terminationGracePeriodSeconds: 60
      securityContext:
        runAsNonRoot: true
      containers:
        - name: database
          image: ghcr.io/example/database:4.5.6
          resources:
            requests:
              memory: 256Mi
            limits:
              memory: 256Mi
          livenessProbe:
            tcpSocket:
              port: 5432
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes:
          - ReadWriteOnce
        resources:
          requests:
            storage: 1Gi
""",
}
KUSTOMIZATION = "kustomization.yaml"
FILES[KUSTOMIZATION] = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n" + "".join(
    f"  - {name}\n" for name in FILES
)


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new` in a file of an app."""

    file: str
    old: str
    new: str


FAULTS = [
    # What YAML or kustomize refuses.
    Fault("deployment.yaml", "kind: Deployment", "kind Deployment"),
    Fault("deployment.yaml", "    app: shop\nspec:", "   app: shop\n     b: c\nspec:"),
    Fault("deployment.yaml", "      containers:", "\tcontainers:"),
    Fault("settings.yaml", "  level: info", "  level: info\n  level: debug"),
    Fault("settings.yaml", "level: info", "level: *unknown"),
    Fault("settings.yaml", 'size: "3"', 'size: "3'),
    Fault("settings.yaml", "kind: ConfigMap\n", ""),
    Fault("settings.yaml", "  name: shop\n", "  labels: {a: b}\n"),
    Fault(KUSTOMIZATION, "  - budget.yaml", "  - budgets.yaml"),
    Fault(KUSTOMIZATION, "resources:", "resource:"),
    Fault(KUSTOMIZATION, "  - budget.yaml\n", "  - budget.yaml\n  - budget.yaml\n"),
    Fault(KUSTOMIZATION, "resources:", "patches:\n  - path: missing.yaml\nresources:"),
    Fault(KUSTOMIZATION, "resources:", "namespace: [a]\nresources:"),
    Fault(
        KUSTOMIZATION,
        "resources:",
        "patches:\n  - patch: '{kind: Deployment, apiVersion: apps/v1, metadata: {name: other}}'\nresources:",
    ),
    Fault(
        KUSTOMIZATION,
        "resources:",
        "patches:\n  - target: {kind: Service}\n    patch: '[{op: remove, path: /spec/nowhere}]'\nresources:",
    ),
    Fault(KUSTOMIZATION, "resources:", "configMapGenerator:\n  - {name: made, files: [missing.txt]}\nresources:"),
    Fault(
        "service.yaml",
        "metadata:\n  name: shop",
        "metadata:\n  name: shop\n---\nkind: Service\nmetadata:\n  name: shop",
    ),
    # Fields of another name, in another place, or of another kind.
    Fault("deployment.yaml", "          ports:", "          port:"),
    Fault("deployment.yaml", "readinessProbe", "readynessProbe"),
    Fault("deployment.yaml", "      securityContext:", "      securitycontext:"),
    Fault("deployment.yaml", "  strategy:", "  updateStrategy:"),
    Fault("deployment.yaml", "runAsNonRoot: true", "allowPrivilegeEscalation: false"),
    Fault("deployment.yaml", "      volumes:", "      volume:"),
    Fault("deployment.yaml", "              claimName: shop".removeprefix("  "), "            name: shop"),
    Fault("deployment.yaml", "                secretKeyRef:", "                secretRef:"),
    Fault("service.yaml", "      targetPort: http", "      containerPort: http"),
    Fault("service.yaml", "  selector:\n    app: shop", "  selectors:\n    app: shop"),
    Fault("claim.yaml", "  accessModes:", "  accessMode:"),
    Fault("job.yaml", "  concurrencyPolicy:", "  concurrency:"),
    Fault("job.yaml", "      backoffLimit: 2", "      backOffLimit: 2"),
    Fault(
        "ingress.yaml",
        "              service:\n                name: shop\n                port:\n                  name: http",
        "              serviceName: shop\n              servicePort: http",
    ),
    Fault("scaler.yaml", "averageUtilization", "targetAverageUtilization"),
    Fault("budget.yaml", "maxUnavailable", "maxUnavailible"),
    Fault("account.yaml", "automountServiceAccountToken: false", "automountToken: false"),
    Fault("database.yaml", "  volumeClaimTemplates:", "  volumeClaimTemplate:"),
    Fault("database.yaml", "terminationGracePeriodSeconds: 60", "terminationGracePeriod: 60"),
    # Values of another type.
    Fault("deployment.yaml", "containerPort: 8080", "containerPort: http"),
    Fault("deployment.yaml", "containerPort: 8080", 'containerPort: "8080"'),
    Fault("deployment.yaml", "value: info", "value: 3"),
    Fault("deployment.yaml", "value: info", "value: true"),
    Fault("deployment.yaml", "            - serve", "            serve: now"),
    Fault("deployment.yaml", "runAsUser: 1000", "runAsUser: nobody"),
    Fault("deployment.yaml", "periodSeconds: 5", "periodSeconds: 5s"),
    Fault("deployment.yaml", "runAsNonRoot: true", 'runAsNonRoot: "true"'),
    Fault("deployment.yaml", "maxSurge: 1", "maxSurge: [1]"),
    Fault("deployment.yaml", "cpu: 10m", "cpu: [10m]"),
    Fault("service.yaml", "port: 80\n", "port: eighty\n"),
    Fault("claim.yaml", "    - ReadWriteOnce", "    ReadWriteOnce: true"),
    Fault("settings.yaml", 'size: "3"', "size: 3"),
    Fault("settings.yaml", "level: info", "level: {a: b}"),
    Fault("scaler.yaml", "maxReplicas: 5", 'maxReplicas: "5"'),
    Fault("budget.yaml", "    matchLabels:\n      app: shop", "    - app: shop"),
    Fault("database.yaml", "port: 5432", "port: {number: 5432}"),
    Fault("account.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: no thanks"),
    # What is missing, and words that are none of those allowed.
    Fault("deployment.yaml", "  selector:\n    matchLabels:\n      app: shop\n", ""),
    Fault("deployment.yaml", "        - name: shop\n          image", "        - image"),
    Fault("service.yaml", "      port: 80\n", ""),
    Fault("job.yaml", '  schedule: "0 4 * * *"\n', ""),
    Fault("ingress.yaml", "            pathType: Prefix\n", ""),
    Fault("scaler.yaml", "  maxReplicas: 5\n", ""),
    Fault("scaler.yaml", "apiVersion: autoscaling/v2\n", "apiVersion: autoscaling/v2beta2\n"),
    Fault("budget.yaml", "policy/v1", "policy/v1beta1"),
    Fault("ingress.yaml", "networking.k8s.io/v1", "networking/v1"),
    Fault("deployment.yaml", "kind: Deployment", "kind: Deploymnet"),
]
SOUND = "sound"


def names() -> dict[str, Fault]:
    return {f"fault-{number}": fault for number, fault in enumerate(FAULTS)}


def plant(repository: Path) -> None:
    """An app for each fault, and one without."""
    for name, fault in {**names(), SOUND: None}.items():
        folder = repository / f"my-apps/platform/{name}/overlays/dev"
        folder.mkdir(parents=True)
        (folder / "app.yaml").write_text("{}\n", encoding="utf-8")
        for file, text in FILES.items():
            if fault and fault.file == file:
                assert fault.old in text, fault
                text = text.replace(fault.old, fault.new, 1)
            if file == KUSTOMIZATION:
                text += f"namespace: platform-{name}\n" if "namespace:" not in text else ""
            (folder / file).write_text(text, encoding="utf-8")


def loop(overlay: Path) -> str:
    """What kustomize and kubeconform say against an overlay."""
    build = subprocess.run(["kustomize", "build", str(overlay)], capture_output=True, text=True, check=False)
    if build.returncode:
        return build.stderr
    return "\n".join(kubeconform(build.stdout, [kubernetes_schemas("1.35", CACHE), argocd_schemas("v3.6.1", CACHE)]))


def test_what_the_loop_finds_is_found_and_more(copy: Bake) -> None:
    repository = copy()
    plant(repository)
    overlays = {name: repository / f"my-apps/platform/{name}/overlays/dev" for name in (*names(), SOUND)}
    by_loop = {name: said for name, overlay in overlays.items() if (said := loop(overlay))}
    findings = validate(repository, require_kustomize=True).findings
    ours = {name: found for name in overlays if (found := [str(f) for f in findings if f"/{name}/" in f.file])}
    assert SOUND not in by_loop.keys() | ours.keys(), (by_loop.get(SOUND), ours.get(SOUND))
    assert len(by_loop) >= 55, "the loop finds most of them, or this test shows nothing"
    missed = {name: (names()[name], by_loop[name]) for name in by_loop.keys() - ours.keys()}
    assert not missed, missed
    assert ours.keys() == names().keys(), names().keys() - ours.keys()
    assert len(names()) >= 60
