"""For each rule, edits of a default repository: some that break it, and near misses that do not."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ARGOCD = "infrastructure/controllers/argocd"
APPS = f"{ARGOCD}/apps"
CERT_MANAGER = f"{APPS}/cert-manager.yaml"
ROOT = "clusters/dev/root.yaml"
FACTS = "clusters/dev/cluster.yaml"
TEAM = f"{APPS}/projects/team-platform.yaml"
INFRASTRUCTURE = f"{APPS}/projects/infrastructure.yaml"
METRICS = "infrastructure/metrics-server/overlays/dev/app.yaml"
HELLO = "my-apps/platform/hello-world"
ARGOCD_CM = f"{ARGOCD}/base/argocd-cm.yaml"
APPLICATION = f"{ARGOCD}/lua/argoproj.io/Application"
APPLICATION_LUA = f"{APPLICATION}/health.lua"
WIDGET = f"{ARGOCD}/lua/example.com/Widget"
THING = f"{ARGOCD}/lua/example.com/Thing/actions"
ANSWER = 'return {status = "Healthy"}\n'
SYNC = "argocd.argoproj.io/sync-options"
WAVE = "argocd.argoproj.io/sync-wave"

NAMED = "metadata:\n  name: hello-world\n"
HOOK = "argocd.argoproj.io/hook"
IGNORES = """\
name: metrics-server
namespace: metrics-server
chart:
  repository: https://kubernetes-sigs.github.io/metrics-server
  name: metrics-server
  version: 3.14.0
ignoreDifferences:
  - group: apps
    kind: Deployment
    %s
"""
JQ = "jqPathExpressions: ['.spec.containers[].image', 'select(.spec.paused) | .spec']\n    jsonPointers: [/spec]"


@dataclass(frozen=True)
class Edit:
    """`old` in a file becomes `new`; without `old` the file is written, without `new` the file or folder is removed."""

    file: str
    old: str | None = None
    new: str | bytes | None = None

    def make(self, repository: Path) -> None:
        path = repository / self.file
        if self.new is None:
            assert path.exists(), f"{self.file} is not there to be removed"
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.old is None:
            path.write_bytes(self.new if isinstance(self.new, bytes) else self.new.encode())
            return
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) >= 1, f"{self.file} does not hold {self.old!r}"
        assert isinstance(self.new, str)
        path.write_text(text.replace(self.old, self.new, 1), encoding="utf-8")


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    file: str
    target: str

    def make(self, repository: Path) -> None:
        (repository / self.file).symlink_to(self.target)


@dataclass(frozen=True)
class Commit:
    """Git records the repository as it stands, under the tag v1.0.0."""

    def make(self, repository: Path) -> None:
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        for command in (
            ["init", "--quiet"],
            ["add", "--all"],
            [*identity, "commit", "--quiet", "--message", "as generated"],
            ["tag", "--force", "v1.0.0"],
        ):
            subprocess.run(["git", "-C", str(repository), *command], check=True, capture_output=True)


@dataclass(frozen=True)
class Cluster:
    """A second cluster of an environment, made like its first."""

    name: str
    like: str

    def make(self, repository: Path) -> None:
        shutil.copytree(repository / "clusters" / self.like, repository / "clusters" / self.name)
        for file in ("cluster.yaml", "root.yaml"):
            path = repository / "clusters" / self.name / file
            text = path.read_text(encoding="utf-8")
            text = text.replace(f'name: "{self.like}"', f'name: "{self.name}"').replace(
                f"s/{self.like}", f"s/{self.name}"
            )
            path.write_text(text, encoding="utf-8")


Change = Edit | Link | Commit | Cluster


@dataclass(frozen=True)
class Bad:
    """What breaks a rule, and what the finding has to say: its file and a part of its message.

    `also` are rules that cannot but be broken too.
    """

    rule: str
    what: str
    edits: tuple[Change, ...]
    file: str
    message: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Good:
    """What comes close to breaking a rule and is sound."""

    rule: str
    what: str
    edits: tuple[Change, ...]


def resource(folder: str, name: str, text: str) -> tuple[Edit, Edit]:
    """A manifest that a kustomization without resources names."""
    file = f"{folder}/kustomization.yaml"
    return Edit(file, "kind: Kustomization\n", f"kind: Kustomization\nresources:\n  - {name}\n"), Edit(
        f"{folder}/{name}", None, text
    )


def base_resource(name: str, text: str) -> tuple[Edit, Edit]:
    """A manifest in the base of the app."""
    folder = f"{HELLO}/base"
    return Edit(f"{folder}/kustomization.yaml", "resources:\n", f"resources:\n  - {name}\n"), Edit(
        f"{folder}/{name}", None, text
    )


def config_map(name: str, value: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  key: {value}\n"


def object_of(api: str, kind: str, rest: str = "") -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata:\n  name: extra\n{rest}"


def settings(text: str) -> Edit:
    """More lines of argocd-cm."""
    return Edit(ARGOCD_CM, "\ndata:\n", f"\ndata:\n{text}")


def old_map(text: str) -> tuple[Edit]:
    """Overrides of several kinds in the one text that older versions had for them."""
    return (settings(f"  resource.customizations: |\n{text}"),)


def _block(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


def health(text: str, end: str = ANSWER, kind: str = "example.com_Widget") -> Edit:
    """A health check in argocd-cm: `text`, and an answer."""
    return settings(f"  resource.customizations.health.{kind}: |\n{_block(f'{text}{chr(10)}{end}', '    ')}")


def action(text: str) -> Edit:
    """An action in argocd-cm."""
    definition = f"    discovery.lua: return {{}}\n    definitions:\n      - name: go\n        action.lua: {text}\n"
    return settings(f"  resource.customizations.actions.example.com_Widget: |\n{definition}")


def in_application(text: str) -> tuple[Edit]:
    """A line more in the gate's script."""
    return (Edit(APPLICATION_LUA, "local function verdict", f"{text}\nlocal function verdict"),)


def widget() -> tuple[Edit, ...]:
    """A health check in a folder of its own, with a test."""
    test = "tests:\n  - healthStatus:\n      status: Healthy\n    inputPath: testdata/one.yaml\n"
    return (
        Edit(f"{WIDGET}/health.lua", None, ANSWER),
        Edit(f"{WIDGET}/health_test.yaml", None, test),
        Edit(f"{WIDGET}/testdata/one.yaml", None, "apiVersion: example.com/v1\nkind: Widget\n"),
    )


def listed() -> Edit:
    """The line that brings that check to Argo CD."""
    line = "      - resource.customizations.health.example.com_Widget=example.com/Widget/health.lua\n"
    return Edit(f"{ARGOCD}/lua/kustomization.yaml", "    files:\n", f"    files:\n{line}")


def early(kind: str, api: str = "example.com/v1") -> tuple[Edit, ...]:
    """An object in a component of wave 2."""
    return resource("infrastructure/kyverno/overlays/dev", "extra.yaml", object_of(api, kind))


def waved(wave: int) -> tuple[Edit, ...]:
    """An object of a component of wave 4 in a wave of its own, beside one in wave 0."""
    widget = object_of("example.com/v1", "Widget", f'  annotations:\n    {WAVE}: "{wave}"\n')
    both = f"{widget}---\n{object_of('v1', 'ConfigMap')}"
    return resource("infrastructure/metrics-server/overlays/dev", "extra.yaml", both)


def team_app(team: str, app: str, environment: str = "dev") -> tuple[Edit, ...]:
    """A second app, with a project where the team is new."""
    folder = f"my-apps/{team}/{app}/overlays/{environment}"
    made: tuple[Edit, ...] = (
        Edit(f"{folder}/app.yaml", None, "{}\n"),
        Edit(f"{folder}/kustomization.yaml", None, f"{KUSTOMIZATION}namespace: {team}-{app}\n"),
    )
    if team != "platform":
        project = PROJECT.replace("team-platform", f"team-{team}").replace("platform-*", f"{team}-*")
        names = Edit(f"{APPS}/projects/kustomization.yaml", "resources:\n", f"resources:\n  - team-{team}.yaml\n")
        made += (Edit(f"{APPS}/projects/team-{team}.yaml", None, project), names)
    return made


# The list of actions of a kind, with a test.
THING_ACTIONS = (
    Edit(f"{THING}/discovery.lua", new="return {}\n"),
    Edit(f"{THING}/action_test.yaml", new="discoveryTests:\n  - inputPath: testdata/one.yaml\n    result: []\n"),
    Edit(f"{THING}/testdata/one.yaml", new="apiVersion: example.com/v1\nkind: Thing\n"),
)
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
CLUSTER_SECRET = "  labels:\n    argocd.argoproj.io/secret-type: cluster\nstringData:\n  name: other\n"
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations:\n  a: b\n"
PROJECT = f"""\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: team-platform
  namespace: argocd
  annotations:
    {WAVE}: "-1"
    {SYNC}: Prune=false,Delete=false
spec:
  sourceRepos:
    - "https://github.com/example/platform-gitops.git"
  destinations:
    - name: in-cluster
      namespace: platform-*
  clusterResourceWhitelist:
    - group: ""
      kind: Namespace
      name: platform-*
"""
OVERLAY_CERT_MANAGER = "infrastructure/cert-manager/overlays/dev"
DAMAGED_SET = f"{APPS}/infrastructure-appset.yaml"
TEAM_SET = f"{APPS}/my-apps-appset.yaml"
VALUES = "infrastructure/kyverno/values.yaml"
LATEST = "image:\n  tag: latest"
IGNORE = "# gitops: ignore IMAGE01"

SCALED = (
    Edit(
        f"{HELLO}/overlays/prod/kustomization.yaml",
        "  - disruption-budget.yaml\n",
        "  - disruption-budget.yaml\n  - scaler.yaml\n",
    ),
    Edit(
        f"{HELLO}/overlays/prod/scaler.yaml",
        None,
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: hello-world\nspec:\n"
        "  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: hello-world\n  maxReplicas: 5\n",
    ),
)


def in_hello(name: str, text: str) -> tuple[Edit, ...]:
    """An object more in the app hello-world, in production."""
    budget = "  - disruption-budget.yaml\n"
    return (
        Edit(f"{HELLO}/overlays/prod/kustomization.yaml", budget, f"{budget}  - {name}\n"),
        Edit(f"{HELLO}/overlays/prod/{name}", None, text),
    )


def in_app(team: str, app: str, text: str) -> tuple[Edit, ...]:
    """Another app in production, with an object."""
    folder = f"my-apps/{team}/{app}/overlays/prod"
    return (
        *team_app(team, app, "prod"),
        Edit(f"{folder}/kustomization.yaml", "namespace:", "resources: [added.yaml]\nnamespace:"),
        Edit(f"{folder}/added.yaml", None, text),
    )


ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: hello-world\n"
WIDGET_OBJECT = "apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: one\nspec: {size: 3}\n"
WIDGET_CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
  annotations: {argocd.argoproj.io/sync-options: "Prune=false"}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets, singular: widget}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: {type: integer}
