# fedroute: make prints this help.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# One set of flags for everything, so that the Kubernetes libraries are compiled once.
export CGO_ENABLED ?= 0
export GOFLAGS := -trimpath -buildvcs=false
export GOTOOLCHAIN := local

BIN := $(CURDIR)/bin
KUBERNETES := v1.37.2
VERSION_PACKAGE := k8s.io/component-base/version
CONTROLPLANE_LDFLAGS := -s -w \
	-X $(VERSION_PACKAGE).gitVersion=$(KUBERNETES) -X $(VERSION_PACKAGE).gitMajor=1 -X $(VERSION_PACKAGE).gitMinor=37 \
	-X $(VERSION_PACKAGE).gitTreeState=clean -X $(VERSION_PACKAGE).buildDate=2026-01-01T00:00:00Z
# The modules: the product, the simulated organization, the suites, and tools that use them.
MODULES := . lyncsim test hack/demo hack/bench
GO_FILES := $(shell git ls-files -co --exclude-standard -- '*.go' '*go.mod' '*go.sum' '*.ps1' '*.psm1' '*.ps1xml' '*.tsv' '*.json' '*.yaml' | grep -vE '^hack/(controlplane|peers|tools)/')

.PHONY: help
help: ## Print this help.
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Look and try

.PHONY: demo
demo: build controlplane ## Fail federation over and back in a simulated organization (KEEP=1 leaves it running).
	@$(BIN)/demo --bin $(BIN) $(if $(KEEP),--keep)

##@ Check

.PHONY: test
test: controlplane ## Run all tests of all modules with the race detector: unit, golden, property, scenario.
	@failed=; for module in $(MODULES); do \
	  echo "tests of $$module"; \
	  CGO_ENABLED=1 FEDROUTE_BIN=$(BIN) go test -C $$module -race -timeout 20m ./... || failed+=" $$module"; \
	done; test -z "$$failed" || { echo "tests failed in:$$failed"; exit 1; }

.PHONY: versions
versions: build controlplane ## Tell every story of the scenario suite on each version, 2010 to Subscription Edition, without the race detector.
	go test -C test -c -o $(BIN)/scenario.test ./scenario
	@hack/versions.sh $(BIN)

# What make interop drives: programs that nobody here wrote.
INTEROP_PACKAGES := bind9 bind9-dnsutils knot pdns-server pdns-backend-sqlite3 sqlite3 \
	krb5-kdc krb5-admin-server krb5-user python3-winrm python3-requests-kerberos ansible-core curl \
	samba samba-ad-provision samba-ad-dc samba-dsdb-modules samba-vfs-modules python3-samba winbind ldb-tools attr acl \
	prosody lua-unbound lua-sec

.PHONY: interop-packages
interop-packages:
	@hack/install-packages.sh $(INTEROP_PACKAGES)

.PHONY: interop
interop: interop-packages build controlplane $(BIN)/report ## Let outsiders judge: BIND, Knot, PowerDNS, Samba, Kerberos, pywinrm, Ansible, curl, Prosody (installs Debian packages).
	cd test && { go test -json -tags interop -count=1 -timeout 20m ./interop/... ./support/... ; \
	  FEDROUTE_BIN=$(BIN) go test -json -tags interop -count=1 -timeout 20m -run TestReal ./scenario; } | $(BIN)/report ../docs/interop.md

.PHONY: lint
lint: $(BIN)/golangci-lint ## Check style, import rules and that generated files are up to date.
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these'; exit 1; }
	@failed=; for module in $(MODULES); do \
	  (cd $$module && $(BIN)/golangci-lint run --build-tags interop ./... && go mod tidy -diff) || failed+=" $$module"; \
	done; test -z "$$failed" || { echo "style, import rules or requirements of:$$failed"; exit 1; }
	@$(MAKE) --no-print-directory generate
	@git diff --exit-code --stat -- api config docs lyncsim/docs || { echo 'generated files are out of date: commit what make generate wrote'; exit 1; }

.PHONY: bench
bench: build controlplane $(BIN)/bench ## Measure requests, bytes, wall time, API writes and memory; print a table.
	FEDROUTE_BIN=$(BIN) $(BIN)/bench

# What make bench-peers drives.
PEER_PACKAGES := bind9 bind9-dnsutils python3-winrm ansible-core

.PHONY: bench-peers
bench-peers: build controlplane $(BIN)/bench $(BIN)/peers ## Do the job side by side with Ansible, pywinrm and external-dns; write docs/benchmarks.md (20 minutes; installs Debian packages).
	@hack/install-packages.sh $(PEER_PACKAGES)
	FEDROUTE_BIN=$(BIN) $(BIN)/bench --peers

$(BIN)/peers: $(wildcard hack/peers/*)
	cd hack/peers && go build -o $@ .

##@ Build

.PHONY: build
build: $(BIN)/manager $(BIN)/lyncsim $(BIN)/demo $(BIN)/kubectl-fedroute ## Build the manager, lyncsim, the demo and the kubectl plugin into bin/.

$(BIN)/manager $(BIN)/kubectl-fedroute: $(GO_FILES)
	go build -ldflags '-s -w' -o $@ ./cmd/$(@F)

$(BIN)/lyncsim: $(GO_FILES)
	go build -C lyncsim -ldflags '-s -w' -o $@ .

$(BIN)/demo $(BIN)/bench: $(GO_FILES)
	go build -C hack/$(@F) -ldflags '-s -w' -o $@ .

$(BIN)/report: $(GO_FILES)
	go build -C test -o $@ ./support/report

.PHONY: controlplane
controlplane: $(BIN)/controlplane ## Build etcd, kube-apiserver and kubectl into one binary (6 minutes the first time).

$(BIN)/controlplane: $(wildcard hack/controlplane/*)
	@echo 'building the control plane; the first time takes about 6 minutes on 2 cores'
	cd hack/controlplane && go build -ldflags '$(CONTROLPLANE_LDFLAGS)' -o $@ .
	@for name in etcd kube-apiserver kubectl; do ln -sf controlplane $(BIN)/$$name; done

.PHONY: generate
generate: $(BIN)/controller-gen ## Write deepcopy functions, CRDs, RBAC and generated docs.
	$(BIN)/controller-gen object paths=./api/...
	$(BIN)/controller-gen crd:generateEmbeddedObjectMeta=false output:crd:dir=config/crd/bases paths=./api/...
	$(BIN)/controller-gen rbac:roleName=manager output:rbac:dir=config/rbac paths=./controllers/...

$(BIN)/controller-gen: hack/tools/go.mod
	cd hack/tools && go build -o $(BIN)/ sigs.k8s.io/controller-tools/cmd/controller-gen

$(BIN)/golangci-lint: hack/tools/go.mod
	cd hack/tools && go build -o $(BIN)/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

.PHONY: clean
clean: ## Remove what was built and what the demo left.
	rm -rf bin .run
