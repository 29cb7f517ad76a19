# fedroute: make prints this help.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# One set of flags for everything, so that the Kubernetes libraries are compiled once.
export CGO_ENABLED ?= 0
export GOFLAGS := -trimpath -buildvcs=false
export GOTOOLCHAIN := local

# Every goal but help and clean needs Go. When Go is missing or too old, make says so
# here, in one line, before Go fails with a message that is harder to understand.
ifneq ($(filter-out help clean,$(or $(MAKECMDGOALS),help)),)
GO_WANTED := $(shell sed -n 's/^go //p' go.mod)
GO_FOUND := $(shell go version 2>/dev/null | sed -n 's/.* go\([0-9][0-9.]*\).*/\1/p')
ifneq ($(shell printf '%s\n' $(GO_WANTED) $(or $(GO_FOUND),0) | sort -V | head -n 1),$(GO_WANTED))
$(error fedroute needs Go $(GO_WANTED) or later and found $(or $(GO_FOUND),none): take it from https://go.dev/dl, Debian 12 has 1.19)
endif
endif

BIN := $(CURDIR)/bin
KUBERNETES := v1.37.2
VERSION_PACKAGE := k8s.io/component-base/version
CONTROLPLANE_LDFLAGS := -s -w \
	-X $(VERSION_PACKAGE).gitVersion=$(KUBERNETES) -X $(VERSION_PACKAGE).gitMajor=1 -X $(VERSION_PACKAGE).gitMinor=37 \
	-X $(VERSION_PACKAGE).gitTreeState=clean -X $(VERSION_PACKAGE).buildDate=2026-01-01T00:00:00Z
# The packages that only the control plane uses: two thirds of its compile time. A server
# that runs for a demo or a test need not be fast, so these are compiled without inlining
# and debug information, in half the time. A package that the product uses, too, must not
# be here: it would be compiled twice.
CONTROLPLANE_ONLY := k8s.io/kubernetes k8s.io/apiserver k8s.io/kube-aggregator k8s.io/kubectl k8s.io/component-base \
	k8s.io/component-helpers k8s.io/controller-manager k8s.io/cloud-provider k8s.io/pod-security-admission k8s.io/metrics \
	k8s.io/apiextensions-apiserver/pkg/apiserver k8s.io/apiextensions-apiserver/pkg/registry k8s.io/client-go/.../fake \
	go.etcd.io google.golang.org/grpc go.opentelemetry.io go.uber.org github.com/google/cel-go github.com/antlr4-go \
	sigs.k8s.io/kustomize
CONTROLPLANE_GCFLAGS := $(foreach path,$(CONTROLPLANE_ONLY),'-gcflags=$(path)/...=-l -dwarf=false')
# The version that a program prints with --version; make VERSION=... overrides it. It is
# empty outside a clone: the program then prints its module's version, or devel.
VERSION = $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS = -s -w -X github.com/fedroute/fedroute/internal/version.built=$(VERSION) \
	-X github.com/fedroute/fedroute/lyncsim/version.built=$(VERSION)
# The modules: the product, the simulated organization, the suites, and tools that use them.
MODULES := . lyncsim test hack/demo hack/bench
GO_FILES := $(shell git ls-files -co --exclude-standard -- '*.go' '*go.mod' '*go.sum' '*.ps1' '*.psm1' '*.ps1xml' '*.tsv' '*.json' '*.yaml' | grep -vE '^hack/(controlplane|peers|tools)/')

.PHONY: help
help: ## Print this help.
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z][a-z0-9-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Look and try

.PHONY: demo
demo: $(if $(wildcard $(BIN)/controlplane),,look) build controlplane ## Fail federation over and back in a simulated organization (KEEP=1 leaves it running, POWERSHELL=PROGRAM runs a real PowerShell on the machines).
	@$(BIN)/demo --bin $(BIN) $(if $(KEEP),--keep) $(if $(POWERSHELL),--powershell $(POWERSHELL))

.PHONY: look
look: $(BIN)/lyncsim ## Look into the simulated organization with an administrator's cmdlets (built within a minute).
	@$(BIN)/lyncsim powershell run hack/look.ps1 --farm lyncsim/samples/one-site-two-pools.yaml --machine fe1.contoso.com

##@ Check

.PHONY: unit
unit: ## Test the product alone, without an API server and without the race detector (MODULE=lyncsim tests that module instead).
	go test -C $(or $(MODULE),.) ./...

.PHONY: story
story: $(if $(NAME),controlplane) ## Run one story of test/scenario on a real API server: make story NAME=TestReplicationIsStuck (a pattern; FLAGS=-product=LyncServer2010).
	@[[ -n "$(NAME)" ]] || { echo 'say which story: make story NAME=TestReplicationIsStuck'; exit 1; }
	FEDROUTE_BIN=$(BIN) go test -C test -count=1 -v -run '$(NAME)' ./scenario $(FLAGS)

# Tests allocate much and live briefly: with a lazy collector stories take a third less time.
test race story versions worlds interop crashes long: export GOGC := 400

# make crashes tells these: their managers are programs without the race detector.
NO_CRASHES := -skip '^TestCrashAnywhere$$'

# The suites in test read files of the other modules. The test cache does not see that
# such a file changed.
.PHONY: test
test: build controlplane ## Run all tests of all modules with the race detector (unit, golden, property, scenario), and all stories without it. The hunts have targets of their own: crashes, chaos.
	@failed=; rm -f $(BIN)/test-*.log; for module in $(MODULES); do \
	  echo "tests of $$module"; \
	  again=; if [ $$module = test ]; then again=-count=1; fi; log=$(BIN)/test-$${module//\//-}.log; \
	  CGO_ENABLED=1 FEDROUTE_BIN=$(BIN) go test -C $$module -race $$again -timeout 30m $(NO_CRASHES) ./... 2>&1 | tee $$log || failed+=" $$log"; \
	done; \
	echo 'all stories'; log=$(BIN)/test-stories.log; \
	FEDROUTE_BIN=$(BIN) go test -C test -count=1 -timeout 30m $(NO_CRASHES) ./scenario 2>&1 | tee $$log || failed+=" $$log"; \
	test -z "$$failed" || { hack/failed.sh $$failed; exit 1; }

.PHONY: race
race: build controlplane ## Tell all stories with the race detector (25 minutes; make test tells those in which most happens side by side).
	CGO_ENABLED=1 FEDROUTE_BIN=$(BIN) go test -C test -race -count=1 -timeout 60m $(NO_CRASHES) ./scenario -args -every-story

# What seeds play: the last commit that changed a program. Pages and results change none.
PLAYED = $(shell git log -1 --format=%h -- '*.go' '*.ps1' '*.yaml')$(shell git diff --quiet HEAD -- '*.go' '*.ps1' '*.yaml' || echo -dirty)

.PHONY: chaos
chaos: $(if $(RESULTS)$(LIVE),controlplane) ## Play organizations on seeds, in which all kinds of things go wrong at once, and let a judge watch; before that two organizations live three days, and two broken managers have to be noticed (SEEDS=1000 SEED_BASE=1; SEEDS=1 SEED_BASE=42 FLAGS=-tell tells one; LIVE=1 plays in real time with a real API server, an hour long; RESULTS=1 plays every 200th so, goes on where it was interrupted, and writes docs/proof.md; BROKEN=1 breaks the manager in every way and writes docs/mutants.md; AGAIN=20 plays each of 20 seeds so often, compares what was written, and writes docs/proof.md).
	go run -C test ./support/steady -o $(BIN)/chaos.test ./chaos
	$(if $(SEEDS)$(BROKEN)$(AGAIN),,cd test/chaos && $(BIN)/chaos.test -test.run '^(TestSoak|TestASoakFindsLeaks|TestBrokenControllers)$$')
	cd test/chaos && FEDROUTE_BIN=$(BIN) $(BIN)/chaos.test -test.run '^$(if $(BROKEN),TestBrokenControllers,$(if $(AGAIN),TestASeedGivesOneJournal,TestChaos))$$' $(if $(BROKEN),-test.v -broken .) -test.timeout 0 -seeds $(or $(SEEDS),$(if $(AGAIN),20,100)) -seed-base $(or $(SEED_BASE),1) \
	  $(if $(AGAIN),-test.v -again $(AGAIN) -again-report $(CURDIR)/docs/proof.md) $(if $(LIVE)$(RESULTS),-live $(or $(LIVE),200)) $(if $(RESULTS),-results $(CURDIR)/docs/proof.md -date $$(date -u +%F) -commit $(PLAYED)) $(FLAGS)

.PHONY: soak
soak: ## Play thirty days with incidents in 20 organizations with one manager, count every evening what it keeps, and write docs/proof.md (DAYS=30 ORGANIZATIONS=20 SOAK_SEED=1).
	go test -C test -c -o $(BIN)/chaos.test ./chaos
	cd test/chaos && $(BIN)/chaos.test -test.run '^TestSoak$$' -test.timeout 0 -soak-days $(or $(DAYS),30) -soak-from 3 -soak-organizations $(or $(ORGANIZATIONS),20) \
	  -soak-seed $(or $(SOAK_SEED),1) -soak-page $(CURDIR)/docs/proof.md -soak-date $$(date -u +%F) -soak-commit $$(git describe --always --dirty)

.PHONY: hostile
hostile: build controlplane ## Lead the manager to servers that mean harm, all at once, and watch a neighbour's failover (half a minute; make test has it, too).
	FEDROUTE_BIN=$(BIN) go test -C test -count=1 -v ./hostile

.PHONY: e2e
e2e: $(BIN)/manager $(BIN)/lyncsim controlplane ## Install the shipped manifests into a bare API server and move federation with the manager under its own account (2 minutes).
	FEDROUTE_BIN=$(BIN) go test -C test -tags e2e -count=1 -v -timeout 6m ./e2e

.PHONY: versions
versions: build controlplane ## Run the stories whose ending depends on the version on each, Subscription Edition to 2010, without the race detector (STORIES=. runs all).
	go test -C test -c -o $(BIN)/scenario.test ./scenario
	@hack/versions.sh $(BIN) $(STORIES)

.PHONY: long
long: build controlplane ## Tell every fault of the simulator at every kind of step, there and back, and write how each ended into docs/failure-modes.md (CELLS=RestoreSimpleURLs tells one column, CELLS=SetSiteRoute/DNS some cells; the others stay as they are. AT_ONCE=14 stories run side by side; more starve each other on two processors).
	FEDROUTE_BIN=$(BIN) go test -C test -count=1 -timeout 4h -parallel $(or $(AT_ONCE),14) -run 'TestFaultAtEveryStep/$(CELLS)' ./scenario -args -every-fault -faults-report=$(CURDIR)/docs/failure-modes.md

.PHONY: crashes
crashes: build controlplane ## End the manager at every call of every step of a move, and write how each move ended into docs/failure-modes.md (CRASH_SEED=7 chooses mode, direction and managers; CELLS=UpdateDNS tells some moments; N=20 tells so many that the seed chooses, and writes nothing; AT_ONCE=12 stories run side by side).
	FEDROUTE_BIN=$(BIN) go test -C test -count=1 -timeout 3h -parallel $(or $(AT_ONCE),12) -run 'TestCrashAnywhere$$$(if $(CELLS),/^(undisturbed|$(CELLS)))' ./scenario -args -manager $(BIN)/manager $(if $(N),-crashes $(N),-crashes 0 -crashes-report=$(CURDIR)/docs/failure-modes.md) $(if $(CRASH_SEED),-crash-seed=$(CRASH_SEED))

# The last commit of version 0.1, as the table of fields counts it.
OLDER := 8654e77

.PHONY: upgrade
upgrade: build controlplane ## End with one version of the manager what another began, killed in each kind of step, up and down (needs the history of version 0.1).
	@git cat-file -e $(OLDER)^{commit} || { echo 'the commit $(OLDER) of version 0.1 is not in this clone: fetch the whole history'; exit 1; }
	@rm -rf $(BIN)/older && mkdir -p $(BIN)/older && git archive $(OLDER) | tar -x -C $(BIN)/older
	cd $(BIN)/older && go build -o $(BIN)/manager-older ./cmd/manager
	@rm -rf $(BIN)/older
	FEDROUTE_BIN=$(BIN) go test -C test -tags upgrade -count=1 -v -run 'TestAnotherVersion|TestApprovalOutlives' ./scenario -older $(BIN)/manager-older

.PHONY: worlds
worlds: build controlplane ## Run the stories of a move where an Edge pool listens before its route names it, without the race detector (STORIES=. runs all).
	go test -C test -c -o $(BIN)/scenario.test ./scenario
	cd test/scenario && FEDROUTE_BIN=$(BIN) $(BIN)/scenario.test -test.timeout 20m -listeners-ignore-route $(if $(STORIES),-test.run '$(STORIES)')

# The Debian packages with the programs of other projects that make interop runs.
INTEROP_PACKAGES := bind9 bind9-dnsutils knot pdns-server pdns-backend-sqlite3 sqlite3 \
	krb5-kdc krb5-admin-server krb5-user python3-gssapi python3-winrm python3-requests-kerberos ansible-core ansible curl \
	samba samba-ad-provision samba-ad-dc samba-dsdb-modules samba-vfs-modules python3-samba winbind ldb-tools attr acl \
	prosody lua-unbound lua-sec prometheus python3-venv

.PHONY: interop-packages
interop-packages:
	@hack/install-packages.sh $(INTEROP_PACKAGES)

# Python packages that no Debian release has, each file with its hash.
$(BIN)/python/installed: test/interop/psrp/requirements.txt | interop-packages
	/usr/bin/python3 -m venv $(BIN)/python
	$(BIN)/python/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

.PHONY: interop
interop: interop-packages build controlplane $(BIN)/report $(BIN)/python/installed ## Test against programs of other projects: BIND, Knot, PowerDNS, Samba, Kerberos, pywinrm, pypsrp, Ansible, curl, Prosody, Flux, Argo CD, promtool, PowerShell where FEDROUTE_POWERSHELL names one (installs Debian packages).
	cd test && { go test -json -tags interop -count=1 -timeout 20m ./interop/... ./support/... ./kit ./psrp; \
	  go test -C .. -json -count=1 -run 'Windows|Real' ./internal/winrm ./internal/psrp; \
	  go test -C ../lyncsim -json -count=1 -parallel 24 -run 'Windows|Real' ./psrp ./sim; \
	  FEDROUTE_BIN=$(BIN) go test -json -tags interop -count=1 -timeout 20m -run TestReal ./scenario; } | $(BIN)/report ../docs/interop.md

.PHONY: differential
differential: ## Compare the simulated PowerShell with the real one's recorded answers (FEDROUTE_SNIPPETS names the folder) and, live, with FEDROUTE_POWERSHELL.
	@go run -C test ./differential

.PHONY: mutants
mutants: ## Change N places of the product one at a time, chosen by SEED, and count what its tests notice (FOR=30m does a part, the same command continues; FIRST=20: so often the tests have to pass before).
	@go run -C test ./mutants $(if $(N),-n $(N)) $(if $(SEED),-seed $(SEED)) $(if $(FOR),-for $(FOR)) $(if $(FIRST),-first $(FIRST))

.PHONY: lint
lint: $(BIN)/golangci-lint ## Check style, import rules and that generated files are up to date.
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these'; exit 1; }
	@failed=; for module in $(MODULES); do \
	  (cd $$module && $(BIN)/golangci-lint run --build-tags interop,e2e,upgrade ./... && go mod tidy -diff) || failed+=" $$module"; \
	done; test -z "$$failed" || { echo "style, import rules or requirements of:$$failed"; exit 1; }
	@$(MAKE) --no-print-directory generate
	@git diff --exit-code --stat -- api config docs lyncsim/docs || { echo 'generated files are out of date: commit what make generate wrote'; exit 1; }

.PHONY: bench
bench: build controlplane $(BIN)/bench ## Measure requests, bytes, wall time, API writes and memory; print a table (ONLY=ways-in measures one thing).
	FEDROUTE_BIN=$(BIN) $(BIN)/bench $(if $(ONLY),--only $(ONLY))

# The Debian packages with the programs that make bench-peers runs.
PEER_PACKAGES := bind9 bind9-dnsutils python3-winrm ansible-core ansible

.PHONY: bench-peers
bench-peers: build controlplane $(BIN)/bench $(BIN)/peers ## Measure the same job done by fedroute and by Ansible, pywinrm and external-dns; write docs/benchmarks.md (20 minutes; installs Debian packages; ONLY=outage measures the outage of a planned move alone, and writes nothing).
	@hack/install-packages.sh $(PEER_PACKAGES)
	FEDROUTE_BIN=$(BIN) $(BIN)/bench --peers $(if $(ONLY),--only $(ONLY))

$(BIN)/peers: $(wildcard hack/peers/*)
	cd hack/peers && go build -o $@ .

##@ Build

.PHONY: build
build: $(BIN)/manager $(BIN)/lyncsim $(BIN)/demo $(BIN)/kubectl-fedroute ## Build the manager, lyncsim, the demo and the kubectl plugin into bin/.

# This file is written anew when the version differs. A commit changes the version and
# need not change a source file, so make would not see that the programs are out of date.
$(BIN)/.version: FORCE
	@mkdir -p $(@D); echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' > $@
.PHONY: FORCE

$(BIN)/manager $(BIN)/kubectl-fedroute: $(GO_FILES) $(BIN)/.version
	@hack/build.sh $(@F) $@ -ldflags '$(LDFLAGS)' ./cmd/$(@F)

$(BIN)/lyncsim: $(GO_FILES) $(BIN)/.version
	@cd lyncsim && ../hack/build.sh lyncsim $@ -ldflags '$(LDFLAGS)' .

$(BIN)/demo $(BIN)/bench: $(GO_FILES) $(BIN)/.version
	@cd hack/$(@F) && ../build.sh $(@F) $@ -ldflags '$(LDFLAGS)' .

$(BIN)/report: $(GO_FILES)
	go build -C test -o $@ ./support/report

.PHONY: controlplane
controlplane: $(BIN)/controlplane ## Build etcd, the API server and kubectl into one binary (about 3 minutes the first time).

$(BIN)/controlplane: $(wildcard hack/controlplane/*)
	@cd hack/controlplane && ../build.sh 'control plane' $@ $(CONTROLPLANE_GCFLAGS) -ldflags '$(CONTROLPLANE_LDFLAGS)' .
	@ln -sf controlplane $(BIN)/kubectl

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
clean: ## Remove the built programs and the files that the demo left.
	rm -rf bin .run