"""
# An earlier wave than any component's own provides the kind.
WIDGETS_BROUGHT = Edit(
    "infrastructure/gateway-api-crds/component.yaml", "provides:\n", "provides:\n  - crds/example.com\n"
)
CHARTS_BESIDE = "https://github.com/example/platform-gitops-charts.git"
WIDGETS_ALLOWED = (
    Edit(
        TEAM,
        "  clusterResourceWhitelist:\n",
        "  clusterResourceWhitelist:\n    - {group: apiextensions.k8s.io, kind: CustomResourceDefinition}\n",
    ),
    Edit(
        TEAM,
        "  namespaceResourceWhitelist:\n",
        "  namespaceResourceWhitelist:\n    - {group: example.com, kind: Widget}\n",
    ),
)
ADMISSION_POLICY = """\
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata:
  name: one
spec: {}
"""
WEBHOOK = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: one
webhooks:
  - name: one.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: {policy}
    clientConfig:
      service: {{namespace: elsewhere, name: admission}}
"""
WEBHOOKS_ALLOWED = Edit(
    TEAM,
    "  clusterResourceWhitelist:\n",
    "  clusterResourceWhitelist:\n    - group: admissionregistration.k8s.io\n"
    "      kind: ValidatingWebhookConfiguration\n",
)
SETTINGS = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  one: "{value}"\n'
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    argocd.argoproj.io/hook: PreSync
    argocd.argoproj.io/hook-delete-policy: {policy}
spec:
  template:
    spec:
      restartPolicy: Never
      securityContext: {{runAsNonRoot: true}}
      containers:
        - name: migrate
          image: ghcr.io/stefanprodan/podinfo:6.14.1
          resources: {{requests: {{memory: 32Mi}}, limits: {{memory: 32Mi}}}}
  {spec}
"""
CERTIFICATE = """\
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: shop
spec:
  secretName: shop
  dnsNames: [shop.example.org]
  issuerRef: {name: default, kind: ClusterIssuer}
"""
ROLE = "  roles:\n    - name: {name}\n      policies: ['{policy}']\n"
CI = "p, proj:team-platform:ci, applications, {action}, {object}, {effect}"
WINDOW = """\
  syncWindows:
    - kind: {kind}
      schedule: "{schedule}"
      duration: {duration}
      {scope}
