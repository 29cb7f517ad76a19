package main

import (
	"os"
	"path/filepath"

	genericoptions "k8s.io/apiserver/pkg/server/options"
)

// auditPolicy records the requests of service accounts, without bodies. It records
// no other requests. Demos and benchmarks sign in as an administrator, so the audit
// log does not slow them down.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  userGroups: ["system:serviceaccounts"]
- level: None
`

// writeAuditLog lets the API server write dir/audit.log: one JSON object a line
// for each request of a service account.
func writeAuditLog(dir string, o *genericoptions.AuditOptions) error {
	o.PolicyFile, o.LogOptions.Path = filepath.Join(dir, "audit-policy.yaml"), filepath.Join(dir, "audit.log")
	return os.WriteFile(o.PolicyFile, []byte(auditPolicy), 0o600)
}
