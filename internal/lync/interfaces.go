package lync

import "context"

// Observer reads an organization and changes nothing.
type Observer interface {
	// ReadTopology asks a management server, in one remote call. Faults:
	// Unreachable (no endpoint answered), Denied, Unsupported, Failed.
	ReadTopology(ctx context.Context) (Topology, string, error)
	// ReadEdgeServer asks the Edge machine itself. Faults as above.
	ReadEdgeServer(ctx context.Context, server string) (EdgeServerState, error)
	// ReadDocument gives signature and digest of the published document. Two
	// documents that differ in nothing but their Signature have the same digest.
	// Faults as of ReadTopology.
	ReadDocument(ctx context.Context) (signature, digest string, err error)
}

// SiteRouter points a site at an Edge pool.
type SiteRouter interface {
	// SetSiteRoute sets the site's federation route of the protocol to the Edge
	// pool and returns what a read after the change says.
	SetSiteRoute(ctx context.Context, site string, protocol Protocol, pool string) (string, error)
}

// Publisher changes the federation flags in the topology document.
type Publisher interface {
	// ProposeFlags gives the digest of the document that PublishFlags would
	// publish, and changes nothing. Faults as of PublishFlags.
	ProposeFlags(ctx context.Context, change FlagChange) (digest string, err error)
	// PublishFlags edits, publishes and enables the topology in one act; without
	// flags it only enables, which finishes a publish that ended half-way. It
	// refuses with WorldChanged when the document's Signature is not the expected
	// one, and with Busy while another publish runs.
	PublishFlags(ctx context.Context, change FlagChange) (Published, error)
}

// EdgeMaintainer works on one Edge machine.
type EdgeMaintainer interface {
	StartServices(ctx context.Context, server string) error
	StopServices(ctx context.Context, server string) error
	// Setup runs the deployment step again ("set up or remove components").
	// It refuses with WorldChanged unless the local replica carries the signature.
	Setup(ctx context.Context, server string, signature string) error
}

// FrontEndMaintainer works on Front End pools.
type FrontEndMaintainer interface {
	// Associate sets all three links and returns what a read afterwards says.
	Associate(ctx context.Context, frontEndPool, edgePool string) (Association, error)
	// FailBack runs Invoke-CsPoolFailBack; it can take an hour.
	FailBack(ctx context.Context, frontEndPool string) error
}

// Operator is everything that changes an organization. Observe mode holds none.
type Operator interface {
	SiteRouter
	Publisher
	EdgeMaintainer
	FrontEndMaintainer
}

// FlagChange asks for federation flags. Pools that are not named stay as they are.
type FlagChange struct {
	// Signature is that of the document the plan was made from.
	Signature string
	Flags     []Flag
}

// Flag is one check box of Topology Builder.
type Flag struct {
	Pool     string
	Protocol Protocol
	On       bool
}

// Published says what a publish did.
type Published struct {
	Signature  string // of the document now in force
	BackupFile string // on the management server
	// SimpleURLsRestored tells that publishing had changed the simple URLs and
	// that they were put back; Enable-CsComputer is then due on Front Ends.
	SimpleURLsRestored bool
}