"""
PROJECT_FAULTS = [
    (
        "a role of another project",
        ROLE.format(name="ci", policy="p, proj:store:ci, applications, get, team-platform/*, allow"),
        "is about proj:store:ci",
    ),
    (
        "an action",
        ROLE.format(name="ci", policy=CI.format(action="push", object="team-platform/*", effect="allow")),
        "allows push",
    ),
    ("an object", ROLE.format(name="ci", policy=CI.format(action="get", object="*/*", effect="allow")), "is about */*"),
    (
        "an effect",
        ROLE.format(name="ci", policy=CI.format(action="get", object="team-platform/*", effect="yes")),
        "ends with yes",
    ),
    (
        "a role's name",
        ROLE.format(name="-ci", policy=CI.format(action="get", object="team-platform/*", effect="allow")),
        "-ci is no name of a role",
    ),
    (
        "a schedule",
        WINDOW.format(kind="deny", schedule="0 22 * *", duration="8h", scope='applications: ["*"]'),
        "has 4 fields",
    ),
    (
        "a day",
        WINDOW.format(kind="deny", schedule="0 22 * * 7", duration="8h", scope='applications: ["*"]'),
        "has 7 for the day of the week",
    ),
    (
        "a duration",
        WINDOW.format(kind="deny", schedule="0 22 * * *", duration="8 hours", scope='applications: ["*"]'),
        "lasts 8 hours",
    ),
    (
        "a window for nothing",
        WINDOW.format(kind="deny", schedule="0 22 * * *", duration="8h", scope=""),
        "applies to nothing",
    ),
    ("a group", "  roles:\n    - name: ci\n      groups: ['a,b']\n", "`a,b` is no group"),
    (
        "an account that denies",
        "  destinationServiceAccounts:\n    - {server: '*', namespace: '!kube-system', "
        "defaultServiceAccount: deployer}\n",
        "!kube-system is no namespace",
    ),
]
SOUND_PROJECT = ROLE.format(
    name="ci", policy=CI.format(action="action/apps/Deployment/restart", object="team-platform/*", effect="allow")
) + WINDOW.format(
    kind="deny", schedule="*/5 8-17 ? JAN-mar Mon,fri", duration="1h30m", scope='namespaces: ["platform-*"]'
)

BAD = [
    # Files
    Bad("FILE01", "a link out of the tree", (Link("manual", "/etc"),), "manual", "leads out of the repository"),
    Bad("FILE01", "a link by an absolute path", (Link("manual", "/etc/../my-apps"),), "manual", "leads out"),
    Bad("FILE01", "a link to nothing", (Link(f"{HELLO}/a.yaml", "b.yaml"),), f"{HELLO}/a.yaml", "what is not there"),
    Bad("FILE01", "a link to itself", (Link(f"{HELLO}/a.yaml", "a.yaml"),), f"{HELLO}/a.yaml", "what is not there"),
    Bad("FILE01", "a line break in a name", (Edit("a\nb.md", None, "text"),), "a\nb.md", "cannot be shown"),
    Bad("FILE01", "a huge file", (Edit("huge.yaml", None, "# a\n" * 2**20 + "a: b\n"),), "huge.yaml", "4 MiB"),
    Bad("SUPPRESS01", "no reason", (Edit(VALUES, None, f"{LATEST} {IGNORE}\n"),), VALUES, "no reason", ("IMAGE01",)),
    Bad("SUPPRESS01", "no rule", (Edit(VALUES, None, "a: b # gitops: ignore IMAGE1 why\n"),), VALUES, "no rule IMAGE1"),
    Bad("SUPPRESS01", "nothing to suppress", (Edit(VALUES, None, f"a: b {IGNORE} why\n"),), VALUES, "nothing"),
    Bad(
        "SUPPRESS01",
        "another line",
        (Edit(VALUES, None, f"a: b {IGNORE} why\n{LATEST}\n"),),
        VALUES,
        "nothing here breaks IMAGE01",
        ("IMAGE01",),
    ),
    Bad(
        "YAML01",
        "syntax",
        (Edit(f"{HELLO}/base/service.yaml", "spec:", "spec: ["),),
        f"{HELLO}/base/service.yaml",
        "no YAML",
    ),
    Bad(
        "YAML01",
        "an app.yaml, which stops its set",
        (Edit(METRICS, "chart:", "chart"),),
        METRICS,
        "no YAML",
    ),
    Bad(
        "YAML01",
        "a conflict",
        (Edit("monitoring/loki/values.yaml", "loki:\n", "<<<<<<< HEAD\nloki:\n=======\nLoki:\n>>>>>>> other\n"),),
        "monitoring/loki/values.yaml",
        "marks of a conflict",
    ),
    Bad(
        "YAML01",
        "encoding",
        (Edit("infrastructure/kyverno/values.yaml", None, b"# caf\xe9\n{}\n"),),
        "infrastructure/kyverno/values.yaml",
        "UTF-8",
    ),
    Bad(
        "YAML02",
        "key twice",
        (Edit(f"{HELLO}/base/service.yaml", "kind: Service\n", "kind: Service\nkind: Service\n"),),
        f"{HELLO}/base/service.yaml",
        "kind",
    ),
    Bad(
        "TEXT01",
        "variable",
        (Edit(METRICS, "chart:", "# <<cookiecutter.team>>\nchart:"),),
        METRICS,
        "cookiecutter.team",
    ),
    Bad("TEXT01", "block", (Edit(METRICS, "chart:", "#% if full %#\nchart:"),), METRICS, "#%"),
    Bad(
        "TEXT02",
        "angle brackets",
        base_resource("extra.yaml", config_map("extra", "<YOUR_HOST>")),
        f"{HELLO}/base/extra.yaml",
        "<YOUR_HOST>",
    ),
    Bad(
        "TEXT02",
        "CHANGEME",
        (Edit("infrastructure/kyverno/values.yaml", None, "password: CHANGEME\n"),),
        "infrastructure/kyverno/values.yaml",
        "CHANGEME",
    ),
    # Kustomize
    Bad(
        "BUILD01",
        "resource",
        (Edit(f"{HELLO}/base/kustomization.yaml", "- service.yaml", "- services.yaml"),),
        f"{HELLO}/base/kustomization.yaml",
        "services.yaml",
        ("BUILD03",),
    ),
    Bad(
        "BUILD01",
        "remote patch",
        (
            Edit(
                f"{HELLO}/overlays/prod/kustomization.yaml",
                "path: deployment.yaml",
                "path: https://example.com/v1.2.3/deployment.yaml",
            ),
        ),
        f"{HELLO}/overlays/prod/kustomization.yaml",
        "patches names https://example.com",
        ("BUILD03",),
    ),
    Bad(
        "BUILD02",
        "patch of nothing",
        (Edit(f"{HELLO}/overlays/prod/deployment.yaml", "name: hello-world", "name: hello-word"),),
        f"{HELLO}/overlays/prod/kustomization.yaml",
        "kustomize: ",
    ),
    Bad(
        "BUILD03",
        "unlisted",
        (Edit(f"{HELLO}/base/extra.yaml", None, config_map("extra", "value")),),
        f"{HELLO}/base/extra.yaml",
        "ConfigMap extra is not delivered",
    ),
    Bad(
        "BUILD04",
        "branch",
        (Edit(f"{ARGOCD}/overlays/dev/kustomization.yaml", "v3.6.1", "stable"),),
        f"{ARGOCD}/overlays/dev/kustomization.yaml",
        "no version",
    ),
    # Clusters and environments
    Bad("CLUSTER01", "missing", (Edit(FACTS, "  production:", "  productions:"),), FACTS, "production is missing", ()),
    Bad(
        "CLUSTER01",
        "no string",
        (Edit("clusters/prod/cluster.yaml", 'production: "true"', "production: true"),),
        "clusters/prod/cluster.yaml",
        "production is no string",
    ),
    Bad("CLUSTER01", "applied", (Edit(FACTS, 'local-config: "true"', 'local-config: "false"'),), FACTS, "is applied"),
    Bad("CLUSTER01", "other name", (Edit(FACTS, 'name: "dev"', 'name: "devel"'),), FACTS, "devel"),
    Bad(
        "CLUSTER02",
        "unknown",
        (Edit(FACTS, 'environment: "dev"', 'environment: "develop"'),),
        FACTS,
        "no environment develop",
        ("ENV03",),
    ),
    Bad(
        "CLUSTER02",
        "component of another",
        (Edit("clusters/dev/kustomization.yaml", "environments/dev", "environments/prod"),),
        "clusters/dev/kustomization.yaml",
        "not that of dev",
    ),
    Bad("CLUSTER03", "two", (Edit(FACTS, 'production: "false"', 'production: "true"'),), FACTS, "both production"),
    Bad(
        "CLUSTER03",
        "none",
        (Edit("clusters/prod/cluster.yaml", 'production: "true"', 'production: "false"'),),
        "clusters/dev/cluster.yaml",
        "no cluster is production",
    ),
    Bad(
        "CLUSTER04",
        "no replacement",
        (Edit(f"{APPS}/facts/kustomization.yaml", "          - spec.generators.0.git.values.revision\n", ""),),
        DAMAGED_SET,
        "REVISION is left",
    ),
    Bad(
        "CLUSTER05",
        "another cluster",
        (Edit(ROOT, "path: clusters/dev", "path: clusters/prod"),),
        ROOT,
        "syncs clusters/prod",
    ),
    Bad(
        "CLUSTER05",
        "no root",
        (Edit("clusters/dev/kustomization.yaml", "  - root.yaml\n", ""),),
        ROOT,
        "has no root",
        ("PROJECT01",),
    ),
    Bad(
        "ENV01",
        "no version",
        (Edit(f"{APPS}/environments/dev/versions.yaml", "  kyverno:", "  kyvern:"),),
        f"{APPS}/environments/dev/versions.yaml",
        "no version of kyverno",
        ("BUILD02", "CLUSTER04", "SOURCE04"),
    ),
    Bad(
        "ENV01",
        "version of nothing",
        (Edit(f"{APPS}/environments/dev/versions.yaml", "\ndata:\n", '\ndata:\n  cilium: "1.18.0"\n'),),
        f"{APPS}/environments/dev/versions.yaml",
        "cilium is no Application",
    ),
    Bad(
        "ENV02",
        "typing error",
        (Edit(f"{HELLO}/overlays/prdo/kustomization.yaml", None, f"{KUSTOMIZATION}namespace: platform-hello-world\n"),),
        f"{HELLO}/overlays/prdo",
        "no environment prdo",
    ),
    Bad(
        "ENV03",
        "no cluster",
        (Edit("clusters/staging"),),
        f"{APPS}/environments/staging",
        "no cluster belongs to environment staging",
    ),
    Bad(
        "ENV04",
        "one is not listed",
        (Edit("pyproject.toml", '"staging", ', ""),),
        "pyproject.toml",
        "the order of promotion is dev, prod",
    ),
    Bad(
        "ENV04",
        "no order",
        (Edit("pyproject.toml", "environments = [", "environment = ["),),
        "pyproject.toml",
        "the order of promotion is not written",
    ),
    Bad(
        "ENV04",
        "production not last",
        (Edit("pyproject.toml", '"staging", "prod"', '"prod", "staging"'),),
        "pyproject.toml",
        "staging is last in the order of promotion, and production is prod",
    ),
    # Owners
    Bad(
        "OWNER01",
        "too deep",
        (Edit("my-apps/platform/web/front/overlays/dev/app.yaml", None, "{}\n"),),
        "my-apps/platform/web/front/overlays/dev/app.yaml",
        "no ApplicationSet finds",
        ("OWNER03",),
    ),
    Bad(
        "OWNER01",
        "called otherwise",
        (Edit(METRICS), Edit(METRICS.replace(".yaml", ".yml"), None, "name: metrics-server\n")),
        METRICS.replace(".yaml", ".yml"),
        "no ApplicationSet finds app.yml",
    ),
    Bad(
        "OWNER02",
        "an Application and a set",
        (Edit(f"{OVERLAY_CERT_MANAGER}/app.yaml", None, "name: cert-manager\nnamespace: cert-manager\n"),),
        f"{OVERLAY_CERT_MANAGER}/app.yaml",
        "deployed here by Application cert-manager",
        # The second one is in wave 4, and others of wave 4 need it.
        ("NAME01", "WAVE04"),
    ),
    Bad(
        "OWNER03",
        "no Application",
        (
            Edit(
                "infrastructure/velero/component.yaml",
                None,
                "title: Velero\ndocumentation: https://velero.io/\nprovides: []\nneeds: []\n",
            ),
        ),
        "infrastructure/velero",
        "nothing deploys this",
    ),
    # Sources
    Bad(
        "SOURCE01",
        "no overlay",
        (Edit(f"{OVERLAY_CERT_MANAGER}/kustomization.yaml"),),
        CERT_MANAGER,
        "infrastructure/cert-manager/overlays/dev, which has no kustomization.yaml",
    ),
    Bad(
        "SOURCE02",
        "no values",
        (Edit(f"{OVERLAY_CERT_MANAGER}/values.yaml"),),
        CERT_MANAGER,
        f"{OVERLAY_CERT_MANAGER}/values.yaml",
    ),
    Bad(
        "SOURCE02",
        "unknown source",
        (Edit(CERT_MANAGER, "- $values/", "- $value/"),),
        CERT_MANAGER,
        "no source of cert-manager is called that",
    ),
    Bad("SOURCE03", "HEAD", (Edit(ROOT, 'targetRevision: "main"', "targetRevision: HEAD"),), ROOT, "default branch"),
    Bad(
        "SOURCE03",
        "unknown pin",
        (Commit(), Edit(FACTS, 'revision: "main"', 'revision: "v9.9.9"')),
        FACTS,
        "no commit or tag",
    ),
    Bad(
        "SOURCE03",
        "set at a branch",
        (
            Edit(TEAM_SET, "        revision: REVISION\n", "        revision: develop\n"),
            Edit(f"{APPS}/facts/kustomization.yaml", "          - spec.generators.0.git.revision\n", ""),
        ),
        TEAM_SET,
        "reads app.yaml at develop",
        ("CLUSTER04",),
    ),
    Bad(
        "SOURCE04",
        "range",
        (Edit(f"{APPS}/environments/dev/versions.yaml", 'external-secrets: "', 'external-secrets: "^'),),
        f"{APPS}/environments/dev/versions.yaml",
        "no exact version",
    ),
    Bad(
        "SOURCE04",
        "two numbers",
        (Edit(METRICS, "version: ", 'version: "3.14" #'),),
        METRICS,
        "3.14 is no exact version",
    ),
    Bad(
        "SOURCE05",
        "one root goes by another URL",
        (Edit(ROOT, '    repoURL: "https://github.com/example/', '    repoURL: "https://github.com/ours/'),),
        ROOT,
        "the ApplicationSets call it https://github.com/example/platform-gitops.git",
        ("PROJECT02",),
    ),
    Bad(
        "SOURCE05",
        "without .git",
        (
            Edit(
                TEAM_SET,
                '      sources:\n        - repoURL: "https://github.com/example/platform-gitops.git"',
                '      sources:\n        - repoURL: "https://github.com/example/platform-gitops"',
            ),
        ),
        TEAM_SET,
        "is this repository",
    ),
    # Projects
    Bad(
        "PROJECT01",
        "team without",
        (Edit(f"{APPS}/projects/kustomization.yaml", "  - team-platform.yaml\n", ""), Edit(TEAM)),
        f"{HELLO}/overlays/dev/app.yaml",
        "team-platform, which does not exist",
    ),
    Bad(
        "PROJECT02",
        "chart repository",
        (Edit(METRICS, "kubernetes-sigs.github.io", "charts.example.org"),),
        METRICS,
        "charts.example.org",
    ),
    Bad(
        "PROJECT03",
        "namespace",
        (Edit(METRICS, "namespace: metrics-server", "namespace: metrics"),),
        METRICS,
        "namespace metrics of in-cluster",
        ("PROJECT04",),
    ),
    Bad(
        "PROJECT03",
        "object elsewhere",
        (
            *resource(
                "infrastructure/kyverno/overlays/dev",
                "extra.yaml",
                config_map("extra", "value").replace("name: extra", "name: extra\n  namespace: other"),
            ),
            Edit("infrastructure/kyverno/overlays/dev/kustomization.yaml", "namespace: kyverno\n", ""),
        ),
        "infrastructure/kyverno/overlays/dev/extra.yaml",
        "namespace other",
    ),
    Bad(
        "PROJECT04",
        "not listed",
        (Edit(INFRASTRUCTURE, "      name: kyverno\n", "      name: kyvern\n"),),
        f"{APPS}/kyverno.yaml",
        "creates Namespace kyverno",
    ),
    Bad(
        "PROJECT05",
        "cluster-scoped",
        base_resource("extra.yaml", object_of("rbac.authorization.k8s.io/v1", "ClusterRole")),
        f"{HELLO}/base/extra.yaml",
        "does not allow ClusterRole extra",
    ),
    Bad(
        "PROJECT05",
        "not a team's",
        base_resource("extra.yaml", object_of("networking.k8s.io/v1", "NetworkPolicy")),
        f"{HELLO}/base/extra.yaml",
        "does not allow NetworkPolicy extra",
    ),
    Bad(
        "PROJECT06",
        "denies",
        (
            Edit(
                TEAM,
                "      namespace: platform-*\n",
                '      namespace: platform-*\n    - name: in-cluster\n      namespace: "!kube-system"\n',
            ),
        ),
        TEAM,
        "denies kube-system",
    ),
    Bad(
        "PROJECT06",
        "blacklist",
        (Edit(TEAM, "  namespaceResourceWhitelist:", "  namespaceResourceBlacklist:"),),
        TEAM,
        "namespaceResourceBlacklist",
    ),
    Bad(
        "PROJECT06",
        "every repository",
        (Edit(TEAM, "  sourceRepos:\n", '  sourceRepos:\n    - "*"\n'),),
        TEAM,
        "every repository",
    ),
    Bad(
        "PROJECT06",
        "every namespace",
        (Edit(TEAM, "namespace: platform-*", 'namespace: "*"'),),
        TEAM,
        "every namespace",
        ("TEAM02",),
    ),
    Bad(
        "PROJECT07",
        "open",
        (Edit(f"{APPS}/projects/default.yaml", "sourceRepos: []", 'sourceRepos: ["https://example.com/*"]'),),
        f"{APPS}/projects/default.yaml",
        "does not lock sourceRepos",
    ),
    Bad(
        "PROJECT07",
        "gone",
        (Edit(f"{APPS}/projects/kustomization.yaml", "  - default.yaml\n", ""), Edit(f"{APPS}/projects/default.yaml")),
        f"{APPS}/projects",
        "no project default",
    ),
    Bad(
        "PROJECT08",
        "twice",
        (
            Edit(
                TEAM,
                "  destinations:\n",
                "  destinations:\n    - name: in-cluster\n      namespace: platform-*\n",
            ),
        ),
        TEAM,
        "twice in destinations",
    ),
    Bad("TEAM01", "prefix", team_app("platform-data", "etl"), "my-apps/platform-data", "team platform owns"),
    Bad(
        "TEAM02",
        "the platform's namespace",
        (*team_app("cert", "etl"),),
        f"{APPS}/projects/team-cert.yaml",
        "cert-manager, where cert-manager is",
    ),
    # Waves
    # It is in wave 0 then, beside the CRDs that it needs.
    Bad("WAVE01", "none", (Edit(CERT_MANAGER, f'    {WAVE}: "1"\n', ""),), CERT_MANAGER, "has no wave", ("WAVE04",)),
    Bad(
        "WAVE01",
        "no quotes",
        base_resource("extra.yaml", object_of("v1", "ConfigMap", f"  annotations:\n    {WAVE}: 1\n")),
        f"{HELLO}/base/extra.yaml",
        "not in quotes",
    ),
    Bad("WAVE01", "no integer", (Edit(CERT_MANAGER, f'{WAVE}: "1"', f'{WAVE}: "1.5"'),), CERT_MANAGER, "no integer"),
    Bad(
        "WAVE02",
        "wrong wave",
        (Edit(CERT_MANAGER, f'{WAVE}: "1"', f'{WAVE}: "3"'),),
        CERT_MANAGER,
        "in wave 3 and belongs in 0 or 1 or 2",
    ),
    Bad(
        "WAVE02",
        "sets swapped",
        (Edit(f"{APPS}/monitoring-appset.yaml", f'{WAVE}: "5"', f'{WAVE}: "6"'),),
        f"{APPS}/monitoring-appset.yaml",
        "belongs in 5",
    ),
    Bad(
        "WAVE03",
        "behind the root",
        (Edit(TEAM_SET, f'{WAVE}: "6"', f'{WAVE}: "7"'),),
        TEAM_SET,
        "behind the root",
        ("WAVE02",),
    ),
    Bad(
        "WAVE04",
        "same wave",
        (
            Edit(
                "infrastructure/cert-manager/component.yaml", "needs:\n", "needs:\n  - crds/snapshot.storage.k8s.io\n"
            ),
            Edit(
                "infrastructure/snapshot-controller/component.yaml",
                None,
                "title: t\ndocumentation: d\nprovides:\n  - crds/snapshot.storage.k8s.io\nneeds: []\n",
            ),
        ),
        "infrastructure/cert-manager/component.yaml",
        "comes with snapshot-controller (wave 1)",
    ),
    Bad(
        "WAVE04",
        "nobody",
        (Edit("monitoring/loki/component.yaml", "needs:\n", "needs:\n  - storage\n"),),
        "monitoring/loki/component.yaml",
        "no component of this repository provides it",
    ),
    Bad(
        "WAVE04",
        "not here",
        (
            Edit("monitoring/loki/component.yaml", "needs:\n", "needs:\n  - gateway\n"),
            Edit("infrastructure/envoy-gateway/overlays/dev/app.yaml"),
        ),
        "monitoring/loki/component.yaml",
        "nothing in dev provides it",
    ),
    Bad(
        "WAVE05",
        "none",
        (Edit("monitoring/loki/component.yaml"),),
        "monitoring/loki/component.yaml",
        "no component.yaml",
    ),
    Bad(
        "WAVE05",
        "no list",
        (Edit("monitoring/loki/component.yaml", "needs:\n  - crds/monitoring.coreos.com", "needs: storage"),),
        "monitoring/loki/component.yaml",
        "needs is missing or is not a list",
    ),
    Bad(
        "WAVE06",
        "a webhook that waits for its own certificate",
        (
            Edit("infrastructure/cert-manager/component.yaml", "needs:\n", "needs:\n  - secrets\n"),
            Edit("infrastructure/external-secrets/component.yaml", "needs: []", "needs:\n  - certificates"),
        ),
        "infrastructure/cert-manager/component.yaml",
        "cert-manager needs secrets of external-secrets; external-secrets needs certificates of cert-manager",
    ),
    # Gate
    Bad(
        "GATE01",
        "one is missing",
        (
            Edit(
                f"{ARGOCD}/lua/kustomization.yaml",
                "_ApplicationSet=argoproj.io/ApplicationSet",
                "_Rollout=argoproj.io/ApplicationSet",
            ),
        ),
        f"{ARGOCD}/overlays/dev/kustomization.yaml",
        "no health check for ApplicationSet",
        ("BUILD02",),
    ),
    Bad(
        "GATE01",
        "no component",
        (Edit(f"{ARGOCD}/overlays/dev/kustomization.yaml", "  - ../../lua\n", ""),),
        f"{ARGOCD}/overlays/dev/kustomization.yaml",
        "no health check for Application,",
    ),
    Bad(
        "GATE02",
        "mode",
        (Edit(f"{ARGOCD}/lua/gate.yaml", 'mode: "strict"', 'mode: "on"'),),
        f"{ARGOCD}/lua/gate.yaml",
        "mode is 'on'",
    ),
    Bad(
        "GATE02",
        "seconds",
        (Edit(f"{ARGOCD}/lua/gate.yaml", '"900"', '"15m"'),),
        f"{ARGOCD}/lua/gate.yaml",
        "no number of seconds",
    ),
    Bad(
        "GATE02",
        "settles too long",
        (Edit(f"{ARGOCD}/lua/gate.yaml", '"900"', '"10"'),),
        f"{ARGOCD}/lua/gate.yaml",
        "settles for as long",
    ),
    Bad(
        "GATE02",
        "word left",
        (
            Edit(
                f"{ARGOCD}/lua/kustomization.yaml",
                "          - data.[resource.customizations.health.argoproj.io_Application]\n",
                "",
            ),
        ),
        f"{ARGOCD}/lua/kustomization.yaml",
        "still holds the word WAVE_GATE",
    ),
    Bad(
        "GATE03",
        "progressive syncs",
        (Edit(f"{ARGOCD}/base/parameters.env", "progressive.syncs=true", "progressive.syncs=false"),),
        f"{ARGOCD}/base/parameters.env",
        "progressive.syncs is not true",
    ),
    Bad(
        "GATE03",
        "globbing",
        (Edit(f"{ARGOCD}/base/parameters.env", "applicationsetcontroller.enable.new.git.file.globbing=true\n", ""),),
        f"{ARGOCD}/base/parameters.env",
        "globbing is not true",
    ),
    Bad("GATE04", "limit", (Edit(ROOT, "limit: -1", "limit: 5"),), ROOT, "limit 5"),
    Bad("GATE04", "refresh", (Edit(ROOT, "      refresh: true\n", ""),), ROOT, "refresh None"),
    Bad("GATE04", "no cap", (Edit(ROOT, "        maxDuration: 1m\n", ""),), ROOT, "longer and longer"),
    Bad(
        "GATE05",
        "nobody reads",
        (Edit(f"{ARGOCD}/base/argocd-cm.yaml", "\ndata:\n", '\ndata:\n  resource.server-side-diff: "true"\n'),),
        f"{ARGOCD}/base/argocd-cm.yaml",
        "nothing reads",
    ),
    Bad(
        "OVERRIDE01",
        "type",
        (
            Edit(
                f"{ARGOCD}/base/argocd-cm.yaml",
                "\ndata:\n",
                "\ndata:\n  resource.customizations.healthcheck.example.com_Thing: return {}\n",
            ),
        ),
        f"{ARGOCD}/base/argocd-cm.yaml",
        "no type healthcheck",
    ),
    Bad(
        "OVERRIDE01",
        "underscores",
        (
            Edit(
                f"{ARGOCD}/base/argocd-cm.yaml",
                "\ndata:\n",
                "\ndata:\n  resource.customizations.health.example_com_Thing: return obj\n",
            ),
        ),
        f"{ARGOCD}/base/argocd-cm.yaml",
        "example_com_Thing is no",
    ),
    Bad(
        "OVERRIDE02",
        "actions",
        (*old_map("    example.com/*:\n      actions: none\n"),),
        ARGOCD_CM,
        "actions of example.com/* is never found",
    ),
    Bad(
        "OVERRIDE02",
        "two patterns",
        (
            *old_map(
                '    "*.example.com/*":\n      health.lua: one\n    "*.web.example.com/*":\n      health.lua: two\n'
            ),
        ),
        ARGOCD_CM,
        "match the same kinds",
    ),
    # Lua
    Bad("LUA01", "a closed library", in_application("string.len('')"), APPLICATION_LUA, "uses string"),
    Bad("LUA01", "os unasked for", (health("local now = os.time()"),), ARGOCD_CM, "uses os"),
    Bad("LUA01", "a method of strings", (health("local low = obj.kind:lower()"),), ARGOCD_CM, "uses :lower()"),
    Bad(
        "LUA01",
        "in an action",
        (action("math.max(1, 2) return obj"),),
        ARGOCD_CM,
        "action go of example.com/Widget uses math",
    ),
    Bad("LUA02", "unfinished", in_application("if obj then"), APPLICATION_LUA, "end is expected"),
    Bad(
        "LUA02", "in an action", (action("return obj obj"),), ARGOCD_CM, "the action go of example.com/Widget is no Lua"
    ),
    Bad(
        "LUA03",
        "no default",
        (health("if obj then return {status = 'Healthy'} end", ""),),
        ARGOCD_CM,
        "without a return",
    ),
    Bad("LUA03", "an empty answer", (health("if obj then return {} end"),), ARGOCD_CM, "returns no status"),
    Bad("LUA03", "an action", (action("obj.spec.paused = true"),), ARGOCD_CM, "can end without a return"),
    Bad(
        "LUA04",
        "a kind that is looked after",
        (health("", kind="cert-manager.io_Certificate"),),
        ARGOCD_CM,
        "hides Argo CD's own",
    ),
    Bad(
        "LUA05",
        "no tests",
        (Edit(f"{WIDGET}/health.lua", None, ANSWER), listed()),
        f"{WIDGET}/health.lua",
        "has no tests",
    ),
    Bad("LUA05", "not listed", widget(), f"{WIDGET}/health.lua", "argocd-cm does not get this script"),
    Bad(
        "LUA05",
        "a fixture that nobody uses",
        (Edit(f"{APPLICATION}/testdata/left-over.yaml", None, "kind: Application\n"),),
        f"{APPLICATION}/testdata/left-over.yaml",
        "no test names this file",
    ),
    Bad(
        "LUA05",
        "a fixture that is gone",
        (Edit(f"{APPLICATION}/testdata/done.yaml"),),
        f"{APPLICATION}/health_test.yaml",
        "there is no",
    ),
    Bad(
        "WAVE07",
        "in an early wave",
        (*early("Widget"), WIDGETS_BROUGHT),
        "infrastructure/kyverno/overlays/dev/extra.yaml",
        "Widget",
    ),
    Bad(
        "WAVE07",
        "before others of its app",
        (*waved(-1), WIDGETS_BROUGHT),
        "infrastructure/metrics-server/overlays/dev/extra.yaml",
        "Widget has no health check",
    ),
    Bad(
        "ACTION01",
        "an action that is not there",
        THING_ACTIONS,
        f"{ARGOCD}/lua/example.com/Thing/actions",
        "no actions.yaml",
    ),
    Bad(
        "ACTION01",
        "another text",
        (
            *THING_ACTIONS,
            Edit(f"{ARGOCD}/lua/example.com/Thing/actions.yaml", new="discovery.lua: |\n  return {a = {}}\n"),
        ),
        f"{ARGOCD}/lua/example.com/Thing/actions.yaml",
        "not what actions/discovery.lua says",
    ),
    Bad(
        "ACTION01",
        "an action without a script",
        (
            *THING_ACTIONS,
            Edit(
                f"{ARGOCD}/lua/example.com/Thing/actions.yaml",
                new="discovery.lua: |\n  return {}\ndefinitions:\n  - name: go\n    action.lua: return obj\n",
            ),
        ),
        f"{ARGOCD}/lua/example.com/Thing/actions.yaml",
        "not what actions/go/action.lua says",
    ),
    # Deletion
    Bad(
        "PRUNE01",
        "root",
        (Edit(ROOT, "      - ServerSideApply=true\n", "      - ServerSideApply=true\n      - PruneLast=true\n"),),
        ROOT,
        "the root has PruneLast",
    ),
    Bad(
        "PRUNE01",
        "annotation",
        (Edit(CERT_MANAGER, "Prune=false,Delete=false", "Prune=false,Delete=false,PruneLast=true"),),
        CERT_MANAGER,
        "which the root owns",
    ),
    Bad(
        "PRUNE02",
        "confirm",
        (Edit(TEAM_SET, "Prune=false,Delete=false", "Prune=confirm,Delete=false"),),
        TEAM_SET,
        "asks for a confirmation",
        ("PRUNE03",),
    ),
    Bad(
        "PRUNE03",
        "unprotected",
        (Edit(INFRASTRUCTURE, "Prune=false,Delete=false", "Prune=false"),),
        INFRASTRUCTURE,
        "lacks Delete=false",
    ),
    Bad(
        "PRUNE04",
        "volume claim",
        base_resource("extra.yaml", object_of("v1", "PersistentVolumeClaim")),
        f"{HELLO}/base/extra.yaml",
        "PersistentVolumeClaim extra is deleted",
    ),
    Bad(
        "DELETE01",
        "not preserved",
        (Edit(DAMAGED_SET, "preserveResourcesOnDeletion: true", "preserveResourcesOnDeletion: false"),),
        DAMAGED_SET,
        "deletes what runs",
    ),
    Bad(
        "DELETE01",
        "root with finalizer",
        (Edit(ROOT, "  name: root\n", "  name: root\n  finalizers:\n    - resources-finalizer.argocd.argoproj.io\n"),),
        ROOT,
        "Application root deletes",
    ),
    Bad(
        "DELETE02",
        "all apps gone",
        (Commit(), Edit(f"{HELLO}/overlays/dev/app.yaml")),
        TEAM_SET,
        "and now there is none",
    ),
    Bad(
        "DELETE02",
        "all apps gone in a commit",
        (Commit(), Edit(f"{HELLO}/overlays/dev/app.yaml"), Commit()),
        TEAM_SET,
        "HEAD^ has 1 app.yaml for dev, and now there is none",
    ),
    # Options
    Bad(
        "OPTION01",
        "capital",
        (Edit(CERT_MANAGER, "- ServerSideApply=true", "- ServerSideApply=True"),),
        CERT_MANAGER,
        "'ServerSideApply=True'",
        ("OPTION03",),
    ),
    Bad(
        "OPTION01",
        "in a patch",
        (
            Edit(
                DAMAGED_SET,
                "          - PruneLast=true\n        {{- end }}",
                "          - PruneLaste=true\n        {{- end }}",
            ),
        ),
        DAMAGED_SET,
        "PruneLaste",
    ),
    Bad(
        "OPTION02",
        "only what differs",
        (Edit(CERT_MANAGER, "- FailOnSharedResource=true", "- ApplyOutOfSyncOnly=true"),),
        CERT_MANAGER,
        "ApplyOutOfSyncOnly=true",
    ),
    Bad(
        "OPTION02",
        "replaces",
        (Edit(TEAM_SET, "          - FailOnSharedResource=true", "          - Replace=true"),),
        TEAM_SET,
        "Replace=true with ServerSideApply=true",
    ),
    Bad(
        "OPTION03",
        "no diff",
        (Edit(CERT_MANAGER, "    argocd.argoproj.io/compare-options: ServerSideDiff=true\n", ""),),
        CERT_MANAGER,
        "compares on Argo CD's",
    ),
    Bad(
        "OPTION03",
        "no apply",
        (Edit(TEAM_SET, "          - ServerSideApply=true\n", ""),),
        TEAM_SET,
        "applies on Argo CD's",
    ),
    Bad(
        "OPTION04",
        "no rule",
        (Edit(CERT_MANAGER, "- FailOnSharedResource=true", "- RespectIgnoreDifferences=true"),),
        CERT_MANAGER,
        "has none",
    ),
    Bad(
        "OPTION04",
        "in a patch",
        (Edit(DAMAGED_SET, "          - RespectIgnoreDifferences=true\n", ""),),
        DAMAGED_SET,
        "resets them",
    ),
    # Content
    Bad(
        "SECRET01",
        "literal",
        resource(
            "infrastructure/kyverno/overlays/dev",
            "extra.yaml",
            object_of("v1", "Secret", "stringData:\n  password: s3cret\n"),
        ),
        "infrastructure/kyverno/overlays/dev/extra.yaml",
        "holds password",
    ),
    Bad(
        "SECRET01",
        "generated",
        (
            Edit(
                f"{OVERLAY_CERT_MANAGER}/kustomization.yaml",
                "kind: Kustomization\n",
                "kind: Kustomization\nsecretGenerator:\n  - name: extra\n    literals:\n      - token=abc\n",
            ),
        ),
        f"{OVERLAY_CERT_MANAGER}/kustomization.yaml",
        "holds token",
    ),
    Bad(
        "SECRET01",
        "cluster",
        resource(
            "infrastructure/kyverno/overlays/dev",
            "extra.yaml",
            object_of(
                "v1",
                "Secret",
                CLUSTER_SECRET + "  config: '{bearerToken: abc}'\n",
            ),
        ),
        "infrastructure/kyverno/overlays/dev/extra.yaml",
        "holds config",
    ),
    Bad(
        "IMAGE01",
        "latest",
        (Edit(f"{HELLO}/overlays/dev/kustomization.yaml", "newTag: 6", "newTag: latest #6"),),
        f"{HELLO}/base/deployment.yaml",
        "podinfo:latest",
    ),
    Bad(
        "IMAGE01",
        "no tag",
        (
            Edit(
                f"{HELLO}/overlays/dev/kustomization.yaml",
                "ghcr.io/stefanprodan/podinfo",
                "ghcr.io/stefanprodan/podinf",
            ),
        ),
        f"{HELLO}/base/deployment.yaml",
        "image ghcr.io/stefanprodan/podinfo of",
    ),
    Bad(
        "IMAGE01",
        "values",
        (Edit("infrastructure/kyverno/values.yaml", None, "image:\n  tag: latest\n"),),
        "infrastructure/kyverno/values.yaml",
        "image.tag is latest",
    ),
    Bad(
        "APP01",
        "unknown key",
        (Edit(METRICS, "namespace:", "nameSpaceLabels: {}\nnamespace:"),),
        METRICS,
        "nothing reads nameSpaceLabels",
    ),
    Bad(
        "APP01",
        "missing",
        (Edit(METRICS, "namespace: metrics-server\n", ""),),
        METRICS,
        "namespace is missing",
        ("SET04",),
    ),
    Bad(
        "APP01",
        "number",
        (Edit(METRICS, "version: 3.", "version: 3 #"),),
        METRICS,
        "chart.version is not a string",
        ("SCHEMA01", "SOURCE04"),
    ),
    Bad(
        "APP01",
        "a team's namespace",
        (Edit(f"{HELLO}/overlays/dev/app.yaml", "{}", "namespace: kube-system"),),
        f"{HELLO}/overlays/dev/app.yaml",
        "nothing reads namespace",
    ),
    Bad(
        "APP02",
        "another name",
        (Edit(METRICS, "name: metrics-server\n", "name: metrics\n"),),
        METRICS,
        "its folder metrics-server",
    ),
    Bad(
        "NAME01",
        "two sets",
        (
            Edit(
                "monitoring/metrics-server/component.yaml",
                None,
                "title: t\ndocumentation: d\nprovides: []\nneeds: []\n",
            ),
            Edit(
                "monitoring/metrics-server/overlays/dev/app.yaml", None, "name: metrics-server\nnamespace: monitoring\n"
            ),
            Edit(
                "monitoring/metrics-server/overlays/dev/kustomization.yaml",
                None,
                f"{KUSTOMIZATION}namespace: monitoring\n",
            ),
        ),
        "monitoring/metrics-server/overlays/dev/app.yaml",
        "metrics-server already",
    ),
    Bad(
        "NAME02",
        "too long",
        team_app("platform", "a" * 55),
        f"my-apps/platform/{'a' * 55}/overlays/dev/app.yaml",
        "64 characters",
    ),
    Bad(
        "DEST01",
        "address",
        (Edit(CERT_MANAGER, "    name: in-cluster\n", "    server: https://kubernetes.default.svc\n"),),
        CERT_MANAGER,
        "is the address",
        ("PROJECT03",),
    ),
    Bad(
        "API01",
        "argocd.io",
        (Edit(TEAM, "apiVersion: argoproj.io/v1alpha1", "apiVersion: argocd.io/v1alpha1"),),
        TEAM,
        "argocd.io/v1alpha1",
        ("PROJECT01",),
    ),
    Bad(
        "EXCLUDE01",
        "endpoints",
        resource("infrastructure/kyverno/overlays/dev", "extra.yaml", object_of("v1", "Endpoints")),
        "infrastructure/kyverno/overlays/dev/extra.yaml",
        "does not deliver Endpoints",
    ),
    Bad(
        "PATHS01",
        "shared base",
        (
            Edit(
                f"{OVERLAY_CERT_MANAGER}/kustomization.yaml",
                "kind: Kustomization\n",
                "kind: Kustomization\ncomponents:\n  - ../../../../shared\n",
            ),
            Edit(
                "shared/kustomization.yaml",
                None,
                COMPONENT,
            ),
        ),
        f"{OVERLAY_CERT_MANAGER}/kustomization.yaml",
        "reaches shared",
    ),
    Bad(
        "SET01",
        "old templates",
        (Edit(TEAM_SET, "    - missingkey=error\n", "    - missingkey=zero\n"),),
        TEAM_SET,
        "missing key",
    ),
    Bad(
        "SET02",
        "stripped",
        (Edit(TEAM_SET, "      - argocd.argoproj.io/deletion-approved\n", "      - example.com/note\n"),),
        TEAM_SET,
        "does not keep",
    ),
    Bad(
        "SET03",
        "unquoted",
        (Edit(DAMAGED_SET, "chart: {{ .chart.name | toJson }}", "chart: {{ .chart.name }}"),),
        DAMAGED_SET,
        "writes .chart.name",
    ),
    Bad(
        "SET04",
        "a key that no app.yaml has",
        (Edit(DAMAGED_SET, "name: in-cluster", 'name: "{{ .cluster }}"'),),
        METRICS,
        "map has no entry for key 'cluster'",
        ("OWNER03",),
    ),
    Bad(
        "NAMESPACE01",
        "two owners",
        (
            Edit(METRICS, "namespace: metrics-server\n", "namespace: kyverno\nnamespaceLabels: {a: b}\n"),
            Edit(
                f"{APPS}/kyverno.yaml",
                "  syncPolicy:\n",
                "  syncPolicy:\n    managedNamespaceMetadata:\n      labels:\n        a: c\n",
            ),
        ),
        METRICS,
        "both set the labels of namespace kyverno",
    ),
    Bad(
        "HOOK01",
        "another spelling",
        (Edit(f"{HELLO}/base/service-account.yaml", NAMED, f"{NAMED}  annotations:\n    {HOOK}: pre-sync\n"),),
        f"{HELLO}/base/service-account.yaml",
        "pre-sync is no hook",
    ),
    Bad(
        "HOOK01",
        "one of two policies",
        (
            Edit(
                f"{HELLO}/base/service-account.yaml",
                NAMED,
                f"{NAMED}  annotations:\n    {HOOK}-delete-policy: BeforeHookCreation, OnSuccess\n",
            ),
        ),
        f"{HELLO}/base/service-account.yaml",
        "OnSuccess is no hook-delete-policy",
    ),
    Bad(
        "IGNORE01",
        "no slash",
        (Edit(METRICS, None, IGNORES % "jsonPointers: [spec.replicas]"),),
        METRICS,
        "no JSON pointer",
    ),
    Bad(
        "IGNORE01",
        "a pointer for jq",
        (Edit(METRICS, None, IGNORES % "jqPathExpressions: [/spec/replicas]"),),
        METRICS,
        "/spec/replicas is no jq path",
    ),
    Bad(
        "IGNORE01",
        "no dot for jq",
        (Edit(METRICS, None, IGNORES % "jqPathExpressions: [spec.replicas]"),),
        METRICS,
        "spec.replicas is no jq path",
    ),
    Bad("SCALE01", "an autoscaler", SCALED, f"{HELLO}/base/deployment.yaml", "says how many replicas"),
    Bad(
        "SCALE01",
        "KEDA, which means Deployments",
        (
            SCALED[0],
            Edit(
                f"{HELLO}/overlays/prod/scaler.yaml",
                None,
                "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: hello-world\nspec:\n"
                "  scaleTargetRef:\n    name: hello-world\n"
                "  triggers: [{type: cpu, metadata: {value: '80'}}]\n",
            ),
            Edit(
                TEAM,
                "namespaceResourceWhitelist:\n",
                "namespaceResourceWhitelist:\n    - group: keda.sh\n      kind: ScaledObject\n",
            ),
        ),
        f"{HELLO}/base/deployment.yaml",
        "ScaledObject hello-world scales it",
        ("WAVE08",),
    ),
    Bad(
        "API02",
        "a budget",
        (Edit(f"{HELLO}/overlays/prod/disruption-budget.yaml", "policy/v1\n", "policy/v1beta1\n"),),
        f"{HELLO}/overlays/prod/disruption-budget.yaml",
        "not served since Kubernetes 1.25",
    ),
    Bad(
        "ENV05",
        "an image",
        (Edit(f"{HELLO}/overlays/prod/kustomization.yaml", "newTag: 6.14.1", "newTag: 6.15.0"),),
        f"{HELLO}/overlays/prod/kustomization.yaml",
        "podinfo in my-apps/platform/hello-world is 6.15.0 in prod, and 6.14.1 in staging",
    ),
    Bad(
        "ENV05",
        "a chart",
        (Edit(METRICS.replace("dev", "prod"), "version: 3.14.0", "version: 3.14.10"),),
        METRICS.replace("dev", "prod"),
        "the chart of infrastructure/metrics-server is 3.14.10 in prod",
    ),
    Bad(
        "ENV05",
        "a chart of the first waves",
        (Edit(f"{APPS}/environments/prod/versions.yaml", 'cert-manager: "v1.', 'cert-manager: "v2.'),),
        f"{APPS}/environments/prod/versions.yaml",
        "the chart of cert-manager is v2.",
    ),
    Bad(
        "ENV05",
        "Argo CD",
        (Edit(f"{ARGOCD}/overlays/prod/kustomization.yaml", "argo-cd/v3.6.1/", "argo-cd/v3.7.0/"),),
        f"{ARGOCD}/overlays/prod/kustomization.yaml",
        "Argo CD is v3.7.0 in prod",
    ),
    Bad(
        "SCHEMA01",
        "a word for a number",
        (Edit(f"{HELLO}/overlays/prod/deployment.yaml", "replicas: 2", "replicas: two"),),
        f"{HELLO}/base/deployment.yaml",
        'has "two" at spec.replicas',
    ),
    Bad(
        "SCHEMA01",
        "a field of another name",
        (Edit(f"{HELLO}/base/deployment.yaml", "livenessProbe:", "livelynessProbe:"),),
        f"{HELLO}/base/deployment.yaml",
        "has spec.template.spec.containers[0].livelynessProbe, and no such field is known",
    ),
    Bad(
        "SCHEMA01",
        "a field that is missing",
        (Edit(f"{HELLO}/base/service.yaml", "    - name: http\n      port: 80\n", "    - name: http\n"),),
        f"{HELLO}/base/service.yaml",
        "lacks spec.ports[0].port",
    ),
    Bad(
        "SCHEMA01",
        "an Application",
        (Edit(CERT_MANAGER, "      limit: 10\n", "      limit: ten\n"),),
        CERT_MANAGER,
        'has "ten" at spec.syncPolicy.retry.limit',
    ),
    Bad(
        "SCHEMA01",
        "an app.yaml whose values end in the Application",
        (Edit(METRICS, None, IGNORES % "jsonPointers: [/spec]\n    managedFieldsManagers: kube-controller-manager"),),
        METRICS,
        "managedFieldsManagers",
    ),
    Bad(
        "SCHEMA01",
        "a CRD of this repository",
        (*in_hello("widget.yaml", f"{WIDGET_CRD}---\n{WIDGET_OBJECT.replace('3', 'large')}"), *WIDGETS_ALLOWED),
        f"{HELLO}/overlays/prod/widget.yaml",
        'has "large" at spec.size',
    ),
    Bad(
        "API02",
        "a kind that there never was",
        (Edit(f"{HELLO}/overlays/prod/disruption-budget.yaml", "policy/v1\n", "policy/v2\n"),),
        f"{HELLO}/overlays/prod/disruption-budget.yaml",
        "Kubernetes has no PodDisruptionBudget of policy/v2",
    ),
    Bad(
        "API02",
        "a kind that comes later",
        (
            *in_hello("policy.yaml", ADMISSION_POLICY),
            Edit(
                TEAM,
                "  clusterResourceWhitelist:\n",
                "  clusterResourceWhitelist:\n    - group: admissionregistration.k8s.io\n"
                "      kind: MutatingAdmissionPolicy\n",
            ),
        ),
        f"{HELLO}/overlays/prod/policy.yaml",
        "is served from Kubernetes 1.36 on, and here runs 1.35",
    ),
    Bad(
        "NAME03",
        "a copied app with the namespace of the first",
        (
            *in_app("platform", "second", ACCOUNT),
            Edit("my-apps/platform/second/overlays/prod/kustomization.yaml", "-second\n", "-hello-world\n"),
        ),
        "my-apps/platform/second/overlays/prod/added.yaml",
        "ServiceAccount hello-world in namespace platform-hello-world comes from platform-second and from",
    ),
    Bad(
        "WAVE08",
        "a kind that nothing brings",
        (*in_hello("widget.yaml", WIDGET_OBJECT), *WIDGETS_ALLOWED),
        f"{HELLO}/overlays/prod/widget.yaml",
        "is of example.com, and nothing in prod brings the CRDs of that group",
    ),
    Bad(
        "WAVE08",
        "a kind that comes in the same wave",
        (
            *in_hello("widget.yaml", WIDGET_OBJECT),
            *WIDGETS_ALLOWED,
            *in_app("platform", "widgets", WIDGET_CRD),
        ),
        f"{HELLO}/overlays/prod/widget.yaml",
        "whose CRDs come with platform-widgets in wave 6",
    ),
    Bad(
        "WEBHOOK01",
        "a service that nothing brings",
        (*in_hello("webhook.yaml", WEBHOOK.format(policy="Fail")), WEBHOOKS_ALLOWED),
        f"{HELLO}/overlays/prod/webhook.yaml",
        "calls the service admission in elsewhere, which comes from nothing here",
    ),
    Bad(
        "SECRET02",
        "a key of AWS in a ConfigMap",
        in_hello("settings.yaml", SETTINGS.format(value="AKIAIOSFODNN7" + "EXAMPLE")),
        f"{HELLO}/overlays/prod/settings.yaml",
        "an access key of AWS is in Git",
    ),
    Bad(
        "SECRET02",
        "a variable",
        (
            Edit(
                f"{HELLO}/base/deployment.yaml",
                "          ports:\n",
                "          env:\n            - name: DB_PASSWORD\n              value: horse\n          ports:\n",
            ),
        ),
        f"{HELLO}/base/deployment.yaml",
        "the value of DB_PASSWORD is in Git",
    ),
    Bad(
        "HOOK02",
        "a Job without an end",
        in_hello("job.yaml", JOB.format(policy="BeforeHookCreation", spec="")),
        f"{HELLO}/overlays/prod/job.yaml",
        "nothing says how long it may take",
    ),
    Bad(
        "HOOK02",
        "a Job that stays when it fails",
        in_hello("job.yaml", JOB.format(policy="HookSucceeded", spec="activeDeadlineSeconds: 600")),
        f"{HELLO}/overlays/prod/job.yaml",
        "stays where HookSucceeded does not remove it",
    ),
    *(
        Bad("PROJECT09", what, (Edit(TEAM, "  description:", f"{text}  description:"),), TEAM, message)
        for what, text, message in PROJECT_FAULTS
    ),
    Bad(
        "PROJECT10",
        "a repository",
        (Edit(TEAM, "  sourceRepos:\n", "  sourceRepos:\n    - https://charts.example.org\n"),),
        TEAM,
        "allows https://charts.example.org, and nothing in it comes from there",
    ),
    Bad(
        "PROJECT10",
        "a namespace",
        (Edit(TEAM, "  destinations:\n", "  destinations:\n    - {name: in-cluster, namespace: gone}\n"),),
        TEAM,
        "allows the namespace gone, and nothing in it goes there",
    ),
    Bad(
        "POD01",
        "no limit",
        (Edit(f"{HELLO}/base/deployment.yaml", "            limits:\n              memory: 64Mi\n", ""),),
        f"{HELLO}/base/deployment.yaml",
        "container app has no resources.limits.memory",
    ),
    Bad(
        "POD01",
        "no probe",
        (
            Edit(
                f"{HELLO}/base/deployment.yaml",
                "          readinessProbe:\n            httpGet:\n"
                "              path: /readyz\n              port: http\n",
                "",
            ),
        ),
        f"{HELLO}/base/deployment.yaml",
        "container app has ports and no readinessProbe",
    ),
    Bad(
        "POD01",
        "root",
        (Edit(f"{HELLO}/base/deployment.yaml", "runAsNonRoot: true", "runAsNonRoot: false"),),
        f"{HELLO}/base/deployment.yaml",
        "container app may run as root",
    ),
]

GOOD = [
    Good("FILE01", "a link within the tree", (Link("manual", "my-apps"), Link(f"{HELLO}/a.md", "../../../README.md"))),
    Good("FILE01", "letters of another alphabet", (Edit("docs/Gewöhnliches für 東京.md", None, "text\n"),)),
    Good("SUPPRESS01", "a reason on the line", (Edit(VALUES, None, f"{LATEST} {IGNORE} why not\n"),)),
    Good(
        "SUPPRESS01",
        "a reason above the line",
        (Edit(VALUES, None, f"a: b\nimage:\n  {IGNORE} why\n  # A second remark.\n  tag: latest\n"),),
    ),
    Good("SUPPRESS01", "a reason for the file", (Edit(VALUES, None, f"# Values.\n{IGNORE} why\n\na: b\n{LATEST}\n"),)),
    Good(
        "YAML01",
        "anchors, dates and a tag",
        (Edit("infrastructure/kyverno/values.yaml", None, "a: &a {b: 2024-01-01}\nc: *a\nd: !x =\n"),),
    ),
    Good(
        "YAML02",
        "a merge key overridden",
        (Edit("infrastructure/kyverno/values.yaml", None, "a: &a {b: 1}\nc:\n  <<: *a\n  b: 2\n"),),
    ),
    Good(
        "TEXT01",
        "a heredoc and a shift",
        (Edit("docs/notes.md", None, "cat << EOF > file\n1 << 3\n# a comment\n#%no space behind\nprintf %#x\n"),),
    ),
    Good("TEXT02", "HTML in a text", base_resource("extra.yaml", config_map("extra", "|\n    <HTML>\n    <A>x</A>"))),
    Good(
        "BUILD01",
        "a file for a generator",
        (
            Edit(
                f"{OVERLAY_CERT_MANAGER}/kustomization.yaml",
                "kind: Kustomization\n",
                "kind: Kustomization\nconfigMapGenerator:\n  - name: extra\n    files:\n      - key=values.yaml\n",
            ),
        ),
    ),
    Good(
        "BUILD02",
        "a patch of what is there",
        (Edit(f"{HELLO}/overlays/prod/deployment.yaml", "replicas: 2", "replicas: 3"),),
    ),
    Good("BUILD03", "a listed manifest", base_resource("extra.yaml", config_map("extra", "value"))),
    Good("BUILD04", "another version", (Edit(f"{ARGOCD}/overlays/dev/kustomization.yaml", "v3.6.1", "v3.7.0-rc1"),)),
    Good("CLUSTER01", "a fact more", (Edit(FACTS, "\ndata:\n", '\ndata:\n  region: "eu-1"\n'),)),
    Good("CLUSTER02", "a second cluster of an environment", (Cluster("dev-2", "dev"),)),
    Good("CLUSTER03", "two clusters in production", (Cluster("prod-us", "prod"),)),
    Good(
        "CLUSTER04", "a word within a word", (Edit(INFRASTRUCTURE, "  description: ", "  description: The CLUSTER's "),)
    ),
    Good("CLUSTER05", "a second cluster with its own root", (Cluster("west", "dev"),)),
    Good(
        "ENV01",
        "another version",
        (Edit(f"{APPS}/environments/dev/versions.yaml", 'cert-manager: "v', 'cert-manager: "v9'),),
    ),
    Good("ENV02", "an environment that does without", (Edit("monitoring/tempo/overlays/dev"),)),
    Good("ENV03", "a cluster of another name", (Cluster("west", "staging"), Edit("clusters/staging"))),
    Good(
        "ENV04",
        "a line each",
        (
            Edit(
                "pyproject.toml",
                '["dev", "staging", "prod"]',
                '[\n  "staging", # The order is theirs.\n  "dev",\n  "prod",\n]',
            ),
        ),
    ),
    Good("OWNER01", "a manifest called app.yaml", (*base_resource("app.yaml", config_map("extra", "value")),)),
    Good(
        "OWNER02",
        "the same base twice",
        (
            *team_app("platform", "other"),
            Edit(
                "my-apps/platform/other/overlays/dev/kustomization.yaml",
                None,
                f"{KUSTOMIZATION}namespace: platform-other\n",
            ),
        ),
    ),
    Good(
        "OWNER03",
        "in one environment only",
        (Edit("monitoring/tempo/overlays/dev"), Edit("monitoring/tempo/overlays/staging")),
    ),
    Good(
        "SOURCE01",
        "an empty overlay",
        (Edit(f"{OVERLAY_CERT_MANAGER}/kustomization.yaml", None, f"{KUSTOMIZATION}namespace: cert-manager\n"),),
    ),
    Good("SOURCE02", "empty values", (Edit(f"{OVERLAY_CERT_MANAGER}/values.yaml", None, "{}\n"),)),
    Good("SOURCE03", "pinned to a tag that exists", (Commit(), Edit(FACTS, 'revision: "main"', 'revision: "v1.0.0"'))),
    Good("SOURCE04", "a pre-release", (Edit(METRICS, "version: 3.", "version: 3.0.0-rc.1 #"),)),
    Good(
        "SOURCE05",
        "another repository",
        (
            Edit(METRICS, "https://kubernetes-sigs.github.io/metrics-server", CHARTS_BESIDE),
            Edit(INFRASTRUCTURE, "  sourceRepos:\n", f"  sourceRepos:\n    - {CHARTS_BESIDE}\n"),
        ),
    ),
    Good("PROJECT01", "a second team", team_app("data", "etl")),
    Good(
        "PROJECT02",
        "a glob",
        (
            Edit(METRICS, "https://kubernetes-sigs.github.io/metrics-server", "https://charts.example.org/a"),
            Edit(INFRASTRUCTURE, "  sourceRepos:\n", '  sourceRepos:\n    - "https://charts.example.org/*"\n'),
        ),
    ),
    Good(
        "PROJECT03",
        "a namespace that is listed",
        resource("infrastructure/kyverno/overlays/dev", "extra.yaml", config_map("extra", "value")),
    ),
    Good(
        "PROJECT04",
        "a namespace for what a chart may hold",
        (
            Edit(METRICS, "namespace: metrics-server", "namespace: kube-system"),
            Edit(
                INFRASTRUCTURE,
                "  destinations:\n",
                "  destinations:\n    - name: in-cluster\n      namespace: default\n",
            ),
        ),
    ),
    Good("PROJECT05", "a team's kind", base_resource("extra.yaml", object_of("v1", "ConfigMap"))),
    Good(
        "PROJECT06",
        "a glob behind a prefix",
        (Edit(TEAM, "  sourceRepos:\n", '  sourceRepos:\n    - "https://github.com/example/*"\n'),),
    ),
    Good("PROJECT07", "another description", (Edit(f"{APPS}/projects/default.yaml", "Locked", "Closed"),)),
    Good(
        "PROJECT08",
        "another namespace",
        (
            Edit(
                TEAM,
                "      namespace: platform-*\n",
                "      namespace: platform-*\n    - name: in-cluster\n      namespace: platform-hello-*\n",
            ),
        ),
    ),
    Good("TEAM01", "the same letters", team_app("platforms", "etl")),
    Good("TEAM02", "a team of another name", team_app("certs", "etl")),
    Good(
        "WAVE01",
        "a negative wave in an app",
        base_resource("extra.yaml", object_of("v1", "ConfigMap", f'  annotations:\n    {WAVE}: "-1"\n')),
    ),
    Good("WAVE02", "another of its waves", (Edit(f"{APPS}/kyverno.yaml", f'{WAVE}: "2"', f'{WAVE}: "1"'),)),
    Good(
        "WAVE03",
        "a late wave within an app",
        base_resource("extra.yaml", object_of("v1", "ConfigMap", f'  annotations:\n    {WAVE}: "9"\n')),
    ),
    Good("WAVE04", "an earlier wave", (Edit("monitoring/loki/component.yaml", "needs:\n", "needs:\n  - gateway\n"),)),
    Good(
        "WAVE06",
        "a chain",
        (Edit("infrastructure/cert-manager/component.yaml", "needs:\n", "needs:\n  - secrets\n"),),
    ),
    Good("WAVE05", "another title", (Edit("monitoring/loki/component.yaml", "title: Loki", "title: Grafana Loki"),)),
    Good(
        "GATE01",
        "a third script",
        (
            Edit(
                f"{ARGOCD}/base/argocd-cm.yaml",
                "\ndata:\n",
                "\ndata:\n  resource.customizations.health.example.com_Thing: return {status = 'Healthy'}\n",
            ),
        ),
    ),
    Good("GATE02", "off", (Edit(f"{ARGOCD}/lua/gate.yaml", 'mode: "strict"', 'mode: "off"'),)),
    Good(
        "GATE03",
        "a parameter more",
        (Edit(f"{ARGOCD}/base/parameters.env", "controller.diff", "controller.status.processors=50\ncontroller.diff"),),
    ),
    Good("GATE04", "another cap", (Edit(ROOT, "maxDuration: 1m", "maxDuration: 5m"),)),
    Good(
        "GATE05",
        "a setting that is read",
        (Edit(f"{ARGOCD}/base/argocd-cm.yaml", "\ndata:\n", '\ndata:\n  timeout.reconciliation: "60s"\n'),),
    ),
    Good(
        "OVERRIDE01",
        "a kind of the core",
        (
            Edit(
                f"{ARGOCD}/base/argocd-cm.yaml",
                "\ndata:\n",
                '\ndata:\n  resource.customizations.health.ConfigMap: return {status = "Healthy"}\n',
            ),
        ),
    ),
    Good(
        "ACTION01",
        "the same text",
        (
            *THING_ACTIONS,
            Edit(f"{ARGOCD}/lua/example.com/Thing/actions/go/action.lua", new="return obj\n"),
            Edit(
                f"{ARGOCD}/lua/example.com/Thing/actions.yaml",
                new="discovery.lua: |\n  return {}\ndefinitions:\n  - name: go\n    action.lua: |\n      return obj\n",
            ),
        ),
    ),
    Good(
        "OVERRIDE02",
        "health, and an exact name",
        old_map('    "*.example.com/*":\n      health.lua: one\n    example.com/Widget:\n      actions: none\n'),
    ),
    Good("LUA01", "in a comment and in a text", (health("-- string.len\nlocal a = 'math.pi'"),)),
    Good("LUA01", "a local of that name", (health("local string = {len = 1}\nlocal a = string.len"),)),
    Good("LUA01", "os as it is there", (health("local os = require('os')\nlocal now = os.time()"),)),
    Good(
        "LUA01",
        "opened",
        (
            health("local a = string.len('')"),
            Edit(ARGOCD_CM, "\ndata:\n", '\ndata:\n  resource.customizations.useOpenLibs.example.com_Widget: "true"\n'),
        ),
    ),
    Good("LUA02", "goto", (health("for _ in pairs(obj) do goto next ::next:: end"),)),
    Good("LUA03", "an error instead", (health("if not obj then error('none') end"),)),
    Good("LUA03", "a function that returns nothing", (health("local function f() return end\nf()"),)),
    Good(
        "LUA04", "for a reason", (health("-- Argo CD's own check is too strict", kind="cert-manager.io_Certificate"),)
    ),
    Good("LUA05", "listed and tested", (*widget(), listed())),
    Good("WAVE07", "of Kubernetes", early("NetworkPolicy", "networking.k8s.io/v1")),
    Good("WAVE07", "with a check of Argo CD's", early("Certificate", "cert-manager.io/v1")),
    Good("WAVE07", "with a check of ours", (*early("Widget"), WIDGETS_BROUGHT, health(""))),
    Good(
        "WAVE07",
        "that nothing comes after",
        (*waved(1), WIDGETS_BROUGHT),
    ),
    Good(
        "PRUNE01",
        "in an app",
        base_resource("extra.yaml", object_of("v1", "ConfigMap", f"  annotations:\n    {SYNC}: PruneLast=true\n")),
    ),
    Good(
        "PRUNE02",
        "in an app",
        base_resource("extra.yaml", object_of("v1", "ConfigMap", f"  annotations:\n    {SYNC}: Prune=confirm\n")),
    ),
    Good(
        "PRUNE03", "one more option", (Edit(INFRASTRUCTURE, "Prune=false,Delete=false", "Delete=false, Prune=false"),)
    ),
    Good(
        "PRUNE04",
        "asks first",
        base_resource(
            "extra.yaml", object_of("v1", "PersistentVolumeClaim", f"  annotations:\n    {SYNC}: Prune=confirm\n")
        ),
    ),
    Good(
        "DELETE01",
        "a team's finalizer",
        (
            Edit(
                TEAM_SET, "resources-finalizer.argocd.argoproj.io", "resources-finalizer.argocd.argoproj.io/background"
            ),
        ),
    ),
    Good(
        "DELETE02", "one of two apps gone", (*team_app("platform", "other"), Commit(), Edit("my-apps/platform/other"))
    ),
    Good(
        "OPTION01",
        "another policy",
        (Edit(CERT_MANAGER, "- FailOnSharedResource=true", "- PrunePropagationPolicy=background"),),
    ),
    Good(
        "OPTION02",
        "one object replaced",
        base_resource(
            "extra.yaml", object_of("batch/v1", "Job", f"  annotations:\n    {SYNC}: Force=true,Replace=true\n")
        ),
    ),
    Good(
        "OPTION03",
        "with the webhooks' changes",
        (Edit(CERT_MANAGER, "ServerSideDiff=true", "ServerSideDiff=true,IncludeMutationWebhook=true"),),
    ),
    Good(
        "OPTION04",
        "both",
        (
            Edit(CERT_MANAGER, "- FailOnSharedResource=true", "- RespectIgnoreDifferences=true"),
            Edit(
                CERT_MANAGER,
                "  syncPolicy:\n",
                "  ignoreDifferences:\n    - kind: Service\n      jsonPointers: [/spec/clusterIP]\n  syncPolicy:\n",
            ),
        ),
    ),
    Good(
        "SECRET01",
        "what is public of a cluster",
        resource(
            "infrastructure/kyverno/overlays/dev",
            "extra.yaml",
            object_of(
                "v1",
                "Secret",
                CLUSTER_SECRET + "  server: https://example.com\n  config: '{tlsClientConfig: {}}'\n",
            ),
        ),
    ),
    Good(
        "IMAGE01",
        "a registry with a port",
        (Edit(f"{HELLO}/overlays/dev/kustomization.yaml", "newTag:", "newName: localhost:5000/podinfo\n    newTag:"),),
    ),
    Good("APP01", "an empty app.yaml", (Edit(f"{HELLO}/overlays/dev/app.yaml", None, ""),)),
    Good("APP02", "a comment", (Edit(METRICS, "name: metrics-server\n", "name: metrics-server # as its folder\n"),)),
    Good("NAME01", "another app of the same name in a team of its own", team_app("data", "hello-world")),
    Good("NAME02", "just short enough", team_app("platform", "a" * 54)),
    Good(
        "DEST01",
        "an address in an app",
        base_resource("extra.yaml", config_map("extra", "https://kubernetes.default.svc")),
    ),
    Good("API01", "a kind of the same name", base_resource("extra.yaml", object_of("batch/v1", "Job"))),
    Good(
        "EXCLUDE01",
        "a Lease of another group",
        base_resource("extra.yaml", object_of("cert-manager.io/v1", "Certificate")),
    ),
    Good(
        "PATHS01",
        "another base of the component",
        (
            Edit(
                f"{OVERLAY_CERT_MANAGER}/kustomization.yaml",
                "kind: Kustomization\n",
                "kind: Kustomization\ncomponents:\n  - ../../shared\n",
            ),
            Edit(
                "infrastructure/cert-manager/shared/kustomization.yaml",
                None,
                COMPONENT,
            ),
        ),
    ),
    Good(
        "SET01",
        "an option more",
        (Edit(TEAM_SET, "    - missingkey=error\n", "    - missingkey=error\n    - missingkey=error\n"),),
    ),
    Good(
        "SET02",
        "an annotation more",
        (
            Edit(
                TEAM_SET,
                "      - argocd.argoproj.io/deletion-approved\n",
                "      - argocd.argoproj.io/deletion-approved\n      - example.com/note\n",
            ),
        ),
    ),
    Good(
        "SET03",
        "a value of the set",
        (Edit(DAMAGED_SET, "chart: {{ .chart.name | toJson }}", "chart: {{ .chart.name | trim | toJson }}"),),
    ),
    Good(
        "NAMESPACE01",
        "one owner",
        (
            Edit(
                f"{APPS}/kyverno.yaml",
                "  syncPolicy:\n",
                "  syncPolicy:\n    managedNamespaceMetadata:\n      labels:\n        a: c\n",
            ),
        ),
    ),
    Good(
        "SET04",
        "a key that all have",
        (Edit(DAMAGED_SET, 'namespace: "{{ .namespace }}"', 'namespace: "{{ .namespace | lower }}"'),),
    ),
    Good(
        "HOOK01",
        "two hooks",
        (Edit(f"{HELLO}/base/service-account.yaml", NAMED, f"{NAMED}  annotations:\n    {HOOK}: PreSync, PostSync\n"),),
    ),
    Good("IGNORE01", "a pointer and jq", (Edit(METRICS, None, IGNORES % JQ),)),
    Good("SCALE01", "no replicas", (*SCALED, Edit(f"{HELLO}/overlays/prod/deployment.yaml", "  replicas: 2\n", ""))),
    Good(
        "API02",
        "a Kubernetes that serves it",
        (
            Edit(f"{HELLO}/overlays/prod/disruption-budget.yaml", "policy/v1\n", "policy/v1beta1\n"),
            Edit("pyproject.toml", 'kubernetes-version = "1.35"', 'kubernetes-version = "1.24"'),
        ),
    ),
    Good(
        "ENV05",
        "staging ahead",
        (Edit(f"{HELLO}/overlays/staging/kustomization.yaml", "newTag: 6.14.1", "newTag: 6.15.0"),),
    ),
    Good(
        "ENV05",
        "a tag that is no version",
        (Edit(f"{HELLO}/overlays/prod/kustomization.yaml", "newTag: 6.14.1", "newTag: sha-0a1b2c3"),),
    ),
    Good("SCHEMA01", "a number", (Edit(f"{HELLO}/overlays/prod/deployment.yaml", "replicas: 2", "replicas: 3"),)),
    Good(
        "SCHEMA01",
        "a CRD of this repository",
        (*in_hello("widget.yaml", f"{WIDGET_CRD}---\n{WIDGET_OBJECT}"), *WIDGETS_ALLOWED),
    ),
    Good("NAME03", "the same name in a namespace of its own", in_app("platform", "second", ACCOUNT)),
    Good("WAVE08", "a kind of an earlier wave", in_hello("certificate.yaml", CERTIFICATE)),
    Good(
        "WEBHOOK01",
        "a webhook that may fail",
        (*in_hello("webhook.yaml", WEBHOOK.format(policy="Ignore")), WEBHOOKS_ALLOWED),
    ),
    Good(
        "SECRET02",
        "a name and a URL",
        in_hello("settings.yaml", SETTINGS.format(value="https://user@git.example.com/AKIA")),
    ),
    Good(
        "HOOK02",
        "a Job with an end",
        in_hello("job.yaml", JOB.format(policy="BeforeHookCreation,HookSucceeded", spec="activeDeadlineSeconds: 600")),
    ),
    Good("PROJECT09", "a role and a window", (Edit(TEAM, "  description:", f"{SOUND_PROJECT}  description:"),)),
    Good(
        "PROJECT10",
        "a namespace for what a chart may hold",
        (
            Edit(
                INFRASTRUCTURE,
                "  destinations:\n",
                "  destinations:\n    - {name: in-cluster, namespace: cert-manager-leases}\n",
            ),
        ),
    ),
    Good(
        "POD01",
        "said by the container",
        (
            Edit(f"{HELLO}/base/deployment.yaml", "        runAsNonRoot: true\n", ""),
            Edit(
                f"{HELLO}/base/deployment.yaml",
                "            allowPrivilegeEscalation: false\n",
                "            runAsNonRoot: true\n            allowPrivilegeEscalation: false\n",
            ),
        ),
    ),
]
